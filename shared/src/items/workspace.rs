use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, keys::sk, parse};
use crate::domain::{OrganizationId, Version, Workspace, WorkspaceName};

/// `ORG#org` / `WORKSPACE#ws`
#[derive(Debug, Serialize, Deserialize)]
pub struct WorkspaceItem {
    organization_id: String,
    workspace_id: String,
    name: String,
    is_default: bool,
    created_at: String,
    version: String,
}

impl Item for WorkspaceItem {
    const ENTITY: &'static str = "workspace";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::workspace(&self.workspace_id))
    }
}

impl WorkspaceItem {
    /// A workspace of an organization.
    pub fn new(organization: OrganizationId, workspace: &Workspace) -> Self {
        Self {
            organization_id: organization.to_string(),
            workspace_id: workspace.id.to_string(),
            name: workspace.name.as_str().to_owned(),
            is_default: workspace.is_default,
            created_at: workspace.created_at.to_string(),
            version: workspace.version.as_str().to_owned(),
        }
    }
}

impl TryFrom<WorkspaceItem> for Workspace {
    type Error = Corrupt;

    fn try_from(item: WorkspaceItem) -> Result<Self, Corrupt> {
        Ok(Self {
            id: parse::<WorkspaceItem, _>("workspace_id", item.workspace_id.parse())?,
            name: parse::<WorkspaceItem, _>("name", WorkspaceName::parse(&item.name))?,
            is_default: item.is_default,
            created_at: parse::<WorkspaceItem, _>("created_at", item.created_at.parse())?,
            version: Version::from(item.version),
        })
    }
}
