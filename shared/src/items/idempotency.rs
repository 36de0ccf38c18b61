use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::domain::{OrganizationId, Timestamp, UserId};

/// An idempotency record, `USER#sub` / `IDEMPOTENCY#route#key`: the response to a request. The transaction of the
/// change writes it (I9).
#[derive(Debug, Serialize, Deserialize)]
pub struct IdempotencyItem {
    /// The user who sent the key.
    pub(crate) user_id: Text<UserId>,
    pub(crate) route: String,
    /// The key that the client sent.
    pub(crate) idempotency_key: String,
    /// The SHA-256 hash of the content of the request.
    pub(crate) fingerprint: String,
    pub(crate) answer: Answer,
    /// The expiry, in seconds since 1970. DynamoDB deletes the item some time later, so the code compares the time
    /// itself.
    pub(crate) ttl: i64,
    /// The rows of a batch that have no outcome yet. It only ever decreases, so it also is the version of the record.
    pub(crate) rows_left: Option<u32>,
}

impl Item for IdempotencyItem {
    const ENTITY: &'static str = "idempotency_record";

    fn key(&self) -> Key {
        Key::of_user(&self.user_id, sk::idempotency(&self.route, &self.idempotency_key))
    }
}

/// The key was used for another request before.
#[derive(Debug)]
pub struct KeyReused;

impl IdempotencyItem {
    /// The same record, of a batch with this many rows without an outcome.
    #[must_use]
    pub fn with_rows_left(self, rows: u32) -> Self {
        Self { rows_left: Some(rows), ..self }
    }

    /// The fingerprint of the content of the request.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The rows of a batch that have no outcome yet.
    pub fn rows_left(&self) -> Option<u32> {
        self.rows_left
    }

    /// Returns the stored response, if it is still valid, to a request with this fingerprint.
    ///
    /// # Errors
    /// When the response belongs to another request.
    pub fn replay(self, fingerprint: &str, now: Timestamp) -> Result<Option<Answer>, KeyReused> {
        if self.ttl <= now.as_seconds() {
            return Ok(None);
        }
        if self.fingerprint == fingerprint { Ok(Some(self.answer)) } else { Err(KeyReused) }
    }
}

impl Answer {
    /// The organization that the request created, from its `Location`.
    pub fn organization(&self) -> Option<OrganizationId> {
        self.location.as_ref()?.strip_prefix("/organizations/")?.parse().ok()
    }

    /// The organization that was joined, as the body names it.
    pub fn membership(&self) -> Option<OrganizationId> {
        serde_json::from_str::<Membership>(&self.body).ok()?.organization_id.parse().ok()
    }
}

/// Of a body that shows a membership.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    organization_id: String,
}

/// A response in stored form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}
