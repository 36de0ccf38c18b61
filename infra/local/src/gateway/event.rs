//! The event of a request: API Gateway's payload format 2.0.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Version, header, request::Parts};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};
use stack_template::ACCOUNT;

use super::{
    authorizer::Authorized,
    routes::{Match, decode},
};
use crate::clock;

/// What an event is made of.
pub(super) struct Incoming<'a> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) matched: &'a Match<'a>,
    pub(super) authorized: Option<&'a Authorized>,
    pub(super) source_ip: String,
    pub(super) domain: &'a str,
    pub(super) request_id: &'a str,
}

impl Incoming<'_> {
    pub(super) fn payload(&self) -> Value {
        let uri = &self.parts.uri;
        // HTTP APIs hand on the path decoded, unlike REST APIs.
        let path = decode(uri.path());
        let query = uri.query().unwrap_or_default();
        let now = clock::now();
        let mut context = json!({
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": self.domain,
            "domainPrefix": "local",
            "http": {
                "method": self.parts.method.as_str(),
                "path": path,
                "protocol": if self.parts.version == Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" },
                "sourceIp": self.source_ip,
                "userAgent": text(&self.parts.headers, header::USER_AGENT.as_str()),
            },
            "requestId": self.request_id,
            "routeKey": self.matched.route.key(),
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        });
        if let Some(authorized) = self.authorized {
            let claims: Map<String, Value> =
                authorized.claims.iter().map(|(name, value)| (name.clone(), Value::String(claim(value)))).collect();
            context["authorizer"] = json!({"jwt": {"claims": claims, "scopes": authorized.scopes}});
        }
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.matched.route.key(),
            "rawPath": path,
            "rawQueryString": query,
            "headers": self.headers(),
            "requestContext": context,
            "isBase64Encoded": false,
        });
        let cookies = cookies(&self.parts.headers);
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        let parameters = query_parameters(query);
        if !parameters.is_empty() {
            event["queryStringParameters"] = json!(parameters);
        }
        if !self.matched.parameters.is_empty() {
            event["pathParameters"] = json!(self.matched.parameters);
        }
        if !self.body.is_empty() {
            match self.text_body() {
                Some(text) => event["body"] = json!(text),
                None => {
                    event["body"] = json!(BASE64_STANDARD.encode(self.body));
                    event["isBase64Encoded"] = json!(true);
                }
            }
        }
        event
    }

    /// The body as text, if its type is one that the gateway hands on as such.
    fn text_body(&self) -> Option<&str> {
        let kind = text(&self.parts.headers, header::CONTENT_TYPE.as_str()).to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_owned();
        let is_text = kind.starts_with("text/")
            || ["", "application/json", "application/xml", "application/javascript"].contains(&kind.as_str());
        let encoded = self.parts.headers.contains_key(header::CONTENT_ENCODING);
        std::str::from_utf8(self.body).ok().filter(|_| is_text && !encoded)
    }

    /// Lower case, duplicates joined by commas, cookies apart, and what the gateway adds.
    fn headers(&self) -> BTreeMap<String, String> {
        let mut headers = BTreeMap::new();
        for name in self.parts.headers.keys().filter(|name| **name != header::COOKIE) {
            headers.insert(name.as_str().to_owned(), text(&self.parts.headers, name.as_str()));
        }
        let mut set = |name: &str, value: String| headers.insert(name.to_owned(), value);
        set("x-forwarded-for", self.source_ip.clone());
        set("x-forwarded-proto", "http".to_owned());
        set("x-forwarded-port", self.domain.rsplit(':').next().unwrap_or_default().to_owned());
        headers.entry("content-length".to_owned()).or_insert_with(|| self.body.len().to_string());
        headers
    }
}

/// A header's values, joined by commas.
fn text(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    values.collect::<Vec<_>>().join(",")
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .flat_map(|line| String::from_utf8_lossy(line.as_bytes()).split("; ").map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    parameters
}

/// The gateway hands on every claim as text; lists in brackets.
fn claim(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(claim).collect::<Vec<_>>().join(" ")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::{super::routes::Route, *};
    use stack_template::RouteAuthorizer;

    fn payload(request: axum::http::request::Builder, body: &[u8], claims: Option<Value>) -> Value {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let route = Route {
            method: "POST".to_owned(),
            path: "/o/{id}".to_owned(),
            authorizer: RouteAuthorizer::None,
            function: "f".to_owned(),
        };
        let matched = Match { route: &route, parameters: [("id".to_owned(), "a b".to_owned())].into() };
        let authorized = claims.map(|claims| Authorized { claims: claims.as_object().unwrap().clone(), scopes: None });
        let incoming = Incoming {
            parts: &parts,
            body,
            matched: &matched,
            authorized: authorized.as_ref(),
            source_ip: "127.0.0.1".to_owned(),
            domain: "127.0.0.1:3000",
            request_id: "id",
        };
        incoming.payload()
    }

    #[test]
    fn a_request_becomes_payload_format_2() {
        let request = Request::builder()
            .method("POST")
            .uri("/o/a%20b?x=1&y=a%2Cb&x=2&z")
            .header("X-Thing", "one")
            .header("x-thing", "two")
            .header("Cookie", "a=1; b=2")
            .header("User-Agent", "test")
            .header("Content-Type", "application/json; charset=utf-8");
        let event = payload(
            request,
            b"{}",
            Some(json!({"sub": "s", "exp": 7, "email_verified": true, "cognito:groups": ["a", "b"]})),
        );
        assert_eq!(event["version"], "2.0");
        assert_eq!(event["routeKey"], "POST /o/{id}");
        assert_eq!(event["rawPath"], "/o/a b");
        assert_eq!(event["rawQueryString"], "x=1&y=a%2Cb&x=2&z");
        assert_eq!(event["queryStringParameters"], json!({"x": "1,2", "y": "a,b", "z": ""}));
        assert_eq!(event["pathParameters"], json!({"id": "a b"}));
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["headers"]["x-thing"], "one,two");
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(event["body"], "{}");
        assert_eq!(event["isBase64Encoded"], false);
        let http = &event["requestContext"]["http"];
        assert_eq!(
            http,
            &json!({"method": "POST", "path": "/o/a b", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"})
        );
        let claims = &event["requestContext"]["authorizer"]["jwt"]["claims"];
        assert_eq!(claims, &json!({"sub": "s", "exp": "7", "email_verified": "true", "cognito:groups": "[a b]"}));
    }

    #[test]
    fn bodies_that_are_not_text_are_encoded() {
        for (kind, body, encoded) in [
            ("text/plain", b"x".as_slice(), false),
            ("application/x-www-form-urlencoded", b"a=1", true),
            ("application/octet-stream", b"x", true),
            ("application/json", b"\xff", true),
        ] {
            let request = Request::builder().method("POST").uri("/o/1").header("content-type", kind);
            let event = payload(request, body, None);
            assert_eq!(event["isBase64Encoded"], encoded, "{kind}");
            assert_eq!(event["requestContext"].get("authorizer"), None);
        }
        assert_eq!(payload(Request::builder().uri("/o/1"), b"", None).get("body"), None);
    }
}
