//! A user pool that another engine keeps, or AWS itself: `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`.
//!
//! Such a pool is made by whoever runs it; `USER_POOL_ID` and `USER_POOL_CLIENT_ID` say which one is meant. Its triggers
//! are its own business: the functions can be invoked through the Lambda Invoke API.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{keys::PublicKeys, store::Identity};
use crate::{client::Client, error::StartError, lambda::replacement};

const VARIABLE: &str = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER";

/// The pool behind another endpoint.
pub(crate) struct Elsewhere {
    client: Client,
    pub(crate) identity: Identity,
    pub(crate) keys: PublicKeys,
    /// As its tokens name it, if it says so: engines differ from AWS in this.
    pub(crate) issuer: Option<String>,
}

impl Elsewhere {
    /// The pool that the environment names; `None` if it names none.
    pub(crate) async fn find() -> Result<Option<Self>, StartError> {
        let Some(url) = replacement(VARIABLE) else { return Ok(None) };
        let wrong = |reason: String| StartError::Replacement { variable: VARIABLE, reason };
        let named = |variable: &str| {
            replacement(variable).ok_or_else(|| wrong(format!("it also takes {variable}, of the pool there")))
        };
        let identity = Identity { pool_id: named("USER_POOL_ID")?, client_id: named("USER_POOL_CLIENT_ID")? };
        let client = Client::to(&url).map_err(|error| wrong(error.to_string()))?;
        let keys = document(&client, &identity.pool_id, "jwks.json").await.and_then(|set| PublicKeys::of(&set));
        let keys = keys.ok_or_else(|| wrong(format!("it has no keys of the pool {}", identity.pool_id)))?;
        let discovered = document(&client, &identity.pool_id, "openid-configuration").await;
        let issuer = discovered.and_then(|document| document.get("issuer")?.as_str().map(str::to_owned));
        Ok(Some(Self { client, identity, keys, issuer }))
    }

    /// Hands a request on as it is.
    pub(crate) async fn answer(&self, headers: &HeaderMap, body: Bytes) -> Response {
        let mut headers = headers.clone();
        for own in [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
            headers.remove(own);
        }
        match self.client.post(headers, body).await {
            Ok(answer) => {
                let mut response = Response::new(Body::from(answer.body));
                *response.status_mut() = answer.status;
                for name in [header::CONTENT_TYPE.as_str(), "x-amzn-errortype", "x-amzn-requestid"] {
                    if let (Some(value), Ok(name)) = (answer.headers.get(name), name.parse::<header::HeaderName>()) {
                        response.headers_mut().insert(name, value.clone());
                    }
                }
                response
            }
            Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        }
    }

    pub(crate) async fn document(&self, pool_id: &str, name: &str) -> Option<Value> {
        document(&self.client, pool_id, name).await
    }
}

async fn document(client: &Client, pool_id: &str, name: &str) -> Option<Value> {
    let answer = client.get(&format!("/{pool_id}/.well-known/{name}")).await.ok()?;
    serde_json::from_slice(&answer.body).ok().filter(|_| answer.status.is_success())
}
