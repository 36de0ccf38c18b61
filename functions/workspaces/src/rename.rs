use shared::{
    domain::{Authority, OrganizationId, Permission, UserId, Version, Workspace, WorkspaceId, WorkspaceName},
    failure::Failure,
    http::Problem,
    table::{Occasion, RenameWorkspaceCheck, StoreError, TRIES, Table},
};

/// A request to rename a workspace.
pub(crate) struct RenameWorkspace {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: UserId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) name: WorkspaceName,
    /// The version that the workspace must still have. `None`: any.
    pub(crate) if_match: Option<Version>,
}

/// Why a workspace was not renamed.
#[derive(Debug)]
pub(crate) enum NotRenamed {
    NotFound,
    NameTaken,
    /// The workspace has changed since the client read it.
    VersionMismatch,
}

impl From<NotRenamed> for Problem {
    fn from(reason: NotRenamed) -> Self {
        match reason {
            NotRenamed::NotFound => crate::unknown(),
            NotRenamed::NameTaken => crate::name_taken(),
            NotRenamed::VersionMismatch => Self::version_mismatch("workspace"),
        }
    }
}

/// Renames a workspace: one read, and one transaction with the condition that the workspace has not changed since. The same
/// name writes nothing. Returns the workspace afterwards.
pub(crate) async fn rename(
    table: &Table,
    request: &RenameWorkspace,
    occasion: &Occasion,
) -> Result<Workspace, Failure<NotRenamed>> {
    let permission = Permission::MANAGE_WORKSPACES;
    let authority = Authority::new(request.organization, request.actor.clone(), permission.into());
    for _ in 0..TRIES {
        let read = table.read_workspace(request.organization, &request.actor, request.workspace).await?;
        let (_, workspace) = read.open(permission)?;
        let before = workspace.ok_or(Failure::Reason(NotRenamed::NotFound))?;
        if request.if_match.as_ref().is_some_and(|version| *version != before.version) {
            return Err(Failure::Reason(NotRenamed::VersionMismatch));
        }
        if before.name == request.name {
            return Ok(before);
        }
        let version = table.environment().new_version();
        let after = Workspace { name: request.name.clone(), version, ..before.clone() };
        match table.rename_workspace(&authority, [&before, &after], occasion).await? {
            Ok(_) => return Ok(after),
            Err(refused) if refused.contains(RenameWorkspaceCheck::Workspace) => {}
            Err(_) => return Err(Failure::Reason(NotRenamed::NameTaken)),
        }
    }
    Err(StoreError::contended("the workspace keeps changing").into())
}
