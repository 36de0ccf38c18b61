use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::domain::{OrganizationId, Workspace, WorkspaceId, WorkspaceNameKey};

/// The guard of a workspace's name, `ORG#org` / `WORKSPACE_NAME#key`: at most one workspace of an organization has a name, without
/// regard to case.
#[derive(Debug, Serialize, Deserialize)]
pub struct WorkspaceNameItem {
    organization_id: Text<OrganizationId>,
    name_key: Text<WorkspaceNameKey>,
    workspace_id: Text<WorkspaceId>,
}

impl Item for WorkspaceNameItem {
    const ENTITY: &'static str = "workspace_name";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::workspace_name(&self.name_key.0))
    }
}

impl WorkspaceNameItem {
    /// Creates the guard of the workspace's current name.
    pub fn new(organization: OrganizationId, workspace: &Workspace) -> Self {
        Self {
            organization_id: Text(organization),
            name_key: Text(workspace.name.key()),
            workspace_id: Text(workspace.id),
        }
    }
}
