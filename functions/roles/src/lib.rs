//! The route `PUT /organizations/{organizationId}/members/{userId}/roles`.

mod change_roles;

use serde::{Deserialize, Serialize};
use shared::{
    configuration::InvalidConfiguration,
    domain::RoleSet,
    http::{ApiRequest, Problem, Reply},
    routes,
    start::Start,
    table::Table,
};

use change_roles::{ChangeRoles, change_roles};

pub struct Roles {
    table: Table,
}

routes! {
    Roles {
        "PUT /organizations/{organizationId}/members/{userId}/roles" => change,
    }
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
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(1)? })
    }

    async fn change(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let body: RolesBody = request.body()?;
        let roles =
            RoleSet::parse(body.roles.iter().map(String::as_str)).map_err(|error| Problem::invalid("/roles", error))?;
        let member = request.user_id();
        let change = ChangeRoles { organization, actor: caller.user_id, member, roles, if_match: request.if_match()? };
        let version = change_roles(&self.table, &change, &request.occasion()).await?;
        Ok(Reply::ok(&RolesView { user_id: change.member.to_string(), roles: roles.names() })?.etag(&version))
    }
}
