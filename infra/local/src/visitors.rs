//! Which requests the stack answers: those of this machine's own programs and pages.
//!
//! A web page may send requests to a server on the reader's machine. Two kinds reach it that must not: those of a page whose
//! host name was made to point here ("DNS rebinding", the browser then believes to be talking to the page's own server and
//! shows the page every answer), which name that host in `Host`, and those of any other page, which name it in `Origin`.
//! Command lines and SDKs send the host that they were told and no `Origin`.

use axum::{
    extract::Request,
    http::{
        HeaderMap, StatusCode, Uri,
        header::{CONTENT_TYPE, HOST, HeaderValue, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// What this machine calls itself. The SDKs address a custom endpoint by exactly the name that they were given: of the
/// services here none puts anything before it.
const NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stranger {
    /// It was sent to another host, or says so.
    #[error(
        "The local stack answers requests to 127.0.0.1, localhost and [::1] only. The Host header names another host. Send \
         the request to one of these."
    )]
    Host,
    /// A page from somewhere else sent it.
    #[error(
        "The local stack answers pages from 127.0.0.1, localhost, [::1] and the AWS port pages from AppUrl. The Origin header \
         names another origin. Open the page from one of these."
    )]
    Origin,
}

/// Refuses a request that was sent to another host than this machine.
pub(crate) fn check_host(uri: &Uri, headers: &HeaderMap) -> Result<(), Stranger> {
    // Whichever of them a client or a proxy goes by: all have to name this machine, and one has to be there.
    let target = uri.authority().map(|authority| authority.as_str().as_bytes());
    let mut named = target.into_iter().chain(headers.get_all(HOST).iter().map(HeaderValue::as_bytes)).peekable();
    if named.peek().is_some() && named.all(is_here) { Ok(()) } else { Err(Stranger::Host) }
}

/// Refuses a request of a page from anywhere but this machine. A request that no page sent has no origin.
pub(crate) fn check_origin(headers: &HeaderMap) -> Result<(), Stranger> {
    check_page(headers, &[])
}

/// The same, and lets the pages of some origins in.
pub(crate) fn check_page(headers: &HeaderMap, others: &[String]) -> Result<(), Stranger> {
    let is_other = |origin: &HeaderValue| others.iter().any(|other| other.as_bytes() == origin.as_bytes());
    let may = |origin: &HeaderValue| is_page_of_here(origin) || is_other(origin);
    if headers.get_all(ORIGIN).iter().all(may) { Ok(()) } else { Err(Stranger::Origin) }
}

/// Whether an origin is this machine, with any port.
pub(crate) fn is_page_of_here(origin: &HeaderValue) -> bool {
    let origin = origin.as_bytes();
    let authority = [b"http://".as_slice(), b"https://"].iter().find_map(|scheme| origin.strip_prefix(*scheme));
    authority.is_some_and(is_here)
}

/// Whether a host, with or without a port, is this machine.
fn is_here(authority: &[u8]) -> bool {
    let lower = authority.to_ascii_lowercase();
    let is_port = |rest: &[u8]| rest.strip_prefix(b":").is_some_and(|port| port.len() <= 5 && is_number(port));
    NAMES.iter().filter_map(|name| lower.strip_prefix(name.as_bytes())).any(|rest| rest.is_empty() || is_port(rest))
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Before every route of a server that no page from elsewhere has any business with.
pub(crate) async fn admit(request: Request, next: Next) -> Response {
    match check_host(request.uri(), request.headers()).and_then(|()| check_origin(request.headers())) {
        Ok(()) => next.run(request).await,
        Err(stranger) => stranger.into_response(),
    }
}

impl IntoResponse for Stranger {
    /// As the AWS services refuse: every SDK shows the type and the message.
    fn into_response(self) -> Response {
        const NAME: &str = "AccessDeniedException";
        let body = json!({"__type": NAME, "message": self.to_string()}).to_string();
        let mut response = (StatusCode::FORBIDDEN, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("x-amzn-errortype", HeaderValue::from_static(NAME));
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[track_caller]
    fn host(target: &str, hosts: &[&str], expected: bool) {
        let answer = check_host(&target.parse().unwrap(), &headers(HOST, hosts));
        assert_eq!(answer.is_ok(), expected, "{target} {hosts:?}");
    }

    #[track_caller]
    fn origin(origins: &[&str], expected: bool) {
        assert_eq!(check_origin(&headers(ORIGIN, origins)).is_ok(), expected, "{origins:?}");
    }

    #[test]
    fn this_machine_is_known_by_its_names_with_any_port() {
        for name in ["127.0.0.1", "localhost", "[::1]", "LocalHost"] {
            host("/", &[name], true);
            host("/", &[&format!("{name}:4566")], true);
            host("/", &[&format!("{name}:1")], true);
            for scheme in ["http", "https"] {
                origin(&[&format!("{scheme}://{name}:5173")], true);
                origin(&[&format!("{scheme}://{name}")], true);
            }
        }
        host("http://localhost:4566/_local/inbox.json", &["localhost:4566"], true);
        origin(&[], true);
    }

    #[test]
    fn no_other_host_is_this_machine() {
        for other in [
            "evil.example",
            "evil.example:4566",
            "127.0.0.1.evil.example",
            "localhost.evil.example:4566",
            "evil.example:127.0.0.1",
            "localhost:4566@evil.example",
            "localhost@evil.example",
            "evil.localhost.example",
            "notlocalhost",
            "localhost:",
            "localhost:+80",
            "localhost:123456",
            "localhost:80:80",
            "127.0.0.1:80evil.example",
            "0.0.0.0:4566",
            "192.168.1.2:4566",
            "[::2]:4566",
            "::1",
            "",
        ] {
            host("/", &[other], false);
            host("/", &["localhost", other], false);
            host("/", &[other, "localhost"], false);
            origin(&[&format!("http://{other}")], false);
            origin(&["http://localhost:5173", &format!("https://{other}")], false);
        }
    }

    #[test]
    fn a_request_has_to_name_its_host() {
        host("/", &[], false);
        host("http://evil.example/", &["localhost"], false);
        host("http://localhost/", &["evil.example"], false);
    }

    #[test]
    fn the_front_end_is_let_in_by_its_whole_origin() {
        let front_end = ["https://app.example.com".to_owned()];
        let check = |origin: &str| check_page(&headers(ORIGIN, &[origin]), &front_end).is_ok();
        assert!(check("https://app.example.com") && check("http://localhost:5173"));
        assert!(!check("https://app.example.com.evil.example") && !check("http://app.example.com"));
        origin(&["https://app.example.com"], false);
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for other in ["null", "", "localhost", "file://localhost", "http:localhost", "chrome-extension://localhost"] {
            origin(&[other], false);
        }
        origin(&["http://localhost/evil.example"], false);
    }
}
