//! The Lambda Invoke API: `aws --endpoint-url … lambda invoke` and every other tool.

use std::sync::Arc;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Lambda, Outcome};

/// The largest event of a synchronous invocation.
const LARGEST_EVENT: usize = 6 * 1024 * 1024;

/// `POST /2015-03-31/functions/{name}/invocations`.
pub(crate) async fn invoke(lambda: Arc<Lambda>, function: String, headers: &HeaderMap, payload: Bytes) -> Response {
    if !lambda.pools.contains_key(super::name_of(&function)) {
        return refuse(StatusCode::NOT_FOUND, "ResourceNotFoundException", &format!("Function not found: {function}"));
    }
    if payload.len() > LARGEST_EVENT {
        let message = format!("Request must be smaller than {LARGEST_EVENT} bytes for the InvokeFunction operation");
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", &message);
    }
    let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
    if serde_json::from_slice::<Value>(&payload).is_err() {
        return refuse(
            StatusCode::BAD_REQUEST,
            "InvalidRequestContentException",
            "Could not parse request body into json",
        );
    }
    match headers.get("x-amz-invocation-type").and_then(|value| value.to_str().ok()) {
        Some("DryRun") => StatusCode::NO_CONTENT.into_response(),
        Some("Event") => {
            tokio::spawn(async move { lambda.invoke(&function, payload).await });
            StatusCode::ACCEPTED.into_response()
        }
        _ => match lambda.invoke(&function, payload).await {
            Some(Outcome::Answered(bytes)) => answer(bytes, false),
            Some(Outcome::Failed(bytes)) => answer(bytes, true),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn answer(bytes: Bytes, failed: bool) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("x-amz-executed-version", HeaderValue::from_static("$LATEST"));
    if failed {
        headers.insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
    }
    response
}

pub(super) fn refuse(status: StatusCode, name: &'static str, message: &str) -> Response {
    let body = json!({"Type": "User", "Message": message}).to_string();
    let headers = [("content-type", "application/json"), ("x-amzn-errortype", name)];
    (status, headers, body).into_response()
}
