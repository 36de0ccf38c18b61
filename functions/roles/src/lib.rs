//! `PUT /organizations/{organizationId}/members/{userId}/roles`

mod change_roles;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::{
    configuration::InvalidConfiguration,
    domain::RoleSet,
    environment::Environment,
    http::{ApiRequest, Clients, Problem, Reply, Routes},
    start::Start,
    table::Table,
};

pub use change_roles::{ChangeRoles, ChangeRolesError, change_roles};

/// The function.
pub struct Roles {
    table: Table,
    clients: Clients,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RolesBody {
    roles: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RolesView {
    user_id: String,
    roles: Vec<String>,
}

impl Roles {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self::with(start.table(SignedDuration::from_secs(5))?, Clients::from_environment(start.variables)?))
    }

    /// With parts of the caller's own.
    pub fn with(table: Table, clients: Clients) -> Self {
        Self { table, clients }
    }
}

impl Routes for Roles {
    async fn answer(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let organization = request.organization_id()?;
        let body: RolesBody = request.body()?;
        let roles =
            RoleSet::parse(body.roles.iter().map(String::as_str)).map_err(|error| Problem::invalid("/roles", error))?;
        let change = ChangeRoles {
            organization,
            actor: caller.user_id,
            member: request.user_id(),
            roles,
            if_match: request.if_match()?,
        };
        let (member, version) = change_roles(&self.table, &change, &request.occasion()).await?;
        Ok(Reply::ok(&RolesView { user_id: member.to_string(), roles: roles.names() })?.etag(&version))
    }

    fn environment(&self) -> &Environment {
        self.table.environment()
    }
}
