//! The routes of workspaces: list, create, read, rename and delete (`…/workspaces`).

mod create;
mod delete;
mod rename;
mod views;

use serde::Deserialize;
use shared::{
    configuration::InvalidConfiguration,
    domain::{OrganizationId, Permission, Workspace, WorkspaceId, WorkspaceName},
    http::{ApiRequest, Code, Cursor, Once, PageView, Problem, Reply},
    items::keys,
    routes,
    start::Start,
    table::Table,
};

use create::create;
use delete::{DeleteWorkspace, delete};
use rename::{RenameWorkspace, rename};
use views::WorkspaceView;

pub struct Workspaces {
    table: Table,
}

routes! {
    Workspaces {
        "GET /organizations/{organizationId}/workspaces" => list,
        "POST /organizations/{organizationId}/workspaces" => create,
        "GET /organizations/{organizationId}/workspaces/{workspaceId}" => read,
        "PATCH /organizations/{organizationId}/workspaces/{workspaceId}" => rename,
        "DELETE /organizations/{organizationId}/workspaces/{workspaceId}" => delete,
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

impl Workspaces {
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(2)? })
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
