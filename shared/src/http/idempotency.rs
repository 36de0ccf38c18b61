use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Code, Problem, Reply};
use crate::{
    domain::{Timestamp, UserId},
    items::{Answer, IdempotencyItem, Key},
    table::Committed,
};

/// The number of hours for which a key is valid.
const HOURS: i64 = 24;

/// The value of `Idempotency-Key`: 8 to 128 visible ASCII characters.
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

/// The identity of a request: its user, route, key and content (I9). A request with the same identity is the same
/// request.
#[derive(Clone, Debug)]
pub struct Idempotency {
    user: UserId,
    route: String,
    key: IdempotencyKey,
    fingerprint: String,
}

impl Idempotency {
    /// Creates the identity of a request. `asked` contains the path parameters and the body as JSON, so the formatting
    /// of the body does not matter.
    pub fn new(user: UserId, route: &str, key: IdempotencyKey, asked: &serde_json::Value) -> Self {
        let hash = Sha256::digest(json!([route, asked]).to_string().as_bytes());
        let fingerprint = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { user, route: route.to_owned(), key, fingerprint }
    }

    /// The key of the stored response.
    pub fn location(&self) -> Key {
        Key::idempotency(&self.user, &self.route, &self.key.0)
    }

    /// The record that stores `answer` as the response to this request.
    pub fn record(&self, answer: Answer, now: Timestamp) -> IdempotencyItem {
        IdempotencyItem {
            user_id: self.user.clone().into(),
            route: self.route.clone(),
            idempotency_key: self.key.0.clone(),
            fingerprint: self.fingerprint.clone(),
            answer,
            ttl: now.as_seconds() + HOURS * 3600,
            rows_left: None,
        }
    }

    /// The fingerprint of the content. A stored response is valid only for the same fingerprint.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// A response that is created only once. The transaction stores the response together with the change. The same request
/// returns the same response again, without another change (I9).
#[derive(Debug)]
pub struct Once {
    reply: Reply,
    record: Option<IdempotencyItem>,
}

impl Once {
    /// Creates the response, with a record if the request has an idempotency key.
    pub fn new(reply: Reply, idempotency: Option<Idempotency>, now: Timestamp) -> Self {
        let record = idempotency.map(|idempotency| idempotency.record(reply.to_answer(), now));
        Self { reply, record }
    }

    /// The same with another reply for now. What is kept stays as it is: it may be given again, and a secret may not (R14).
    #[must_use]
    pub fn showing(self, reply: Reply) -> Self {
        Self { reply, ..self }
    }

    /// The idempotency record that the transaction stores.
    pub fn record(&self) -> Option<&IdempotencyItem> {
        self.record.as_ref()
    }

    /// Returns the response after the transaction: this one, or the stored one.
    pub fn settle(self, committed: Committed) -> Reply {
        match committed {
            Committed::Now => self.reply,
            Committed::Before(answer) => answer.into(),
        }
    }
}
