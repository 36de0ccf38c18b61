use serde::{Deserialize, Serialize};

use super::{Item, Key, Text};
use crate::domain::AddressKey;

/// `MAILBOX#address` / `EMAILS#day`: how many invitation emails an address was sent on that day, UTC (R24).
#[derive(Debug, Serialize, Deserialize)]
pub struct MailboxItem {
    pub(super) address_key: Text<AddressKey>,
    pub(super) day: String,
    pub(super) emails: u32,
    /// Seconds since 1970. DynamoDB deletes the count some time after its day.
    pub(super) ttl: i64,
}

impl MailboxItem {
    /// The number of emails on that day.
    pub fn emails(&self) -> u32 {
        self.emails
    }
}

impl Item for MailboxItem {
    const ENTITY: &'static str = "mailbox";

    fn key(&self) -> Key {
        Key::mailbox(&self.address_key.0, &self.day)
    }
}
