//! What tools look up before they do anything: which functions there are, and which senders.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use stack_template::ACCOUNT;

use crate::{
    endpoint::{Endpoint, Services, deny},
    engine::caller,
    lambda::list_api,
    ses,
};

pub(crate) fn router() -> Router<Arc<Endpoint>> {
    let functions = "/2015-03-31/functions";
    Router::new()
        .route(functions, get(list_functions))
        // As botocore sends it.
        .route(&format!("{functions}/"), get(list_functions))
        .route(&format!("{functions}/{{name}}"), get(get_function))
        .route(&format!("{functions}/{{name}}/configuration"), get(get_function_configuration))
        // The second as newer SDKs have it.
        .route("/v2/email/identities", get(list_email_identities))
        .route("/v2/email/list-identities", post(list_email_identities))
        .route("/v2/email/identities/{name}", get(get_email_identity))
}

impl Endpoint {
    /// Answers, if the caller may.
    fn look_up(
        &self,
        headers: &HeaderMap,
        action: &str,
        resource: &str,
        answer: impl FnOnce() -> Response,
    ) -> Response {
        match self.permissions.action(&caller(headers), action, resource) {
            Ok(()) => answer(),
            Err(refusal) => deny(StatusCode::FORBIDDEN, &refusal),
        }
    }
}

async fn list_functions(State(services): Services, headers: HeaderMap) -> Response {
    services.look_up(&headers, "lambda:ListFunctions", "*", || list_api::list(&services.lambda))
}

async fn get_function(State(services): Services, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let arn = services.lambda.arn(&name).unwrap_or(&name);
    services.look_up(&headers, "lambda:GetFunction", arn, || list_api::get(&services.lambda, &name, true))
}

async fn get_function_configuration(
    State(services): Services,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let arn = services.lambda.arn(&name).unwrap_or(&name);
    services.look_up(&headers, "lambda:GetFunctionConfiguration", arn, || list_api::get(&services.lambda, &name, false))
}

async fn list_email_identities(State(services): Services, headers: HeaderMap) -> Response {
    services.look_up(&headers, "ses:ListEmailIdentities", "*", || ses::list_email_identities(&services.functions))
}

async fn get_email_identity(State(services): Services, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let arn = format!("arn:aws:ses:{}:{ACCOUNT}:identity/{name}", services.config.region);
    services.look_up(&headers, "ses:GetEmailIdentity", &arn, || ses::get_email_identity(&services.functions, &name))
}
