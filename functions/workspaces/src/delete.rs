use shared::{
    domain::{Authority, OrganizationId, Permission, UserId, Version, WorkspaceId},
    failure::Failure,
    http::{Code, Problem},
    table::{DeleteWorkspaceCheck, Occasion, StoreError, TRIES, Table},
};

/// A request to delete a workspace.
pub(crate) struct DeleteWorkspace {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: UserId,
    pub(crate) workspace: WorkspaceId,
    /// The version that the workspace must still have, if the client sent one.
    pub(crate) if_match: Option<Version>,
}

/// Why a workspace was not deleted.
#[derive(Debug)]
pub(crate) enum NotDeleted {
    NotFound,
    /// The workspace has changed since the client read it.
    VersionMismatch,
    /// An organization has at least one workspace (R1).
    Last,
}

impl From<NotDeleted> for Problem {
    fn from(reason: NotDeleted) -> Self {
        match reason {
            NotDeleted::NotFound => crate::unknown(),
            NotDeleted::VersionMismatch => Self::version_mismatch("workspace"),
            NotDeleted::Last => Self::new(
                Code::LastWorkspace,
                "An organization must have a workspace. Create another one first, or rename this one.",
            ),
        }
    }
}

/// Deletes a workspace: one read, and one transaction. If it was the default workspace, the oldest of the others is the
/// default afterwards.
pub(crate) async fn delete(
    table: &Table,
    request: &DeleteWorkspace,
    occasion: &Occasion,
) -> Result<(), Failure<NotDeleted>> {
    let permission = Permission::MANAGE_WORKSPACES;
    let authority = Authority::new(request.organization, request.actor.clone(), permission.into());
    for _ in 0..TRIES {
        let read = table.workspace_to_delete(request.organization, &request.actor, request.workspace).await?;
        let (_, found) = read.open(permission)?;
        let found = found.ok_or(Failure::Reason(NotDeleted::NotFound))?;
        if request.if_match.as_ref().is_some_and(|version| *version != found.workspace.version) {
            return Err(Failure::Reason(NotDeleted::VersionMismatch));
        }
        match table.delete_workspace(&authority, &found, occasion).await? {
            Ok(_) => return Ok(()),
            // One of the two has changed since they were read. If the workspace is gone, it was not the last one.
            Err(refused)
                if refused.contains(DeleteWorkspaceCheck::Workspace)
                    || refused.contains(DeleteWorkspaceCheck::Successor) => {}
            Err(_) => return Err(Failure::Reason(NotDeleted::Last)),
        }
    }
    Err(StoreError::contended("the workspaces keep changing").into())
}
