use serde::Serialize;
use shared::{
    domain::{Role, Workspace, WorkspaceRole},
    table::{MyWorkspace, WorkspaceMember},
};

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

/// A member who may enter a workspace.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkspaceMemberView {
    user_id: String,
    email: String,
    name: Option<String>,
    role: Option<String>,
    organization_admin: bool,
}

impl From<&WorkspaceMember> for WorkspaceMemberView {
    fn from(WorkspaceMember { member, role }: &WorkspaceMember) -> Self {
        Self {
            user_id: member.user_id.to_string(),
            email: member.email.as_str().to_owned(),
            name: member.name.as_ref().map(|name| name.as_str().to_owned()),
            role: role.as_ref().map(WorkspaceRole::to_string),
            organization_admin: member.roles.contains(Role::OrganizationAdmin),
        }
    }
}

/// A workspace that the caller may enter.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MyWorkspaceView {
    organization_id: String,
    workspace_id: String,
    name: String,
    role: Option<String>,
    organization_admin: bool,
}

impl From<&MyWorkspace> for MyWorkspaceView {
    fn from(mine: &MyWorkspace) -> Self {
        Self {
            organization_id: mine.organization.to_string(),
            workspace_id: mine.workspace.id.to_string(),
            name: mine.workspace.name.as_str().to_owned(),
            role: mine.role.as_ref().map(WorkspaceRole::to_string),
            organization_admin: mine.is_admin,
        }
    }
}

/// The access that a member was given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessView {
    pub(crate) workspace_id: String,
    pub(crate) user_id: String,
    pub(crate) role: String,
}
