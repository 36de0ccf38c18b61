//! The user pool, whoever keeps it.

use axum::{body::Bytes, http::HeaderMap, response::Response};
use serde_json::Value;

use super::{Cognito, Elsewhere, UserView, keys::PublicKeys};

/// The user pool of the stack.
pub(crate) enum UserPool {
    /// The emulation in this crate.
    Ours(Box<Cognito>),
    /// Another engine's.
    Elsewhere(Box<Elsewhere>),
}

impl UserPool {
    pub(crate) fn keys(&self) -> PublicKeys {
        match self {
            Self::Ours(cognito) => cognito.key.public(),
            Self::Elsewhere(other) => other.keys.clone(),
        }
    }

    pub(crate) async fn answer(&self, operation: &str, headers: &HeaderMap, body: Bytes) -> Response {
        match self {
            Self::Ours(cognito) => cognito.answer(operation, &body).await,
            Self::Elsewhere(other) => other.answer(headers, body).await,
        }
    }

    /// The users and their codes, if they are kept here.
    pub(crate) fn users(&self) -> Option<Vec<UserView>> {
        match self {
            Self::Ours(cognito) => Some(cognito.view()),
            Self::Elsewhere(_) => None,
        }
    }

    /// `/{poolId}/.well-known/{name}`, if there is such a document.
    pub(crate) async fn document(&self, pool_id: &str, name: &str, endpoint: &str) -> Option<Value> {
        match self {
            Self::Ours(cognito) => cognito.document(pool_id, name, endpoint),
            Self::Elsewhere(other) => other.document(pool_id, name).await,
        }
    }
}
