use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, field::Stored, keys::sk};
use crate::domain::{OrganizationId, Timestamp, Version, Workspace, WorkspaceId, WorkspaceName};

/// A workspace of an organization, `ORG#org` / `WORKSPACE#ws`.
#[derive(Debug, Serialize, Deserialize)]
pub struct WorkspaceItem {
    organization_id: Text<OrganizationId>,
    workspace_id: Text<WorkspaceId>,
    name: Stored<WorkspaceName>,
    is_default: bool,
    created_at: Text<Timestamp>,
    version: Text<Version>,
}

impl Item for WorkspaceItem {
    const ENTITY: &'static str = "workspace";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::workspace(&self.workspace_id))
    }
}

impl WorkspaceItem {
    /// Creates the item of a workspace.
    pub fn new(organization: OrganizationId, workspace: &Workspace) -> Self {
        Self {
            organization_id: Text(organization),
            workspace_id: Text(workspace.id),
            name: Stored(workspace.name.clone()),
            is_default: workspace.is_default,
            created_at: Text(workspace.created_at),
            version: Text(workspace.version.clone()),
        }
    }
}

impl From<WorkspaceItem> for Workspace {
    fn from(item: WorkspaceItem) -> Self {
        Self {
            id: item.workspace_id.0,
            name: item.name.0,
            is_default: item.is_default,
            created_at: item.created_at.0,
            version: item.version.0,
        }
    }
}
