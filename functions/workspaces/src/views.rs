use serde::Serialize;
use shared::domain::Workspace;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkspaceView {
    workspace_id: String,
    name: String,
    default: bool,
    created_at: String,
}

impl From<&Workspace> for WorkspaceView {
    fn from(workspace: &Workspace) -> Self {
        Self {
            workspace_id: workspace.id.to_string(),
            name: workspace.name.as_str().to_owned(),
            default: workspace.is_default,
            created_at: workspace.created_at.to_string(),
        }
    }
}
