use futures::future::try_join;

use super::{Page, StoreError, Table, read, read::ListQuery};
use crate::{
    domain::{Guarded, OrganizationId, UserId, Workspace, WorkspaceId},
    items::{Key, WorkspaceItem, keys},
};

/// A workspace that is to be deleted, and the one that is the default after it.
#[derive(Clone, Debug)]
pub struct WorkspaceToDelete {
    pub workspace: Workspace,
    /// The oldest of the other workspaces, if the workspace is the default one and not the only one.
    pub successor: Option<WorkspaceId>,
}

impl Table {
    /// Reads a page of workspaces for `reader`, the oldest first.
    pub async fn list_workspaces(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Page<Workspace>>, StoreError> {
        let page = self.guarded_list(organization, reader, workspaces(organization, limit, after)).await?;
        Ok(page.map(|page| page.listed(read::read::<WorkspaceItem, _>)))
    }

    /// Reads a workspace for `reader`.
    pub async fn read_workspace(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        workspace: WorkspaceId,
    ) -> Result<Guarded<Option<Workspace>>, StoreError> {
        let key = Key::workspace(organization, workspace);
        let mut batch = self.batch_get([key.clone(), Key::member(organization, reader)]).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(reader) = batch.member(organization, reader)? else { return Ok(Guarded::found(None, None)) };
        let item: Option<WorkspaceItem> = batch.take(key)?;
        Ok(Guarded::new(Some(reader), item.map(Workspace::from)))
    }

    /// Reads a workspace for `reader`, side by side with the two oldest ones.
    pub async fn workspace_to_delete(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        workspace: WorkspaceId,
    ) -> Result<Guarded<Option<WorkspaceToDelete>>, StoreError> {
        let oldest = self.list(workspaces(organization, 2, None));
        let (found, oldest) = try_join(self.read_workspace(organization, reader, workspace), oldest).await?;
        let others = oldest.listed(read::read::<WorkspaceItem, Workspace>).items.into_iter();
        let other = others.map(|other| other.id).find(|id| *id != workspace);
        Ok(found.map(|found| {
            let successor = |found: &Workspace| other.filter(|_| found.is_default);
            found.map(|found| WorkspaceToDelete { successor: successor(&found), workspace: found })
        }))
    }
}

pub(super) fn workspaces(organization: OrganizationId, limit: u16, after: Option<&str>) -> ListQuery<'_> {
    let partition = keys::organization_partition(organization);
    ListQuery { partition, prefix: keys::WORKSPACES, limit, after, newest_first: false }
}
