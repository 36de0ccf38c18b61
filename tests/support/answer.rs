//! What came back from the API, and what it must look like.

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::seen::{self, Exchange};

/// Words that only the inside of the product knows; a client that reads one was shown an internal message.
const INTERNAL: [&str; 6] = ["dynamo", "transactwrite", "panick", "serviceerror", "sdk", "src/"];

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Method and path of the request.
    pub request: String,
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// Takes an answer and notes it for the checks at the end of the run.
    #[must_use]
    pub fn new(request: String, status: u16, headers: HeaderMap, body: String) -> Self {
        let answer = format!("{headers:?} {body}");
        seen::exchange(Exchange { request: request.clone(), status, answer });
        Self { request, status, headers, body }
    }

    /// The value of a header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The ETag, which must be there and be a quoted string.
    #[must_use]
    #[track_caller]
    pub fn etag(&self) -> String {
        let etag = self.header("etag").unwrap_or_else(|| panic!("no ETag: {self:?}"));
        assert!(etag.trim_start_matches("W/").starts_with('"'), "{}: ETag {etag}", self.request);
        etag.to_owned()
    }

    /// The body, which must be JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body of a success with this status; nothing for 204.
    #[track_caller]
    pub fn success(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.request, self.body);
        if status == 204 {
            assert_eq!(self.body, "", "{}: 204 has no body", self.request);
            return Value::Null;
        }
        let content_type = self.header("content-type").unwrap_or_default();
        assert!(content_type.starts_with("application/json"), "{}: {content_type}", self.request);
        self.json()
    }

    /// The body of a refusal by a handler: a whole problem document with this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.problem_of(status);
        assert_eq!(problem["code"], code, "{}: {}", self.request, self.body);
        problem
    }

    /// The body of a refusal by a handler whose code the specification leaves open.
    #[track_caller]
    pub fn problem_of(&self, status: u16) -> Value {
        let (request, body) = (&self.request, &self.body);
        assert_eq!(self.status, status, "{request}: {body}");
        let content_type = self.header("content-type").unwrap_or_default();
        assert!(content_type.starts_with("application/problem+json"), "{request}: {content_type} {body}");
        let problem = self.json();
        assert_eq!(problem["status"], status, "{request}: {body}");
        for member in ["title", "detail", "code", "requestId"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{request}: no {member}: {body}");
        }
        let code = problem["code"].as_str().unwrap();
        assert_eq!(problem["type"], format!("/problems/{code}"), "{request}: {body}");
        // Not the whole body: a request id is random and may hold any word.
        let lower = format!("{} {} {}", problem["title"], problem["detail"], problem["errors"]).to_lowercase();
        assert!(!INTERNAL.iter().any(|word| lower.contains(word)), "{request}: internal words: {body}");
        match code {
            "permission-denied" | "role-not-grantable" => {
                assert!(problem["requiredPermission"].is_string(), "{request}: no requiredPermission: {body}");
                assert!(!text_of(&problem["rolesThatMay"]).is_empty(), "{request}: no rolesThatMay: {body}");
            }
            "validation-failed" => {
                let errors = problem["errors"].as_array().cloned().unwrap_or_default();
                assert!(!errors.is_empty(), "{request}: no errors: {body}");
                for error in errors {
                    assert!(error["pointer"].is_string() && error["detail"].is_string(), "{request}: {body}");
                }
            }
            _ => {}
        }
        problem
    }

    /// A refusal of a value that is against a rule, with a pointer to it.
    #[track_caller]
    pub fn invalid(&self, pointer: &str) {
        let problem = self.problem(422, "validation-failed");
        let errors = problem["errors"].as_array().unwrap();
        let named = errors.iter().any(|error| error["pointer"].as_str().unwrap().contains(pointer));
        assert!(named, "{}: no pointer to {pointer}: {}", self.request, self.body);
    }

    /// A refusal by the gateway itself, which knows no problem documents.
    #[track_caller]
    pub fn gateway(&self, status: u16) {
        assert_eq!(self.status, status, "{}: {}", self.request, self.body);
        let body = self.json();
        assert!(body["message"].is_string(), "{}: {}", self.request, self.body);
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{}: {}", self.request, self.body);
    }

    /// What two answers must share to be the same to an observer: everything but the request's own id and time.
    #[must_use]
    pub fn without_request_id(&self) -> (u16, BTreeSet<String>, String) {
        let own = ["date", "apigw-requestid", "x-amzn-requestid", "x-request-id", "x-amzn-trace-id"];
        let headers = self.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
        let id = self.json()["requestId"].as_str().unwrap_or_default().to_owned();
        assert!(!id.is_empty(), "{}: no requestId: {}", self.request, self.body);
        (self.status, headers.map(|header| format!("{header:?}")).collect(), self.body.replace(&id, ""))
    }
}

/// The strings of an array, as a set: the order of roles means nothing.
#[must_use]
pub fn text_of(array: &Value) -> BTreeSet<String> {
    let items = array.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The roles of something that has roles.
#[must_use]
pub fn roles_of(value: &Value) -> BTreeSet<String> {
    text_of(&value["roles"])
}
