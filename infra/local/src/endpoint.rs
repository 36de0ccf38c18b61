//! The AWS services on one port, told apart as the SDKs send them.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use stack_template::Function;
use tokio::net::TcpListener;

use crate::{
    cognito::UserPool,
    config::Config,
    console::{self, Table, requests::Requests},
    engine::{Front, HEALTHY, caller},
    iam::{Permissions, Refusal},
    inbox::Inbox,
    lambda::{Lambda, LogSink, invoke_api},
    lookups, not_emulated, pages, planted, previews, schedules,
    service_faults::{Faults, Pending},
    ses::Ses,
    site,
    streams::DeadLetters,
    sts,
};

/// DynamoDB accepts the largest requests of all.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Everything that answers on this port.
pub(crate) struct Endpoint {
    pub(crate) config: Config,
    pub(crate) user_pool: UserPool,
    pub(crate) ses: Ses,
    pub(crate) cognito_faults: Pending,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) lambda: Arc<Lambda>,
    pub(crate) functions: Vec<Function>,
    pub(crate) logs: Arc<LogSink>,
    pub(crate) requests: Arc<Requests>,
    pub(crate) table: Table,
    pub(crate) dynamodb: Arc<Front>,
    pub(crate) dead_letters: Arc<DeadLetters>,
    pub(crate) permissions: Arc<Permissions>,
    pub(crate) front_end: pages::FrontEnd,
}

pub(crate) type Services = State<Arc<Endpoint>>;

impl Endpoint {
    /// Serves until dropped.
    pub(crate) async fn serve(self, listener: TcpListener) {
        let router = Router::new()
            .route("/", get(root).post(json_services))
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .route("/v2/email/outbound-emails", post(send_email))
            .route("/{pool}/.well-known/{document}", get(document))
            .route("/_local/inbox.json", get(inbox_json))
            .route("/_local/mails", get(previews::folder))
            .route("/_local/mails/", get(previews::index))
            .route("/_local/mails/{*file}", get(previews::file))
            .route("/_local/config.json", get(config))
            .route("/_local/dead-letters.json", get(dead_letters))
            .route("/_local/permissions.json", get(permissions))
            .route("/_local/schedules/{function}", post(schedules::run_now))
            .route("/_local/ses-faults", post(ses_faults))
            .route("/_local/cognito-faults", post(cognito_faults))
            .merge(lookups::router())
            .merge(console::router())
            .merge(site::router(&site::folder()))
            .fallback(unknown)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(middleware::from_fn_with_state(Arc::clone(&self.front_end), pages::admit))
            .with_state(Arc::new(self));
        let _ = axum::serve(listener, router).await;
    }

    /// An error that a function is sent names somebody.
    async fn plant(&self, answer: Response, headers: &HeaderMap) -> Response {
        if answer.status().is_success() || !self.permissions.is_function(&caller(headers)) {
            return answer;
        }
        let (mut parts, body) = answer.into_parts();
        let bytes = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
        let mut error = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!({}));
        planted::plant(&mut error);
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, error.to_string().into())
    }
}

/// Browsers are shown the page, functions open their connections with it, and S3 lists its buckets.
async fn root(services: Services, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match not_emulated::service(&headers) {
        "" if accepted.contains("text/html") => console::overview(services).await,
        "" => HEALTHY.into_response(),
        _ => not_emulated::answer(&Method::GET, &Uri::from_static("/"), &headers, &[]),
    }
}

/// The services of the JSON protocols name themselves in `X-Amz-Target`.
async fn json_services(State(services): Services, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match target.split_once('.') {
        Some(("DynamoDB_20120810" | "DynamoDBStreams_20120810", _)) => {
            match services.dynamodb.answer(&headers, body).await {
                Ok(response) => response.map(Body::new),
                // Through this door a dropped connection is a gateway that got no answer.
                Err(_) => StatusCode::BAD_GATEWAY.into_response(),
            }
        }
        Some(("AWSCognitoIdentityProviderService", operation)) => {
            if let Err(refusal) = services.permissions.cognito(&caller(&headers), operation, &body) {
                return deny(StatusCode::BAD_REQUEST, &refusal);
            }
            match services.cognito_faults.next(&[operation]) {
                Some(failure) => failure.response("The request cannot be answered now."),
                None => {
                    let answer = services.user_pool.answer(operation, &headers, body).await;
                    services.plant(answer, &headers).await
                }
            }
        }
        None if is_get_caller_identity(&headers, &body) => sts::get_caller_identity(&services.permissions, &headers),
        _ => not_emulated::answer(&Method::POST, &Uri::from_static("/"), &headers, &body),
    }
}

fn is_get_caller_identity(headers: &HeaderMap, body: &[u8]) -> bool {
    let is_it = || not_emulated::query_parameter(body, "Action").is_some_and(|action| action == "GetCallerIdentity");
    not_emulated::is_query(headers) && is_it()
}

async fn invoke(State(services): Services, Path(name): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(arn) = services.lambda.arn(&name)
        && let Err(refusal) = services.permissions.action(&caller(&headers), "lambda:InvokeFunction", arn)
    {
        return deny(StatusCode::FORBIDDEN, &refusal);
    }
    invoke_api::invoke(Arc::clone(&services.lambda), name, &headers, body).await
}

async fn send_email(State(services): Services, headers: HeaderMap, body: Bytes) -> Response {
    match services.permissions.send_email(&caller(&headers), &body) {
        Ok(()) => services.plant(services.ses.send_email(&body), &headers).await,
        Err(refusal) => deny(StatusCode::FORBIDDEN, &refusal),
    }
}

async fn document(State(services): Services, Path((pool, document)): Path<(String, String)>) -> Response {
    match services.user_pool.document(&pool, &document, &services.config.aws_endpoint_url).await {
        Some(document) => json_response(StatusCode::OK, &document),
        None => refuse(StatusCode::NOT_FOUND, "ResourceNotFoundException", "There is no such document."),
    }
}

#[derive(Deserialize)]
struct Wanted {
    to: Option<String>,
}

async fn inbox_json(State(services): Services, Query(wanted): Query<Wanted>) -> Response {
    json_response(StatusCode::OK, &services.inbox.list(wanted.to.as_deref()))
}

async fn config(State(services): Services) -> Response {
    json_response(StatusCode::OK, &json!(services.config))
}

async fn dead_letters(State(services): Services) -> Response {
    json_response(StatusCode::OK, &services.dead_letters.list())
}

async fn permissions(State(services): Services) -> Response {
    json_response(StatusCode::OK, &json!(services.permissions.report()))
}

async fn ses_faults(State(services): Services, body: Bytes) -> Response {
    inject(&services.ses.faults, &body)
}

async fn cognito_faults(State(services): Services, body: Bytes) -> Response {
    inject(&services.cognito_faults, &body)
}

fn inject(pending: &Pending, body: &[u8]) -> Response {
    match serde_json::from_slice::<Faults>(body) {
        Ok(faults) => json_response(StatusCode::OK, &json!({"replaced": pending.inject(faults)})),
        Err(error) => refuse(StatusCode::BAD_REQUEST, "BadRequestException", &error.to_string()),
    }
}

async fn unknown(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    not_emulated::answer(&parts.method, &parts.uri, &parts.headers, &body)
}

/// As every service words it; each has its own status for it. Only functions are refused anything.
pub(crate) fn deny(status: StatusCode, refusal: &Refusal) -> Response {
    refuse(status, "AccessDeniedException", &planted::sentence(&refusal.message))
}

pub(crate) fn refuse(status: StatusCode, name: &'static str, message: &str) -> Response {
    let mut response = json_response(status, &json!({"__type": name, "message": message}));
    response.headers_mut().insert("x-amzn-errortype", header::HeaderValue::from_static(name));
    response
}

pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
