use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::domain::{OrganizationId, Timestamp, UserId};

/// `USER#sub` / `IDEMPOTENCY#route#key`: the answer to a request, written in the same transaction as its effect (I9).
#[derive(Debug, Serialize, Deserialize)]
pub struct IdempotencyItem {
    /// Whose key it is.
    pub(crate) user_id: Text<UserId>,
    pub(crate) route: String,
    /// As the client sent it.
    pub(crate) idempotency_key: String,
    /// SHA-256 over what the request asked for.
    pub(crate) fingerprint: String,
    pub(crate) answer: Answer,
    /// Seconds since 1970, 24 hours on. DynamoDB collects it some time later; what counts is the comparison.
    pub(crate) ttl: i64,
}

impl Item for IdempotencyItem {
    const ENTITY: &'static str = "idempotency_record";

    fn key(&self) -> Key {
        Key::of_user(&self.user_id, sk::idempotency(&self.route, &self.idempotency_key))
    }
}

/// The key was used before, for something else.
#[derive(Debug)]
pub struct KeyReused;

impl IdempotencyItem {
    /// The answer that was kept, if it still is to be given again to a request with this fingerprint.
    ///
    /// # Errors
    /// When it was the answer to something else.
    pub fn replay(self, fingerprint: &str, now: Timestamp) -> Result<Option<Answer>, KeyReused> {
        if self.ttl <= now.as_seconds() {
            return Ok(None);
        }
        if self.fingerprint == fingerprint { Ok(Some(self.answer)) } else { Err(KeyReused) }
    }
}

impl Answer {
    /// The organization that was created, as `Location` names it.
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

/// An answer that can be given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}
