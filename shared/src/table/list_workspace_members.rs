use futures::future::try_join3;

use super::{
    Page, StoreError, Table,
    expression::Expression,
    listed::ListedQuery,
    read::{self, ListQuery, listed},
};
use crate::{
    domain::{Guarded, Member, OrganizationId, Permission, Role, UserId, WorkspaceAccess, WorkspaceId, WorkspaceRole},
    items::{Key, List, MemberItem, WorkspaceAccessItem, keys, listing, listing::Span},
};

/// A member who may enter a workspace.
#[derive(Clone, Debug)]
pub struct WorkspaceMember {
    pub member: Member,
    /// The role that the member was given. `None` if an organization admin was given none.
    pub role: Option<WorkspaceRole>,
}

/// Whether a text can be the key at the end of a page: a member in the index, or an access. With the access to another workspace,
/// the list begins with an admin.
pub fn is_workspace_member(key: &str) -> bool {
    keys::is_workspace_member(key) || listing::is_member(key)
}

impl Table {
    /// Reads a page of the members who may enter a workspace, for `reader`: first the organization admins, by email address, then
    /// the others who were given access. `None` if the workspace does not exist. Each access is compared with the membership
    /// as it is now: two round trips.
    pub async fn list_workspace_members(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        workspace: WorkspaceId,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Option<Page<WorkspaceMember>>>, StoreError> {
        let prefix = keys::workspace_members(workspace);
        let (admins_after, given_after) = match after {
            Some(key) if key.starts_with(&prefix) => (None, Some(key).filter(|key| *key != prefix)),
            other => (other, None),
        };
        let admins_are_over = after.is_some_and(|key| key.starts_with(&prefix));
        let admins = ListedQuery {
            organization,
            parts: if admins_are_over { Vec::new() } else { vec![(List::Admins, Span::everything())] },
            backwards: false,
            filter: Some(Expression::new("contains(#roles, :role)").string(":role", Role::OrganizationAdmin)),
            limit: usize::from(limit),
        };
        let partition = keys::organization_partition(organization);
        let given = ListQuery { partition, prefix: &prefix, limit, after: given_after, newest_first: false };
        let (guarded, admins, given) = try_join3(
            self.read_workspace(organization, reader, workspace),
            self.listed(&admins, admins_after, usize::from(limit)),
            self.list(given),
        )
        .await?;
        let may = |reader: &Member| reader.permissions().contains(Permission::VIEW_WORKSPACES);
        let reader = match guarded.open_to_members() {
            Ok((reader, Some(_))) if may(&reader) => reader,
            Ok((reader, _)) => return Ok(Guarded::new(Some(reader), None)),
            Err(_) => return Ok(Guarded::found(None, None)),
        };
        let next_admin = admins.next.clone();
        let admins: Vec<UserId> =
            admins.listed(read::read::<MemberItem, Member>).items.into_iter().map(|member| member.user_id).collect();
        // As many accesses as the page has room for. The last one that was looked at is where the next page begins.
        let room = if next_admin.is_some() { 0 } else { usize::from(limit).saturating_sub(admins.len()) };
        let is_beyond = given.items.len() > room || given.next.is_some();
        let looked_at: Vec<_> = given.items.into_iter().take(room).collect();
        let last = looked_at.last().and_then(|item| item.get("sk")?.as_s().ok().cloned());
        let next = next_admin.or_else(|| is_beyond.then(|| last.unwrap_or(prefix.clone())));
        let accesses: Vec<WorkspaceAccess> =
            looked_at.into_iter().filter_map(|item| listed(read::read::<WorkspaceAccessItem, _>(item))).collect();

        let users = admins.iter().chain(accesses.iter().map(|access| &access.user));
        let members = users.map(|user| Key::member(organization, user));
        let of_admins = admins.iter().map(|user| Key::workspace_access(organization, workspace, user));
        let mut batch = self.batch_get(members.chain(of_admins)).await?;
        let mut items = Vec::new();
        for user in &admins {
            let access =
                listed(batch.take::<WorkspaceAccessItem>(Key::workspace_access(organization, workspace, user)));
            let access = access.flatten().map(WorkspaceAccess::from);
            // The index can be moments behind.
            let member = listed(batch.member(organization, user)).flatten();
            let Some(member) = member.filter(|member| member.roles.contains(Role::OrganizationAdmin)) else { continue };
            let role = access.filter(|access| access.is_of(&member)).map(|access| access.role);
            items.push(WorkspaceMember { member, role });
        }
        for access in accesses {
            let Some(member) = listed(batch.member(organization, &access.user)).flatten() else { continue };
            if access.is_of(&member) && !member.roles.contains(Role::OrganizationAdmin) {
                items.push(WorkspaceMember { member, role: Some(access.role) });
            }
        }
        Ok(Guarded::new(Some(reader), Some(Page { items, next })))
    }
}
