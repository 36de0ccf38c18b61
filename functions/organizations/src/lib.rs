//! The routes `GET /organizations` and `GET /organizations/{organizationId}`.

use serde::Serialize;
use shared::{
    configuration::InvalidConfiguration,
    domain::{Member, Membership, Organization},
    http::{ApiRequest, Cursor, PageView, Problem, Reply},
    routes,
    start::Start,
    table::Table,
};

pub struct Organizations {
    table: Table,
}

routes! {
    Organizations {
        "GET /organizations" => list,
        "GET /organizations/{organizationId}" => read,
    }
}

/// An organization in a response to one of its members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationView {
    organization_id: String,
    name: String,
    status: &'static str,
    created_at: String,
    roles: Vec<String>,
    joined_at: String,
}

impl OrganizationView {
    fn new(organization: &Organization, reader: &Member) -> Self {
        Self {
            organization_id: organization.id.to_string(),
            name: organization.details.name.as_str().to_owned(),
            status: organization.status.name(),
            created_at: organization.created_at.to_string(),
            roles: reader.roles.names(),
            joined_at: reader.joined_at.to_string(),
        }
    }
}

impl Organizations {
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(1)? })
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let cursor = Cursor::of_organizations(&caller.user_id);
        let page = request.page(&cursor)?;
        let ids = self.table.list_my_organizations(&caller.user_id, page.limit, page.after.as_deref()).await?;
        let memberships = self.table.memberships(&caller.user_id, &ids.items).await?;
        let view = |Membership { organization, member }: &Membership| OrganizationView::new(organization, member);
        Reply::ok(&PageView::new(memberships.iter().map(view), ids.next, &cursor))
    }

    async fn read(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let guarded = self.table.read_organization(request.organization_id()?, &caller.user_id).await?;
        let (reader, organization) = guarded.open_to_members()?;
        Reply::ok(&OrganizationView::new(&organization, &reader))
    }
}
