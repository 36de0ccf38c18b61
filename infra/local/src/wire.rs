//! Speaks to a DynamoDB as an SDK does, without its types: what comes back is handed on as it is.

use std::time::{Duration, SystemTime};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_http_client::tls;
use hyper::{Request, body::Bytes};
use serde_json::Value;

use crate::{
    client::{Client, NoAnswer},
    clock,
};

/// A client of one endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    url: String,
    region: String,
    client: Client,
    credentials: SharedCredentialsProvider,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    /// The service refused: its error type without the namespace, and its message.
    #[error("{name}: {message}")]
    Refused { name: String, message: String },
    /// There was no answer at all.
    #[error("there is no answer")]
    NoAnswer(#[from] NoAnswer),
    /// The caller's credentials cannot be had or used.
    #[error("the request cannot be signed ({0})")]
    Unsigned(String),
}

impl Wire {
    /// A client of an engine on this machine, which reads credentials and checks none.
    pub(crate) fn local(url: &str, region: &str) -> Result<Self, WireError> {
        let credentials = Credentials::new("localstack", "local", None, None, "local");
        Self::new(url, region, SharedCredentialsProvider::new(credentials))
    }

    /// A client of somebody else's engine or of AWS itself, with the credentials of whoever runs the stack.
    pub(crate) async fn elsewhere(url: &str, region: &str) -> Result<Self, WireError> {
        let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().tls_provider(tls).build_https())
            .region(aws_config::Region::new(region.to_owned()))
            .load()
            .await;
        match config.credentials_provider() {
            // Other engines are as easily satisfied as ours: nobody needs credentials to use one.
            Some(theirs) if url.starts_with("https") || std::env::var_os("AWS_ACCESS_KEY_ID").is_some() => {
                Self::new(url, region, theirs)
            }
            _ => Self::local(url, region),
        }
    }

    fn new(url: &str, region: &str, credentials: SharedCredentialsProvider) -> Result<Self, WireError> {
        Ok(Self { url: url.to_owned(), region: region.to_owned(), client: Client::to(url)?, credentials })
    }

    /// Calls an operation of `DynamoDB_20120810` or `DynamoDBStreams_20120810`.
    pub(crate) async fn call(&self, service: &str, operation: &str, body: &Value) -> Result<Value, WireError> {
        let body = Bytes::from(body.to_string());
        let mut request = Request::post(&self.url)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("{service}.{operation}"))
            .body(body.clone())
            .map_err(|error| WireError::Unsigned(error.to_string()))?;
        self.sign(&mut request).await.map_err(|error| WireError::Unsigned(error.to_string()))?;
        let answer = self.client.post(request.into_parts().0.headers, body).await?;
        let refused = !answer.status.is_success();
        let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if !refused {
            return Ok(answer);
        }
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = text("__type").rsplit('#').next().unwrap_or_default();
        Err(WireError::Refused { name: name.to_owned(), message: [text("message"), text("Message")].concat() })
    }

    async fn sign(&self, request: &mut Request<Bytes>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let identity = self.credentials.provide_credentials().await?.into();
        let seconds = u64::try_from(clock::now_seconds())?;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("dynamodb")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let signable = SignableRequest::new("POST", &self.url, headers, SignableBody::Bytes(request.body()))?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }
}
