use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Code, Problem, Reply};
use crate::{
    domain::{Timestamp, UserId},
    items::{Answer, IdempotencyItem, Item, Key},
};

/// For how long a key is honoured.
const HOURS: i64 = 24;

/// `Idempotency-Key`: 8 to 128 visible ASCII characters.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// # Errors
    /// 400 `malformed-request`
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let is_visible = text.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        if is_visible && (8..=128).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::new(
                Code::MalformedRequest,
                "Idempotency-Key has to be 8 to 128 visible ASCII characters, such as a UUID.",
            ))
        }
    }
}

/// What makes a request the same request: its user, route, key and everything it asks for (I9).
#[derive(Clone, Debug)]
pub struct Idempotency {
    user: UserId,
    route: &'static str,
    key: IdempotencyKey,
    fingerprint: String,
}

/// The key was used before, for something else.
#[derive(Debug)]
pub struct Reused;

impl From<Reused> for Problem {
    fn from(_: Reused) -> Self {
        Self::new(
            Code::IdempotencyKeyReused,
            "This Idempotency-Key came with another request within the last 24 hours. Use a new one for a new request.",
        )
    }
}

impl Idempotency {
    /// `asked`: the path's parameters and the body, as JSON; how the body was spelled does not matter.
    pub fn new(user: UserId, route: &'static str, key: IdempotencyKey, asked: &serde_json::Value) -> Self {
        let hash = Sha256::digest(json!([route, asked]).to_string().as_bytes());
        let fingerprint = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { user, route, key, fingerprint }
    }

    /// Where the answer is kept.
    pub fn location(&self) -> Key {
        Key::idempotency(&self.user, self.route, &self.key.0)
    }

    /// The answer to keep.
    pub fn record(&self, reply: &Reply, now: Timestamp) -> IdempotencyItem {
        IdempotencyItem {
            user_id: self.user.clone().into(),
            route: self.route.to_owned(),
            idempotency_key: self.key.0.clone(),
            fingerprint: self.fingerprint.clone(),
            answer: reply.to_answer(),
            ttl: now.as_seconds() + HOURS * 3600,
        }
    }

    /// The answer that was kept, if it is still honoured.
    ///
    /// # Errors
    /// When it was the answer to something else.
    pub fn replay(&self, record: IdempotencyItem, now: Timestamp) -> Result<Option<Answer>, Reused> {
        debug_assert_eq!(record.key(), self.location());
        if record.ttl <= now.as_seconds() {
            return Ok(None);
        }
        if record.fingerprint == self.fingerprint { Ok(Some(record.answer)) } else { Err(Reused) }
    }
}
