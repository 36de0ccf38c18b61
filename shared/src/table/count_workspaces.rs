use super::{
    StoreError, Table, WriteError,
    change_workspaces::{as_read, free_or_held_by},
    expression::Expression,
    read,
    transaction::Transaction,
    workspaces::workspaces,
};
use crate::{
    domain::{OrganizationId, Workspace},
    items::{EARLIER_WORKSPACE_LIMIT, Key, WorkspaceItem, WorkspaceNameItem},
};

/// The only condition: nothing has changed since the workspace was read, and SUBSCRIPTION does not count yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unchanged;

impl Table {
    /// Counts the workspace of an organization of an earlier release (R1), and writes the guard of its name. If another request
    /// has changed one of them since, it writes nothing. Nothing changes for the organization, so there is no audit record.
    pub async fn count_workspaces(&self, organization: OrganizationId) -> Result<(), WriteError> {
        // Without a counter, no second one was created.
        let page = self.list(workspaces(organization, 1, None)).await?;
        let found: Result<Vec<Workspace>, _> = page.items.into_iter().map(read::read::<WorkspaceItem, _>).collect();
        let found = found.map_err(StoreError::from)?;
        let count =
            Expression::new("SET #workspaces_used = :used, #workspace_limit = if_not_exists(#workspace_limit, :limit)")
                .number(":used", found.len())
                .number(":limit", EARLIER_WORKSPACE_LIMIT);
        let uncounted = Expression::new("attribute_exists(#pk) AND attribute_not_exists(#workspaces_used)");
        let mut transaction =
            Transaction::new(self).update(Unchanged, &Key::subscription(organization), count, uncounted);
        for workspace in &found {
            let guard = WorkspaceNameItem::new(organization, workspace);
            transaction = transaction
                .check(Unchanged, &Key::workspace(organization, workspace.id), as_read(workspace))
                .put(Unchanged, &guard, free_or_held_by(workspace));
        }
        transaction.commit().await.map(drop)
    }
}
