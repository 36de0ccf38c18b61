use shared::{
    domain::{Authority, OrganizationId, Permission, UserId, Workspace},
    failure::Failure,
    http::{Code, Once, Problem, Reply},
    items::SubscriptionItem,
    table::{CreateWorkspaceCheck, Occasion, StoreError, TRIES, Table},
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

/// Creates a workspace in one transaction. The first one of an organization of an earlier release needs three more requests.
pub(crate) async fn create(
    table: &Table,
    organization: OrganizationId,
    actor: &UserId,
    workspace: &Workspace,
    once: Once,
    occasion: &Occasion,
) -> Result<Reply, Failure<NotCreated>> {
    let authority = Authority::new(organization, actor.clone(), Permission::MANAGE_WORKSPACES.into());
    for _ in 0..TRIES {
        let refused = match table.create_workspace(&authority, workspace, once.record(), occasion).await? {
            Ok(committed) => return Ok(once.settle(committed)),
            Err(refused) => refused,
        };
        if refused.contains(CreateWorkspaceCheck::Name) {
            return Err(Failure::Reason(NotCreated::NameTaken));
        }
        // An earlier release created the organization: its workspace is counted now.
        let subscription = refused.found::<SubscriptionItem, SubscriptionItem>(CreateWorkspaceCheck::Limit);
        if subscription.map_err(StoreError::from)?.was().is_none_or(|item| item.counts_workspaces()) {
            return Err(Failure::Reason(NotCreated::LimitReached));
        }
        table.count_workspaces(organization).await?;
    }
    Err(StoreError::contended("the workspaces keep changing").into())
}
