use std::collections::BTreeMap;

use futures::future::{try_join, try_join_all};

use super::{
    Page, StoreError, Table,
    read::{self, ListQuery, listed},
};
use crate::{
    domain::{OrganizationId, Role, UserId, Workspace, WorkspaceAccess, WorkspaceId, WorkspaceRole},
    items::{Key, PointerItem, WorkspaceItem, WorkspacePointerItem, keys},
};

/// The organizations that one page looks at: each of them costs a query.
const MOST_ORGANIZATIONS: u16 = 10;
/// Sorts after every workspace of an organization.
const END: &str = "~";

/// A workspace that the user may enter.
#[derive(Clone, Debug)]
pub struct MyWorkspace {
    pub organization: OrganizationId,
    pub workspace: Workspace,
    /// The role that the user was given. `None` if an organization admin was given none.
    pub role: Option<WorkspaceRole>,
    /// Whether the user is an organization admin, who may enter every workspace.
    pub is_admin: bool,
}

/// A place in the list: an organization and a workspace of it, or the end of that organization. Its text sorts as the list does,
/// and that of a workspace is the sort key of its pointer.
fn place(organization: OrganizationId, workspace: impl std::fmt::Display) -> String {
    format!("{}{organization}#{workspace}", keys::WORKSPACES)
}

fn parsed(place: &str) -> Option<(OrganizationId, Option<WorkspaceId>)> {
    let (organization, workspace) = place.strip_prefix(keys::WORKSPACES)?.split_once('#')?;
    let workspace = if workspace == END { None } else { Some(workspace.parse().ok()?) };
    Some((organization.parse().ok()?, workspace))
}

/// Whether a text can be the key at the end of a page.
pub fn is_my_workspace(key: &str) -> bool {
    parsed(key).is_some()
}

impl Table {
    /// Reads a page of the workspaces that a user may enter, ordered by organization and age: of an organization admin all, of
    /// the others those with access. Everything is compared with the memberships as they are now: two round trips.
    pub async fn list_my_workspaces(
        &self,
        user: &UserId,
        only: Option<OrganizationId>,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Page<MyWorkspace>, StoreError> {
        let (organizations, accesses) = try_join(
            self.organizations_from(user, only, after.and_then(parsed)),
            self.accesses_after(user, only, limit, after),
        )
        .await?;
        let mut ends: Vec<String> = accesses.next.into_iter().chain(organizations.next).collect();
        let accesses: Vec<WorkspaceAccess> = accesses.items;

        let begin = after.and_then(parsed);
        let first = |organization| match begin {
            Some((begun, Some(workspace))) if begun == organization => Some(Key::workspace(begun, workspace).sk),
            _ => None,
        };
        let members = organizations.items.iter().map(|organization| Key::member(*organization, user));
        let workspaces = accesses.iter().map(|access| Key::workspace(access.organization, access.workspace));
        let lists = organizations.items.iter().map(|organization| {
            let (partition, after) = (keys::organization_partition(*organization), first(*organization));
            async move {
                let list = ListQuery {
                    partition,
                    prefix: keys::WORKSPACES,
                    limit,
                    after: after.as_deref(),
                    newest_first: false,
                };
                Ok::<_, StoreError>(self.list(list).await?.listed(read::read::<WorkspaceItem, Workspace>))
            }
        });
        let (mut batch, lists) = try_join(self.batch_get(members.chain(workspaces)), try_join_all(lists)).await?;
        let mut found = BTreeMap::new();
        for (organization, list) in organizations.items.into_iter().zip(lists) {
            let Some(member) = listed(batch.member(organization, user)).flatten() else { continue };
            let accesses: Vec<_> = accesses.iter().filter(|access| access.is_of(&member)).collect();
            let role = |workspace: WorkspaceId| {
                let access = accesses.iter().find(|access| access.workspace == workspace);
                access.map(|access| access.role.clone())
            };
            let is_admin = member.roles.contains(Role::OrganizationAdmin);
            let workspaces = if is_admin {
                ends.extend(
                    list.next.as_deref().map(|sk| place(organization, sk.trim_start_matches(keys::WORKSPACES))),
                );
                list.items
            } else {
                let key = |access: &&WorkspaceAccess| Key::workspace(organization, access.workspace);
                let items =
                    accesses.iter().filter_map(|access| listed(batch.take::<WorkspaceItem>(key(access))).flatten());
                items.map(Workspace::from).collect()
            };
            for workspace in workspaces {
                let role = role(workspace.id);
                found
                    .insert(place(organization, workspace.id), MyWorkspace { organization, workspace, role, is_admin });
            }
        }
        Ok(page(found, ends.into_iter().min(), usize::from(limit)))
    }

    /// The organizations of the user from the beginning of the page on, with the end of the last one if there are more.
    async fn organizations_from(
        &self,
        user: &UserId,
        only: Option<OrganizationId>,
        begin: Option<(OrganizationId, Option<WorkspaceId>)>,
    ) -> Result<Page<OrganizationId>, StoreError> {
        let current = begin.and_then(|(organization, workspace)| workspace.map(|_| organization));
        if let Some(only) = only {
            let is_over = begin.is_some() && current.is_none();
            return Ok(Page { items: if is_over { Vec::new() } else { vec![only] }, next: None });
        }
        let after = begin.map(|(organization, _)| Key::pointer(user, organization).sk);
        let list = ListQuery {
            partition: keys::user_partition(user),
            prefix: keys::POINTERS,
            limit: MOST_ORGANIZATIONS,
            after: after.as_deref(),
            newest_first: false,
        };
        let page = self.list(list).await?.listed(read::read::<PointerItem, OrganizationId>);
        let id = |sk: &str| sk.strip_prefix(keys::POINTERS)?.parse().ok();
        let next = page.next.and_then(|sk| id(&sk)).map(|organization| place(organization, END));
        Ok(Page { items: current.into_iter().chain(page.items).collect(), next })
    }

    async fn accesses_after(
        &self,
        user: &UserId,
        only: Option<OrganizationId>,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Page<WorkspaceAccess>, StoreError> {
        let prefix = only.map_or_else(|| keys::WORKSPACES.to_owned(), |organization| place(organization, ""));
        // DynamoDB refuses a beginning in another organization, which a client can make up.
        let after = after.filter(|after| after.starts_with(&prefix));
        let partition = keys::user_partition(user);
        let list = ListQuery { partition, prefix: &prefix, limit, after, newest_first: false };
        Ok(self.list(list).await?.listed(read::read::<WorkspacePointerItem, _>))
    }
}

/// The first `limit` of what was found, up to the place where a query stopped: what comes after that is not complete.
fn page(found: BTreeMap<String, MyWorkspace>, end: Option<String>, limit: usize) -> Page<MyWorkspace> {
    let mut complete: Vec<_> =
        found.into_iter().filter(|(place, _)| end.as_ref().is_none_or(|end| place <= end)).collect();
    let is_beyond = complete.len() > limit;
    complete.truncate(limit);
    let next = if is_beyond { complete.last().map(|(place, _)| place.clone()) } else { end };
    Page { items: complete.into_iter().map(|(_, workspace)| workspace).collect(), next }
}
