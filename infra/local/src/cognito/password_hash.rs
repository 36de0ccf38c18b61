//! What is kept of a password.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::srp::Verifier;
use crate::entropy;

/// One salted round: these are passwords of test users on a developer's machine, and tests make many of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PasswordHash {
    salt: String,
    hash: String,
    /// Missing from what earlier versions kept.
    #[serde(default)]
    pub(super) srp: Option<Verifier>,
}

impl PasswordHash {
    pub(super) fn new(pool_id: &str, user_id: &str, password: &str) -> Self {
        let salt = entropy::simple_id();
        let srp = Some(Verifier::new(pool_id, user_id, password));
        Self { hash: digest(&salt, password), salt, srp }
    }

    pub(super) fn matches(&self, password: &str) -> bool {
        digest(&self.salt, password) == self.hash
    }
}

fn digest(salt: &str, password: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(format!("{salt}{password}")))
}
