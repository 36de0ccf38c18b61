//! A function's answer: format 2.0, or inferred where it has no `statusCode`.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

/// `None` for an answer that the gateway does not accept.
pub(super) fn from_function(answer: Value) -> Option<Response> {
    let Some(status) = answer.get("statusCode") else { return inferred(&answer) };
    let status = status.as_u64().or_else(|| status.as_str()?.parse().ok())?;
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok()?;
    let text = match answer.get("body") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(_) => return None,
    };
    let encoded = answer.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
    let body = if encoded { BASE64_STANDARD.decode(text).ok()? } else { text.into_bytes() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=UTF-8"));
    for (name, value) in answer.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Null => continue,
            other => other.to_string(),
        };
        let name: HeaderName = name.parse().ok()?;
        // Both describe a message that this one is not.
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING {
            headers.insert(name, HeaderValue::from_str(&value).ok()?);
        }
    }
    for cookie in answer.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie.as_str()?).ok()?);
    }
    Some(response)
}

/// Any JSON is the body of a 200; text is sent as it is.
fn inferred(answer: &Value) -> Option<Response> {
    let body = match answer {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
    response.body(Body::from(body)).ok()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use serde_json::json;

    use super::*;

    async fn read(answer: Value) -> Option<(u16, String, String)> {
        let response = from_function(answer)?;
        let status = response.status().as_u16();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        Some((status, kind, String::from_utf8(body.to_vec()).unwrap()))
    }

    #[tokio::test]
    async fn answers_are_read_as_the_gateway_does() {
        let found = |status, kind: &str, body: &str| Some((status, kind.to_owned(), body.to_owned()));
        for (answer, expected) in [
            (json!({"statusCode": 201, "headers": {"content-type": "a/b"}, "body": "x"}), found(201, "a/b", "x")),
            (json!({"statusCode": "204"}), found(204, "text/plain;charset=UTF-8", "")),
            (
                json!({"statusCode": 200, "body": "eA==", "isBase64Encoded": true}),
                found(200, "text/plain;charset=UTF-8", "x"),
            ),
            (json!({"a": 1}), found(200, "application/json", "{\"a\":1}")),
            (json!("hello"), found(200, "application/json", "hello")),
            (json!({"statusCode": 200, "body": {"not": "text"}}), None),
            (json!({"statusCode": 99999}), None),
        ] {
            assert_eq!(read(answer.clone()).await, expected, "{answer}");
        }
    }

    #[test]
    fn cookies_become_headers() {
        let response = from_function(json!({"statusCode": 200, "cookies": ["a=1", "b=2"]})).unwrap();
        assert_eq!(response.headers().get_all(header::SET_COOKIE).iter().count(), 2);
    }
}
