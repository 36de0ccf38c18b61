//! Tokens with Cognito's claims.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::users::User;
use crate::{clock, entropy};

/// What both tokens of a sign-in are made of.
pub(super) struct Claims<'a> {
    pub(super) user: &'a User,
    /// The `jti` that all tokens of one sign-in share.
    pub(super) origin: &'a str,
    pub(super) client_id: &'a str,
    pub(super) issuer: &'a str,
    pub(super) signed_in: i64,
    pub(super) event_id: String,
}

impl Claims<'_> {
    /// No address in here: whoever needs it asks the pool.
    pub(super) fn access(&self, validity: i64) -> Value {
        let now = clock::now_seconds();
        json!({
            "sub": self.user.sub,
            "iss": self.issuer,
            "client_id": self.client_id,
            "origin_jti": self.origin,
            "event_id": self.event_id,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "auth_time": self.signed_in,
            "exp": now + validity,
            "iat": now,
            "jti": entropy::uuid(),
            "username": self.user.sub,
        })
    }

    pub(super) fn id(&self, validity: i64) -> Value {
        let now = clock::now_seconds();
        let mut claims = json!({
            "sub": self.user.sub,
            "iss": self.issuer,
            "aud": self.client_id,
            "origin_jti": self.origin,
            "event_id": self.event_id,
            "token_use": "id",
            "auth_time": self.signed_in,
            "exp": now + validity,
            "iat": now,
            "jti": entropy::uuid(),
            "cognito:username": self.user.sub,
        });
        for (name, value) in &self.user.attributes {
            // The two that are said to be true or false are so here, unlike in every other place.
            claims[name] = if name.ends_with("_verified") { json!(value == "true") } else { json!(value) };
        }
        claims
    }
}

/// Opaque, as Cognito's are to clients.
pub(super) fn refresh_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(entropy::bytes::<48>())
}

/// What is kept of a refresh token.
pub(super) fn fingerprint(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
