//! The routes of workspaces: list, create, read, rename and delete (`…/workspaces`), and who may enter them.

mod access;
mod create;
mod delete;
mod rename;
mod views;

use serde::Deserialize;
use shared::{
    configuration::InvalidConfiguration,
    domain::{OrganizationId, Permission, Workspace, WorkspaceId, WorkspaceName, WorkspaceRoles},
    http::{ApiRequest, Code, Cursor, Once, PageView, Problem, Reply},
    items::keys,
    routes,
    start::Start,
    table::{Table, is_my_workspace, is_workspace_member},
};

use access::{AccessRequest, give, take};
use create::create;
use delete::{DeleteWorkspace, delete};
use rename::{RenameWorkspace, rename};
use views::{AccessView, MyWorkspaceView, WorkspaceMemberView, WorkspaceView};

pub struct Workspaces {
    table: Table,
    roles: WorkspaceRoles,
}

routes! {
    Workspaces {
        "GET /organizations/{organizationId}/workspaces" => list,
        "POST /organizations/{organizationId}/workspaces" => create,
        "GET /organizations/{organizationId}/workspaces/{workspaceId}" => read,
        "PATCH /organizations/{organizationId}/workspaces/{workspaceId}" => rename,
        "DELETE /organizations/{organizationId}/workspaces/{workspaceId}" => delete,
        "GET /organizations/{organizationId}/workspaces/{workspaceId}/members" => members,
        "PUT /organizations/{organizationId}/workspaces/{workspaceId}/members/{userId}" => give_access,
        "DELETE /organizations/{organizationId}/workspaces/{workspaceId}/members/{userId}" => take_access,
        "GET /me/workspaces" => mine,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameBody {
    name: String,
}

impl NameBody {
    fn parse(&self) -> Result<WorkspaceName, Problem> {
        WorkspaceName::parse(&self.name).map_err(|error| Problem::invalid("/name", error))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    role: String,
}

impl Workspaces {
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(3)?, roles: start.variables.parsed("WORKSPACE_ROLES")? })
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let cursor = Cursor::of(format!("workspaces/{organization}"), keys::is_workspace);
        let page = request.page(&cursor)?;
        let workspaces =
            self.table.list_workspaces(organization, &caller.user_id, page.limit, page.after.as_deref()).await?;
        let (_, workspaces) = workspaces.open(Permission::VIEW_WORKSPACES)?;
        Reply::ok(&PageView::new(workspaces.items.iter().map(WorkspaceView::from), workspaces.next, &cursor))
    }

    async fn create(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let name = request.body::<NameBody>()?.parse()?;
        let idempotency = request.idempotency(&caller)?;
        let environment = self.table.environment();
        let workspace = Workspace {
            id: WorkspaceId::new(environment.new_id()),
            name,
            is_default: false,
            created_at: request.now(),
            version: environment.new_version(),
        };
        let location = format!("/organizations/{organization}/workspaces/{}", workspace.id);
        let reply = Reply::with(201, &WorkspaceView::from(&workspace))?.location(location);
        let once = Once::new(reply.etag(&workspace.version), idempotency, request.now());
        Ok(create(&self.table, organization, &caller.user_id, &workspace, once, &request.occasion()).await?)
    }

    async fn read(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let guarded = self.table.read_workspace(organization, &caller.user_id, request.workspace_id()).await?;
        let (_, workspace) = guarded.open(Permission::VIEW_WORKSPACES)?;
        shown(&workspace.ok_or_else(unknown)?)
    }

    async fn rename(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let name = request.body::<NameBody>()?.parse()?;
        let if_match = request.required_if_match()?;
        let workspace = request.workspace_id();
        let change = RenameWorkspace { organization, actor: caller.user_id, workspace, name, if_match };
        shown(&rename(&self.table, &change, &request.occasion()).await?)
    }

    async fn delete(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization: OrganizationId = request.organization_id()?;
        let if_match = request.if_match()?;
        let workspace = request.workspace_id();
        let deletion = DeleteWorkspace { organization, actor: caller.user_id, workspace, if_match };
        delete(&self.table, &deletion, &request.occasion()).await?;
        Ok(Reply::no_content())
    }

    async fn members(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let workspace = request.workspace_id();
        let cursor = Cursor::of(format!("workspace-members/{organization}/{workspace}"), is_workspace_member);
        let page = request.page(&cursor)?;
        let after = page.after.as_deref();
        let members =
            self.table.list_workspace_members(organization, &caller.user_id, workspace, page.limit, after).await?;
        let (_, members) = members.open(Permission::VIEW_WORKSPACES)?;
        let members = members.ok_or_else(unknown)?;
        Reply::ok(&PageView::new(members.items.iter().map(WorkspaceMemberView::from), members.next, &cursor))
    }

    async fn give_access(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let access = access_request(request)?;
        let role = self.roles.role(&request.body::<RoleBody>()?.role);
        let role = role.map_err(|error| Problem::invalid("/role", error))?;
        let view = AccessView {
            workspace_id: access.workspace.to_string(),
            user_id: access.user.to_string(),
            role: role.to_string(),
        };
        give(&self.table, &access, role, &request.occasion()).await?;
        Reply::ok(&view)
    }

    async fn take_access(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        take(&self.table, &access_request(request)?, &request.occasion()).await?;
        Ok(Reply::no_content())
    }

    async fn mine(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        // A text that cannot be an id is an organization that the caller is no member of.
        let only = request.query("organizationId").map(|text| text.parse().unwrap_or(OrganizationId::NONE));
        let filter = only.map(|organization| organization.to_string()).unwrap_or_default();
        let cursor = Cursor::of(format!("my-workspaces/{}/{filter}", caller.user_id), is_my_workspace);
        let page = request.page(&cursor)?;
        let after = page.after.as_deref();
        let workspaces = self.table.list_my_workspaces(&caller.user_id, only, page.limit, after).await?;
        Reply::ok(&PageView::new(workspaces.items.iter().map(MyWorkspaceView::from), workspaces.next, &cursor))
    }
}

fn access_request(request: &ApiRequest) -> Result<AccessRequest, Problem> {
    let caller = request.caller()?;
    let organization = request.organization_id()?;
    let (workspace, user) = (request.workspace_id(), request.user_id());
    Ok(AccessRequest { organization, actor: caller.user_id, workspace, user })
}

fn shown(workspace: &Workspace) -> Result<Reply, Problem> {
    Ok(Reply::ok(&WorkspaceView::from(workspace))?.etag(&workspace.version))
}

fn unknown() -> Problem {
    Problem::new(
        Code::WorkspaceNotFound,
        "The organization has no workspace with this id. Reload the list of workspaces.",
    )
}

/// No two workspaces of an organization have the same name, without regard to case.
fn name_taken() -> Problem {
    Problem::invalid("/name", "is the name of another workspace of this organization")
}
