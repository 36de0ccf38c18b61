use std::sync::Arc;

use invitation_replies::InvitationReplies;
use invitations::Invitations;
use members::Members;
use onboarding::Onboarding;
use organizations::Organizations;
use roles::Roles;
use serde_json::{Map, Value, json};
use settings::SettingsTabs;
use shared::http::respond;

use super::{Answer, CLIENT, Clients, Days, FoundingDefaults, Pool, Table};

/// The functions behind the HTTP API.
pub(crate) struct Functions {
    onboarding: Onboarding,
    organizations: Organizations,
    settings: SettingsTabs,
    members: Members,
    roles: Roles,
    invitations: Invitations,
    replies: InvitationReplies,
}

/// Every route of template.yaml, and which function answers it.
const ROUTES: [(&str, &str); 16] = [
    ("GET /me", "onboarding"),
    ("POST /organizations", "onboarding"),
    ("GET /organizations", "organizations"),
    ("GET /organizations/{organizationId}", "organizations"),
    ("GET /organizations/{organizationId}/settings", "settings"),
    ("GET /organizations/{organizationId}/settings/{tab}", "settings"),
    ("GET /organizations/{organizationId}/members", "members"),
    ("GET /organizations/{organizationId}/members/{userId}", "members"),
    ("DELETE /organizations/{organizationId}/members/{userId}", "members"),
    ("PUT /organizations/{organizationId}/members/{userId}/roles", "roles"),
    ("POST /organizations/{organizationId}/invitations", "invitations"),
    ("GET /organizations/{organizationId}/invitations", "invitations"),
    ("GET /organizations/{organizationId}/invitations/{invitationId}", "invitations"),
    ("POST /invitations/preview", "replies"),
    ("POST /invitations/accept", "replies"),
    ("POST /invitations/decline", "replies"),
];

impl Functions {
    pub(crate) fn new(table: &Table, pool: &Arc<Pool>, defaults: &FoundingDefaults) -> Self {
        let clients = Clients::new([CLIENT.to_owned()]);
        let support = "https://support.example.com".to_owned();
        Self {
            onboarding: Onboarding::with(table.clone(), clients.clone(), pool.clone(), defaults.clone(), support),
            organizations: Organizations::with(table.clone(), clients.clone()),
            settings: SettingsTabs::with(table.clone(), clients.clone()),
            members: Members::with(table.clone(), clients.clone()),
            roles: Roles::with(table.clone(), clients.clone()),
            invitations: Invitations::with(table.clone(), clients.clone(), Days::new(7).unwrap()),
            replies: InvitationReplies::with(table.clone(), clients, pool.clone()),
        }
    }

    /// Hands a request over as the gateway does.
    pub(crate) async fn respond(
        &self,
        user: &str,
        method: &str,
        target: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let asked = format!("{method} {path}");
        let (route, function, parameters) =
            ROUTES.iter().find_map(|(route, function)| Some((*route, *function, matched(route, &asked)?))).unwrap();
        let mut all = Map::from_iter([("content-type".to_owned(), json!("application/json"))]);
        all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query_parameters: Map<String, Value> = pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect();
        let event = json!({
            "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": query, "headers": all,
            "queryStringParameters": query_parameters, "pathParameters": parameters,
            "requestContext": {
                "accountId": "000000000000", "apiId": "api", "domainName": "localhost", "domainPrefix": "localhost",
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test" },
                "requestId": "request-1", "routeKey": route, "stage": "$default", "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 0,
                "authorizer": { "jwt": { "claims": { "sub": user, "username": user, "token_use": "access", "client_id": CLIENT }, "scopes": null } }
            },
            "body": body.map(|body| body.to_string()), "isBase64Encoded": false
        });
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        let response = match function {
            "onboarding" => respond("test", &self.onboarding, request).await,
            "organizations" => respond("test", &self.organizations, request).await,
            "settings" => respond("test", &self.settings, request).await,
            "members" => respond("test", &self.members, request).await,
            "roles" => respond("test", &self.roles, request).await,
            "invitations" => respond("test", &self.invitations, request).await,
            _ => respond("test", &self.replies, request).await,
        };
        Answer::new(&response)
    }
}

/// The path's parameters, if the request is for this route.
fn matched(route: &str, asked: &str) -> Option<Map<String, Value>> {
    let (route, asked): (Vec<_>, Vec<_>) = (route.split('/').collect(), asked.split('/').collect());
    if route.len() != asked.len() {
        return None;
    }
    let mut parameters = Map::new();
    for (segment, value) in route.into_iter().zip(asked) {
        match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            Some(name) => drop(parameters.insert(name.to_owned(), json!(value))),
            None if segment == value => {}
            None => return None,
        }
    }
    Some(parameters)
}
