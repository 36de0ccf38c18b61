//! What the stack does not have, said so that the caller's own client can read it: each protocol of AWS has its own form of an
//! error. The name of the service is in the signature of a request, whatever its protocol.

use axum::{
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::entropy;

/// What is emulated.
const LIST: &str = "infra/local/README.md#on-the-aws-port";
const NAME: &str = "UnknownOperationException";

/// Names the service and the operation that a request is about.
pub(crate) fn answer(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
    let signed_for = service(headers);
    let named = |service: &str| if signed_for.is_empty() { service.to_owned() } else { signed_for.to_owned() };
    let place = format!("{method} {}", uri.path());
    if let Some((target, operation)) = text(headers, "x-amz-target").and_then(|target| target.split_once('.')) {
        return in_json(StatusCode::BAD_REQUEST, &error(&named(target), operation));
    }
    if text(headers, "smithy-protocol") == Some("rpc-v2-cbor") {
        let mut segments = uri.path().rsplit('/');
        let operation = segments.next().unwrap_or_default();
        let target = segments.nth(1).unwrap_or_default();
        return in_cbor(&message(&named(target), operation));
    }
    if is_query(headers) {
        let operation = query_parameter(body, "Action").unwrap_or_default();
        return in_xml(StatusCode::BAD_REQUEST, "InvalidAction", &message(signed_for, &operation));
    }
    match signed_for {
        "s3" => in_xml(StatusCode::NOT_IMPLEMENTED, "NotImplemented", &message("s3", &place)),
        _ => in_json(StatusCode::NOT_FOUND, &error(signed_for, &place)),
    }
}

/// Whether a request is of the query protocol: a form.
pub(crate) fn is_query(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// A parameter of the query protocol.
pub(crate) fn query_parameter(body: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// `Credential=AKID/20260101/us-east-1/sts/aws4_request`: the service that a request is signed for.
pub(crate) fn service(headers: &HeaderMap) -> &str {
    let authorization = text(headers, header::AUTHORIZATION.as_str()).unwrap_or_default();
    let scope = authorization.split("Credential=").nth(1).unwrap_or_default();
    scope.split('/').nth(3).unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn message(service: &str, operation: &str) -> String {
    let what = [service, operation].join(" ");
    format!("The local stack does not emulate {}. See what it emulates in {LIST}.", what.trim())
}

/// The error of the JSON protocols: what is missing, and where to look.
pub(crate) fn error(service: &str, operation: &str) -> Value {
    json!({"__type": NAME, "message": message(service, operation)})
}

fn in_json(status: StatusCode, error: &Value) -> Response {
    let body = error.to_string();
    (status, [(header::CONTENT_TYPE.as_str(), "application/json"), ("x-amzn-errortype", NAME)], body).into_response()
}

fn in_xml(status: StatusCode, code: &str, message: &str) -> Response {
    let (message, id) = (escape(message), entropy::uuid());
    let error = format!("<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>");
    // S3 has no element around it, the query protocol one and that of EC2 two.
    let body = match code {
        "NotImplemented" => format!("<Error>{error}<RequestId>{id}</RequestId></Error>"),
        _ => format!("<ErrorResponse><Error>{error}</Error><RequestId>{id}</RequestId></ErrorResponse>"),
    };
    (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}

/// A map of two texts, which is all of CBOR that an error takes.
fn in_cbor(message: &str) -> Response {
    let mut body = vec![0xa2];
    for text in ["__type", NAME, "message", message] {
        // A text with its length in two bytes.
        body.push(0x79);
        let text = text.get(..usize::from(u16::MAX)).unwrap_or(text);
        body.extend(u16::try_from(text.len()).unwrap_or_default().to_be_bytes());
        body.extend(text.as_bytes());
    }
    let headers = [(header::CONTENT_TYPE.as_str(), "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")];
    (StatusCode::BAD_REQUEST, headers, body).into_response()
}

/// Text in XML and HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
