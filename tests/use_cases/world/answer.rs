use lambda_http::{Body, Response};
use serde_json::Value;

/// What a client sees.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub json: Value,
    pub etag: Option<String>,
}

impl Answer {
    pub fn new(response: &Response<Body>) -> Self {
        let json = match response.body() {
            Body::Text(text) => serde_json::from_str(text).unwrap(),
            _ => Value::Null,
        };
        let etag = response.headers().get("etag").map(|value| value.to_str().unwrap().to_owned());
        Self { status: response.status().as_u16(), json, etag }
    }

    /// The problem's code; empty for a success.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.json);
    }

    #[track_caller]
    pub fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {}", self.json))
    }
}
