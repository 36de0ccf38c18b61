//! Challenges that were posed and not answered yet. A restart forgets them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::{errors::CognitoError, srp::Handshake};
use crate::{clock, entropy};

/// `AuthSessionValidity`, in seconds: its default.
const VALIDITY: i64 = 180;

/// What a client has to answer.
#[derive(Debug, Clone)]
pub(super) enum Challenge {
    /// `PASSWORD_VERIFIER`; nobody has that name if there is no `sub`.
    PasswordVerifier { sub: Option<String>, user_id: String, handshake: Box<Handshake> },
    /// `NEW_PASSWORD_REQUIRED`, of a user by `sub`.
    NewPassword(String),
    /// `SELECT_CHALLENGE`, of a name.
    Select(String),
}

/// By session or, for a password verifier, by secret block.
#[derive(Debug, Default)]
pub(crate) struct Challenges(Mutex<BTreeMap<String, (i64, Challenge)>>);

impl Challenges {
    pub(super) fn pose(&self, challenge: Challenge) -> String {
        let id = entropy::hex(128);
        let now = clock::now_seconds();
        self.with(|posed| {
            posed.retain(|_, (expires, _)| *expires > now);
            posed.insert(id.clone(), (now + VALIDITY, challenge));
        });
        id
    }

    /// What was posed. It stays, so that a new password that breaks a rule can be replaced by another.
    pub(super) fn find(&self, id: &str) -> Result<Challenge, CognitoError> {
        let now = clock::now_seconds();
        let found = self.with(|posed| posed.get(id).filter(|(expires, _)| *expires > now).cloned());
        found.map(|(_, challenge)| challenge).ok_or_else(CognitoError::invalid_session)
    }

    pub(super) fn forget(&self, id: &str) {
        self.with(|posed| posed.remove(id));
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, (i64, Challenge)>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
