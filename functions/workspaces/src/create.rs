use shared::{
    domain::{Authority, OrganizationId, Permission, UserId, Workspace},
    failure::Failure,
    http::{Code, Once, Problem, Reply},
    table::{CreateWorkspaceCheck, Occasion, Table},
};

/// Why no workspace was created.
#[derive(Debug)]
pub(crate) enum NotCreated {
    NameTaken,
    LimitReached,
}

impl From<NotCreated> for Problem {
    fn from(reason: NotCreated) -> Self {
        match reason {
            NotCreated::NameTaken => crate::name_taken(),
            NotCreated::LimitReached => Self::new(
                Code::WorkspaceLimitReached,
                "The subscription has no room for another workspace. Delete a workspace, or ask support for a higher limit.",
            ),
        }
    }
}

/// Creates a workspace in one transaction.
pub(crate) async fn create(
    table: &Table,
    organization: OrganizationId,
    actor: &UserId,
    workspace: &Workspace,
    once: Once,
    occasion: &Occasion,
) -> Result<Reply, Failure<NotCreated>> {
    let authority = Authority::new(organization, actor.clone(), Permission::MANAGE_WORKSPACES.into());
    match table.create_workspace(&authority, workspace, once.record(), occasion).await? {
        Ok(committed) => Ok(once.settle(committed)),
        Err(refused) if refused.contains(CreateWorkspaceCheck::Name) => Err(Failure::Reason(NotCreated::NameTaken)),
        Err(_) => Err(Failure::Reason(NotCreated::LimitReached)),
    }
}
