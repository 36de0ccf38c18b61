//! Speaks to a DynamoDB as an SDK does, without its types: what comes back is handed on as it is.

use serde_json::Value;

use crate::clock;

/// A client of one endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    url: String,
    region: String,
    client: reqwest::Client,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    /// The service refused: its error type without the namespace, and its message.
    #[error("{name}: {message}")]
    Refused { name: String, message: String },
    /// There was no answer at all.
    #[error("no answer")]
    Unreachable(#[from] reqwest::Error),
}

impl Wire {
    pub(crate) fn new(url: &str, region: &str) -> Self {
        Self { url: url.to_owned(), region: region.to_owned(), client: reqwest::Client::new() }
    }

    /// Calls an operation of `DynamoDB_20120810` or `DynamoDBStreams_20120810`.
    pub(crate) async fn call(&self, service: &str, operation: &str, body: &Value) -> Result<Value, WireError> {
        let date = clock::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let day = date.get(..8).unwrap_or_default();
        // Local engines read the credential and do not check the signature.
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=local-stack/{day}/{}/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
            self.region
        );
        let response = self
            .client
            .post(&self.url)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("{service}.{operation}"))
            .header("x-amz-date", &date)
            .header("authorization", authorization)
            .body(body.to_string())
            .send()
            .await?;
        let refused = !response.status().is_success();
        let answer: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
        if !refused {
            return Ok(answer);
        }
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = text("__type").rsplit('#').next().unwrap_or_default();
        let message = [text("message"), text("Message")].concat();
        Err(WireError::Refused { name: name.to_owned(), message })
    }
}
