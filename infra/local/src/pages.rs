//! CORS of the AWS port: pages call Cognito directly, as they do on AWS.
//!
//! AWS answers every origin. The stack answers pages of this machine, whose development server may have any port, and the
//! product's front end. [`crate::visitors`] says why.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{entropy, visitors};

/// What the AWS SDK for JavaScript, Amplify and signed requests send.
const ACCEPTED: &str = "content-type,authorization,cache-control,x-amz-target,x-amz-user-agent,x-amz-date,\
                        x-amz-security-token,x-amz-content-sha256,amz-sdk-invocation-id,amz-sdk-request";
/// What an AWS endpoint lets pages read: the SDKs make errors of it.
const EXPOSED: &str = "x-amzn-requestid,x-amzn-errortype,x-amzn-errormessage,date";

/// The origins of the front end besides this machine's, as the template's CORS settings list them.
pub(crate) type FrontEnd = Arc<[String]>;

/// Before every route: refuses strangers, answers preflight requests, and lets a page read the answer.
pub(crate) async fn admit(State(front_end): State<FrontEnd>, request: Request, next: Next) -> Response {
    let admitted = visitors::check_host(request.uri(), request.headers())
        .and_then(|()| visitors::check_page(request.headers(), &front_end));
    if let Err(stranger) = admitted {
        return stranger.into_response();
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_preflight = request.method() == Method::OPTIONS
        && origin.is_some()
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight { preflight() } else { next.run(request).await };
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Ok(id) = HeaderValue::from_str(&entropy::uuid()) {
        headers.entry("x-amzn-requestid").or_insert(id);
    }
    response
}

fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET,POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, ACCEPTED),
        (header::ACCESS_CONTROL_MAX_AGE, "3600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
