//! The documents that verifiers of tokens look for.

use serde_json::{Value, json};

use super::Cognito;

impl Cognito {
    /// `/{poolId}/.well-known/{document}`, if there is such a one.
    pub(super) fn document(&self, pool_id: &str, document: &str, endpoint: &str) -> Option<Value> {
        if pool_id != self.store.identity().pool_id {
            return None;
        }
        match document {
            "jwks.json" => Some(self.key.public().set()),
            "openid-configuration" => Some(json!({
                "issuer": self.issuer,
                "jwks_uri": format!("{endpoint}/{pool_id}/.well-known/jwks.json"),
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "token"],
                "scopes_supported": ["openid", "email", "phone", "profile"],
                "subject_types_supported": ["public"],
            })),
            _ => None,
        }
    }
}
