//! CORS as the gateway does it: it answers preflight requests itself and overwrites what a function says.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};

use stack_template::Cors;

use crate::visitors;

/// The answer to any `OPTIONS` request.
pub(super) fn preflight(cors: &Cors, origin: Option<&HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    if allowed(cors, origin).is_some() {
        set(headers, "access-control-allow-methods", &cors.methods.join(","));
        set(headers, "access-control-allow-headers", &cors.headers.join(",").to_ascii_lowercase());
        if let Some(seconds) = cors.max_age {
            set(headers, "access-control-max-age", &seconds.to_string());
        }
    }
    response
}

/// What every answer to an allowed origin carries.
pub(super) fn decorate(cors: &Cors, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    headers.remove("access-control-allow-origin");
    let Some(origin) = allowed(cors, origin) else { return };
    headers.insert("access-control-allow-origin", origin);
    if !cors.exposed.is_empty() {
        set(headers, "access-control-expose-headers", &cors.exposed.join(",").to_ascii_lowercase());
    }
    if cors.credentials {
        set(headers, "access-control-allow-credentials", "true");
    }
}

fn allowed(cors: &Cors, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
    let origin = origin?;
    let text = origin.to_str().ok()?;
    if cors.origins.iter().any(|allowed| allowed == "*") {
        return Some(if cors.credentials { origin.clone() } else { HeaderValue::from_static("*") });
    }
    let matches = |allowed: &String| match allowed.split_once('*') {
        Some((before, after)) => text.starts_with(before) && text.ends_with(after) && text.len() >= allowed.len(),
        None => allowed == text,
    };
    // A development server prints one of this machine's names, AppUrl has another, and the port may have been taken.
    (visitors::is_page_of_here(origin) || cors.origins.iter().any(matches)).then(|| origin.clone())
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors() -> Cors {
        Cors {
            origins: vec!["http://127.0.0.1:5173".to_owned(), "https://*.example.com".to_owned()],
            methods: vec!["GET".to_owned(), "PUT".to_owned()],
            headers: vec!["Authorization".to_owned()],
            exposed: vec!["ETag".to_owned()],
            max_age: Some(60),
            credentials: false,
        }
    }

    #[track_caller]
    fn check(origin: &'static str, expected: bool) {
        let origin = HeaderValue::from_static(origin);
        assert_eq!(allowed(&cors(), Some(&origin)).is_some(), expected, "{origin:?}");
    }

    #[test]
    fn only_listed_origins_and_those_of_this_machine_are_allowed() {
        check("http://127.0.0.1:5173", true);
        check("http://localhost:5174", true);
        check("http://localhost.evil.test:5173", false);
        check("https://app.example.com", true);
        check("https://app.example.com.evil.test", false);
        check("null", false);
    }

    #[test]
    fn a_function_cannot_widen_what_the_gateway_allows() {
        let mut headers = HeaderMap::new();
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
        decorate(&cors(), Some(&HeaderValue::from_static("https://evil.test")), &mut headers);
        assert!(headers.is_empty());
    }

    #[test]
    fn a_preflight_lists_what_is_allowed() {
        let response = preflight(&cors(), Some(&HeaderValue::from_static("http://127.0.0.1:5173")));
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(response.headers()["access-control-allow-methods"], "GET,PUT");
        assert_eq!(response.headers()["access-control-max-age"], "60");
    }
}
