//! One request to the API.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::{Answer, Target, seen};

/// A request that is sent when it is awaited.
#[derive(Clone, Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct Call {
    target: Target,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    /// A request without headers and body.
    pub fn new(target: Target, method: Method, path: &str) -> Self {
        Self { target, method, path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// Adds a header. A key that is long enough to be told from chance is looked for in the logs.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if name == "idempotency-key" && value.len() >= 16 {
            seen::secret("idempotency key", value);
        }
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an access token, or what somebody passes off as one.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds a body of JSON.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Adds a body of any kind.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    async fn send(self) -> Answer {
        let url = format!("{}{}", self.target.configuration().api_url.trim_end_matches('/'), self.path);
        let mut request = self.target.http().request(self.method.clone(), url);
        for (name, value) in &self.headers {
            // From bytes: a test may send what no well-behaved client would.
            request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"));
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer from the API");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.expect("a body of text");
        Answer::new(format!("{} {}", self.method, self.path), status, headers, body)
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
