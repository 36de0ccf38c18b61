use std::pin::Pin;

use lambda_http::{Body, Context, Request, RequestExt, Response};
use serde_json::{Map, Value, json};
use shared::{
    http::{Api, HttpFunction},
    start::Start,
};

use super::{Answer, CLIENT};

/// The functions behind the HTTP API, as production makes them.
pub(crate) struct Functions(Vec<Box<dyn Function>>);

/// Any of them.
trait Function: Send + Sync {
    fn routes(&self) -> &'static [&'static str];

    fn respond(&self, request: Request) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>>;
}

impl<F: HttpFunction> Function for Api<F> {
    fn routes(&self) -> &'static [&'static str] {
        F::ROUTES
    }

    fn respond(&self, request: Request) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin(Api::respond(self, request))
    }
}

fn api<F: HttpFunction>(start: &Start) -> Box<dyn Function> {
    Box::new(Api::<F>::new("test", start).unwrap())
}

impl Functions {
    pub(crate) fn new(start: &Start) -> Self {
        Self(vec![
            api::<audit_log::AuditLog>(start),
            api::<invitation_replies::InvitationReplies>(start),
            api::<invitations::Invitations>(start),
            api::<members::Members>(start),
            api::<onboarding::Onboarding>(start),
            api::<organizations::Organizations>(start),
            api::<roles::Roles>(start),
            api::<settings::SettingsTabs>(start),
            api::<workspaces::Workspaces>(start),
        ])
    }

    /// Hands a request over as the gateway does.
    pub(crate) async fn respond(
        &self,
        user: &str,
        method: &str,
        target: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
        deadline: Option<u64>,
    ) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let asked = format!("{method} {path}");
        let (route, function, parameters) = self.find(&asked);
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
        let mut context = Context::default();
        context.deadline = deadline.unwrap_or_default();
        let request = lambda_http::request::from_str(&event.to_string()).unwrap().with_lambda_context(context);
        Answer::new(&function.respond(request).await)
    }

    /// The route of a request, the function that has it, and the path's parameters.
    fn find(&self, asked: &str) -> (&'static str, &dyn Function, Map<String, Value>) {
        for function in &self.0 {
            for route in function.routes() {
                if let Some(parameters) = matched(route, asked) {
                    return (*route, function.as_ref(), parameters);
                }
            }
        }
        panic!("no function in `Functions::new` and tests/Cargo.toml has a route for {asked}");
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
