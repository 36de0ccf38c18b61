//! Access to workspaces is given, changed and taken (R23). Two items hold it: one lists who may enter a workspace, the other the
//! workspaces of a user. Neither is deleted with the membership, see [`WorkspaceAccess::joined_at`].

use super::{Occasion, StoreError, Table, Written, expression::Expression, transaction::Transaction};
use crate::{
    domain::{Authority, Guarded, Member, OrganizationId, UserId, WorkspaceAccess, WorkspaceId},
    items::{AuditAction, Key, WorkspaceAccessItem, WorkspaceItem, WorkspacePointerItem},
};

/// What decides about a change of access.
#[derive(Clone, Debug)]
pub struct AccessToChange {
    /// Whether the workspace exists.
    pub has_workspace: bool,
    /// The user's membership.
    pub member: Option<Member>,
    /// The access as it is stored, perhaps of an earlier membership.
    pub stored: Option<WorkspaceAccess>,
}

impl AccessToChange {
    /// The access, if it belongs to the membership as it is now.
    pub fn current(&self) -> Option<&WorkspaceAccess> {
        self.stored.as_ref().filter(|access| self.member.as_ref().is_some_and(|member| access.is_of(member)))
    }
}

/// The conditions of a change of access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessCheck {
    /// The user is in the same membership as when it was read.
    Member,
    /// The workspace exists.
    Workspace,
    /// The access is as it was read.
    Access,
}

impl Table {
    /// Reads, for `reader`, what decides about the access of `user` to a workspace.
    pub async fn access_to_change(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        workspace: WorkspaceId,
        user: &UserId,
    ) -> Result<Guarded<AccessToChange>, StoreError> {
        let place = Key::workspace(organization, workspace);
        let access = Key::workspace_access(organization, workspace, user);
        let members = [reader, user].map(|user| Key::member(organization, user));
        let mut batch = self.batch_get([place.clone(), access.clone()].into_iter().chain(members)).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(reader) = batch.member(organization, reader)? else { return Ok(Guarded::found(None, None)) };
        let read = AccessToChange {
            has_workspace: batch.take::<WorkspaceItem>(place)?.is_some(),
            member: batch.member(organization, user)?,
            stored: batch.take::<WorkspaceAccessItem>(access)?.map(WorkspaceAccess::from),
        };
        Ok(Guarded::new(Some(reader), read))
    }

    /// Gives `member` access to a workspace, or changes it. `read`: what the change was decided from.
    pub async fn give_access(
        &self,
        authority: &Authority,
        member: &Member,
        access: &WorkspaceAccess,
        read: &AccessToChange,
        occasion: &Occasion,
    ) -> Written<AccessCheck> {
        let workspace = Key::workspace(authority.organization(), access.workspace);
        let action = match read.current() {
            None => AuditAction::WorkspaceMemberAdded,
            Some(_) => AuditAction::WorkspaceMemberChanged,
        };
        Transaction::new(self)
            .authorize_on(authority, member, AccessCheck::Member)
            .check(AccessCheck::Workspace, &workspace, Expression::new("attribute_exists(#pk)"))
            .put_access(AccessCheck::Access, access, as_read(read.stored.as_ref()))
            .audit_access(authority.actor(), action, access, occasion)
            .commit()
            .await
    }

    /// Takes the access away that was read.
    pub async fn take_access(
        &self,
        authority: &Authority,
        access: &WorkspaceAccess,
        occasion: &Occasion,
    ) -> Written<AccessCheck> {
        let key = Key::workspace_access(authority.organization(), access.workspace, &access.user);
        let pointer = Key::workspace_pointer(&access.user, authority.organization(), access.workspace);
        Transaction::new(self)
            .authorize(authority)
            .delete(AccessCheck::Access, &key, as_read(Some(access)))
            .delete(None, &pointer, anything())
            .audit_access(authority.actor(), AuditAction::WorkspaceMemberRemoved, access, occasion)
            .commit()
            .await
    }
}

impl<C: Copy + PartialEq> Transaction<'_, C> {
    /// Writes both items of an access, if `allowed` holds for the one of the organization. The other one follows it.
    pub(super) fn put_access(
        self,
        condition: impl Into<Option<C>>,
        access: &WorkspaceAccess,
        allowed: Expression,
    ) -> Self {
        self.put(condition, &WorkspaceAccessItem::from(access), allowed).put(
            None,
            &WorkspacePointerItem::from(access),
            anything(),
        )
    }
}

/// Always true: it only has to be some condition.
pub(super) fn anything() -> Expression {
    Expression::new("attribute_exists(#pk) OR attribute_not_exists(#pk)")
}

fn as_read(access: Option<&WorkspaceAccess>) -> Expression {
    match access {
        None => Expression::new("attribute_not_exists(#pk)"),
        Some(access) => Expression::new("#role = :seen AND #joined_at = :joined_at")
            .string(":seen", &access.role)
            .string(":joined_at", access.joined_at),
    }
}
