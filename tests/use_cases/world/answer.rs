use lambda_http::{Body, Response};
use serde_json::Value;

/// What a client sees.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
    pub(crate) etag: Option<String>,
    pub(crate) location: Option<String>,
    /// Seconds.
    pub(crate) retry_after: Option<i64>,
}

impl Answer {
    pub(crate) fn new(response: &Response<Body>) -> Self {
        let json = match response.body() {
            Body::Text(text) => serde_json::from_str(text).unwrap(),
            _ => Value::Null,
        };
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let retry_after = header("retry-after").map(|seconds| seconds.parse().unwrap());
        Self {
            status: response.status().as_u16(),
            json,
            etag: header("etag"),
            location: header("location"),
            retry_after,
        }
    }

    /// The problem's code; empty for a success.
    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.json);
    }

    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {}", self.json))
    }
}
