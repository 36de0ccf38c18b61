use shared::{
    domain::{
        Authority, OrganizationId, Permission, UserId, WorkspaceAccess, WorkspaceGrant, WorkspaceId, WorkspaceRole,
    },
    failure::Failure,
    http::Problem,
    table::{AccessToChange, Occasion, StoreError, TRIES, Table},
};

/// A request about the access of a user to a workspace (R23).
pub(crate) struct AccessRequest {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: UserId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
}

/// Why an access was not changed.
#[derive(Debug)]
pub(crate) enum NotChanged {
    NoWorkspace,
    NoMember,
}

impl From<NotChanged> for Problem {
    fn from(reason: NotChanged) -> Self {
        match reason {
            NotChanged::NoWorkspace => crate::unknown(),
            NotChanged::NoMember => Self::member_not_found(),
        }
    }
}

impl AccessRequest {
    fn authority(&self) -> Authority {
        Authority::new(self.organization, self.actor.clone(), Permission::MANAGE_WORKSPACES.into())
    }

    async fn read(&self, table: &Table) -> Result<AccessToChange, Failure<NotChanged>> {
        let read = table.access_to_change(self.organization, &self.actor, self.workspace, &self.user).await?;
        let (_, read) = read.open(Permission::MANAGE_WORKSPACES)?;
        if !read.has_workspace {
            return Err(Failure::Reason(NotChanged::NoWorkspace));
        }
        if read.member.is_none() {
            return Err(Failure::Reason(NotChanged::NoMember));
        }
        Ok(read)
    }
}

/// Gives a member access to a workspace, or another role in it: one read, and one transaction with the conditions that the
/// membership and the workspace still exist. The same role again writes nothing.
pub(crate) async fn give(
    table: &Table,
    request: &AccessRequest,
    role: WorkspaceRole,
    occasion: &Occasion,
) -> Result<(), Failure<NotChanged>> {
    let authority = request.authority();
    let grant = WorkspaceGrant { workspace: request.workspace, role };
    for _ in 0..TRIES {
        let read = request.read(table).await?;
        let Some(member) = &read.member else { return Err(Failure::Reason(NotChanged::NoMember)) };
        let access = WorkspaceAccess::of(member, &grant);
        if read.current() == Some(&access) {
            return Ok(());
        }
        // A condition that failed: one of them has changed since it was read.
        if table.give_access(&authority, member, &access, &read, occasion).await?.is_ok() {
            return Ok(());
        }
    }
    Err(StoreError::contended("the access keeps changing").into())
}

/// Takes the access away: one read, and one transaction. A member without access has none afterwards, too.
pub(crate) async fn take(
    table: &Table,
    request: &AccessRequest,
    occasion: &Occasion,
) -> Result<(), Failure<NotChanged>> {
    let authority = request.authority();
    for _ in 0..TRIES {
        let read = request.read(table).await?;
        let Some(access) = read.current() else { return Ok(()) };
        if table.take_access(&authority, access, occasion).await?.is_ok() {
            return Ok(());
        }
    }
    Err(StoreError::contended("the access keeps changing").into())
}
