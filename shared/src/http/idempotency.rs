use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Code, Problem, Reply};
use crate::{
    domain::{Timestamp, UserId},
    items::{IdempotencyItem, Key},
    table::Committed,
};

/// For how long a key is honored.
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
                "`Idempotency-Key` must be 8 to 128 visible ASCII characters. Send a UUID, for example.",
            ))
        }
    }
}

/// What makes a request the same request: its user, route, key and everything it asks for (I9).
#[derive(Clone, Debug)]
pub struct Idempotency {
    user: UserId,
    route: String,
    key: IdempotencyKey,
    fingerprint: String,
}

impl Idempotency {
    /// `asked`: the path's parameters and the body, as JSON; how the body was spelled does not matter.
    pub fn new(user: UserId, route: &str, key: IdempotencyKey, asked: &serde_json::Value) -> Self {
        let hash = Sha256::digest(json!([route, asked]).to_string().as_bytes());
        let fingerprint = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { user, route: route.to_owned(), key, fingerprint }
    }

    /// Where the answer is kept.
    pub fn location(&self) -> Key {
        Key::idempotency(&self.user, &self.route, &self.key.0)
    }

    /// What a kept answer has to have been the answer to.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// A reply to be given once: the transaction that has the effect keeps it, and the same request gets it again without
/// another effect (I9).
#[derive(Debug)]
pub struct Once {
    reply: Reply,
    record: Option<IdempotencyItem>,
}

impl Once {
    /// `reply`, to be kept if the request has an idempotency key.
    pub fn new(reply: Reply, idempotency: Option<Idempotency>, now: Timestamp) -> Self {
        let record = idempotency.map(|Idempotency { user, route, key, fingerprint }| IdempotencyItem {
            user_id: user.into(),
            route,
            idempotency_key: key.0,
            fingerprint,
            answer: reply.to_answer(),
            ttl: now.as_seconds() + HOURS * 3600,
        });
        Self { reply, record }
    }

    /// The same with another reply for now. What is kept stays as it is: it may be given again, and a secret may not (R14).
    #[must_use]
    pub fn showing(self, reply: Reply) -> Self {
        Self { reply, ..self }
    }

    /// What the transaction keeps.
    pub fn record(&self) -> Option<&IdempotencyItem> {
        self.record.as_ref()
    }

    /// The reply now that the transaction has ended: this one, or the one given before.
    pub fn settle(self, committed: Committed) -> Reply {
        match committed {
            Committed::Now => self.reply,
            Committed::Before(answer) => answer.into(),
        }
    }
}
