//! API Gateway's HTTP API: routes, JWT authorizer, CORS, payload format 2.0.

mod authorizer;
mod cors;
mod event;
mod response;
mod routes;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header::ORIGIN},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use authorizer::{Authorizers, Refusal};
use routes::Routes;
use stack_template::{Api, Function};

use crate::{
    clock,
    cognito::keys::PublicKeys,
    console::requests::{Request as Shown, Requests},
    entropy,
    lambda::Lambda,
    visitors,
};

/// The gateway's own limits.
const LONGEST_INTEGRATION: Duration = Duration::from_secs(30);
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The HTTP API of the template.
pub(crate) struct Gateway {
    lambda: Arc<Lambda>,
    routes: Routes,
    authorizers: Authorizers,
    api: Api,
    /// Host and port that clients see.
    domain: String,
    /// For the page that shows them.
    requests: Arc<Requests>,
}

impl Gateway {
    pub(crate) fn new(
        api: Api,
        functions: &[Function],
        lambda: Arc<Lambda>,
        keys: PublicKeys,
        domain: String,
        requests: Arc<Requests>,
    ) -> Self {
        let (routes, authorizers) = (Routes::of(functions), Authorizers::new(&api, keys));
        Self { lambda, routes, authorizers, api, domain, requests }
    }

    /// Serves until dropped.
    pub(crate) async fn serve(self, listener: TcpListener) {
        let router = Router::new().fallback(handle).with_state(Arc::new(self));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let _ = axum::serve(listener, service).await;
    }

    /// What is shown of a request.
    fn begin(&self, request: &Request, id: &str) -> Shown {
        let (method, uri) = (request.method().to_string(), request.uri());
        let function = self.routes.find(&method, uri.path()).map(|matched| matched.route.function.clone());
        let (path, at) = (uri.to_string(), clock::now());
        Shown { request_id: id.to_owned(), at, method, path, status: 0, duration_ms: 0, function, lines: Vec::new() }
    }

    async fn respond(&self, peer: SocketAddr, request: Request, id: &str) -> Response {
        let (parts, body) = request.into_parts();
        // Other origins are CORS's business, as on AWS: no browser attaches a token to a request by itself.
        if let Err(stranger) = visitors::check_host(&parts.uri, &parts.headers) {
            return message(StatusCode::FORBIDDEN, &stranger.to_string());
        }
        let origin = parts.headers.get(ORIGIN);
        if let (&Method::OPTIONS, Some(cors)) = (&parts.method, &self.api.cors) {
            return cors::preflight(cors, origin);
        }
        let Some(matched) = self.routes.find(parts.method.as_str(), parts.uri.path()) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        let authorized = match self.authorizers.check(&matched.route.authorizer, &parts.headers) {
            Ok(authorized) => authorized,
            Err(refusal) => return refuse(&refusal),
        };
        let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
            return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        };
        let event = event::Incoming {
            parts: &parts,
            body: &body,
            matched: &matched,
            authorized: authorized.as_ref(),
            source_ip: peer.ip().to_string(),
            domain: &self.domain,
            request_id: id,
        };
        let payload = event.payload().to_string().into();
        let invocation = self.lambda.invoke(&matched.route.function, payload);
        let outcome = match tokio::time::timeout(self.lambda.patience(LONGEST_INTEGRATION), invocation).await {
            Ok(outcome) => outcome,
            Err(_) => return message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        };
        match outcome.map(|outcome| outcome.into_json()) {
            Some(Ok(answer)) => response::from_function(answer).unwrap_or_else(internal_error),
            Some(Err(_)) | None => internal_error(),
        }
    }
}

async fn handle(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    // As long as the gateway's own.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let id = format!("{}=", entropy::text(alphabet, 15));
    let origin = request.headers().get(ORIGIN).cloned();
    let mut record = gateway.begin(&request, &id);
    let started = Instant::now();
    let mut response = gateway.respond(peer, request, &id).await;
    record.status = response.status().as_u16();
    record.duration_ms = started.elapsed().as_millis();
    gateway.requests.record(record);
    if let Some(cors) = &gateway.api.cors {
        cors::decorate(cors, origin.as_ref(), response.headers_mut());
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("apigw-requestid", id);
    }
    response
}

fn internal_error() -> Response {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn refuse(refusal: &Refusal) -> Response {
    let mut response = match refusal {
        Refusal::InsufficientScope => message(StatusCode::FORBIDDEN, "Forbidden"),
        _ => message(StatusCode::UNAUTHORIZED, "Unauthorized"),
    };
    if let Ok(value) = HeaderValue::from_str(&refusal.www_authenticate()) {
        response.headers_mut().insert("www-authenticate", value);
    }
    response
}

fn message(status: StatusCode, text: &str) -> Response {
    let body: Value = json!({ "message": text });
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    (status, headers, body.to_string()).into_response()
}
