//! `GET /organizations` and `GET /organizations/{organizationId}`

use jiff::SignedDuration;
use serde::Serialize;
use shared::{
    configuration::InvalidConfiguration,
    domain::Membership,
    environment::Environment,
    http::{ApiRequest, Clients, Cursor, PageView, Problem, Reply, Routes},
    start::Start,
    table::Table,
};

/// The function.
pub struct Organizations {
    table: Table,
    clients: Clients,
}

/// An organization, as any of its members may see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationView {
    organization_id: String,
    name: String,
    status: &'static str,
    created_at: String,
    /// The reader's.
    roles: Vec<String>,
    joined_at: String,
}

impl From<&Membership> for OrganizationView {
    fn from(membership: &Membership) -> Self {
        let Membership { organization, member } = membership;
        Self {
            organization_id: organization.id.to_string(),
            name: organization.details.name.as_str().to_owned(),
            status: organization.status.name(),
            created_at: organization.created_at.to_string(),
            roles: member.roles.names(),
            joined_at: member.joined_at.to_string(),
        }
    }
}

impl Organizations {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self::with(start.table(SignedDuration::from_secs(5))?, Clients::from_environment(start.variables)?))
    }

    /// With parts of the caller's own.
    pub fn with(table: Table, clients: Clients) -> Self {
        Self { table, clients }
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let cursor = Cursor::of(format!("organizations/{}", caller.user_id));
        let page = request.page(&cursor)?;
        let ids = self.table.list_my_organizations(&caller.user_id, page.limit, page.after.as_deref()).await?;
        let memberships = self.table.memberships(&caller.user_id, &ids.items).await?;
        let items = memberships.iter().map(OrganizationView::from).collect();
        Reply::ok(&PageView { items, next_cursor: ids.next.map(|key| cursor.write(&key)) })
    }

    async fn read(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let membership = self.table.read_organization(request.organization_id()?, &caller.user_id).await?;
        let membership = membership.ok_or_else(Problem::organization_not_found)?;
        Reply::ok(&OrganizationView::from(&membership))
    }
}

impl Routes for Organizations {
    async fn answer(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        match request.route() {
            "GET /organizations" => self.list(request).await,
            _ => self.read(request).await,
        }
    }

    fn environment(&self) -> &Environment {
        self.table.environment()
    }
}
