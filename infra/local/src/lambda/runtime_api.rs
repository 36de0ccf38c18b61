//! The Lambda Runtime API, one server for each instance: what a custom runtime talks to.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use tokio::sync::{mpsc, oneshot, watch};

use super::Outcome;
use crate::visitors;

/// The largest answer that Lambda passes on.
const LARGEST_ANSWER: usize = 6 * 1024 * 1024 + 1024;

/// One event for the function.
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) function_arn: String,
    /// Milliseconds since the epoch.
    pub(super) deadline: i64,
    pub(super) trace_id: String,
    pub(super) payload: Bytes,
    pub(super) reply: oneshot::Sender<Outcome>,
}

/// How far the runtime has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    Starting,
    /// It has asked for an event.
    Ready,
    /// It reported that it cannot start.
    Broken(String),
}

/// What the handlers of one instance share.
pub(super) struct RuntimeApi {
    pub(super) events: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    pub(super) phase: watch::Sender<Phase>,
    pub(super) running: Mutex<Option<(String, oneshot::Sender<Outcome>)>>,
}

pub(super) fn router(api: Arc<RuntimeApi>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::max(LARGEST_ANSWER * 4))
        // An event holds what a user sent, and its claims.
        .layer(middleware::from_fn(visitors::admit))
        .with_state(api)
}

/// Holds the request until there is something to do: a runtime asks without a limit of time.
async fn next(State(api): State<Arc<RuntimeApi>>) -> Response {
    api.phase.send_replace(Phase::Ready);
    let Some(invocation) = api.events.lock().await.recv().await else {
        // The instance is being stopped: SIGTERM ends the wait, not an answer that no runtime expects.
        return std::future::pending().await;
    };
    let mut response = invocation.payload.into_response();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", &invocation.request_id),
        ("lambda-runtime-deadline-ms", &invocation.deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", &invocation.function_arn),
        ("lambda-runtime-trace-id", &invocation.trace_id),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    *api.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((invocation.request_id, invocation.reply));
    response
}

async fn response(State(api): State<Arc<RuntimeApi>>, Path(id): Path<String>, body: Bytes) -> Response {
    let outcome = if body.len() > LARGEST_ANSWER {
        Outcome::failed(
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        )
    } else {
        Outcome::Answered(body)
    };
    finish(&api, &id, outcome)
}

async fn error(State(api): State<Arc<RuntimeApi>>, Path(id): Path<String>, body: Bytes) -> Response {
    finish(&api, &id, Outcome::Failed(body))
}

async fn init_error(State(api): State<Arc<RuntimeApi>>, headers: HeaderMap, _body: Bytes) -> Response {
    let kind = headers.get("lambda-runtime-function-error-type");
    let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("Runtime.InitError");
    api.phase.send_replace(Phase::Broken(kind.to_owned()));
    accepted()
}

fn finish(api: &RuntimeApi, id: &str, outcome: Outcome) -> Response {
    let mut running = api.running.lock().unwrap_or_else(PoisonError::into_inner);
    match running.take_if(|(running, _)| running == id) {
        Some((_, reply)) => {
            // Nobody waits any more when the invocation has timed out.
            let _ = reply.send(outcome);
            accepted()
        }
        None => (
            StatusCode::BAD_REQUEST,
            json!({"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}).to_string(),
        )
            .into_response(),
    }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, json!({"status": "OK"}).to_string()).into_response()
}
