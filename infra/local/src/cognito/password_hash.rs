//! What is kept of a password.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entropy;

/// One salted round: these are passwords of test users on a developer's machine, and tests make many of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PasswordHash {
    salt: String,
    hash: String,
}

impl PasswordHash {
    pub(super) fn new(password: &str) -> Self {
        let salt = entropy::simple_id();
        Self { hash: digest(&salt, password), salt }
    }

    pub(super) fn matches(&self, password: &str) -> bool {
        digest(&self.salt, password) == self.hash
    }
}

fn digest(salt: &str, password: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(format!("{salt}{password}")))
}
