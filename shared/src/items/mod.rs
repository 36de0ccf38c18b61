//! The items of the table: one file for each kind of item, with its keys and its conversions from and to the domain.
//!
//! Every item has `pk`, `sk`, its kind (`entity`) and the version of its form (`schema`).

mod acceptance_notice;
mod address;
mod admins;
mod audit;
mod expiring;
pub mod expiry_slot;
mod field;
mod idempotency;
mod invitation;
pub mod keys;
pub mod listing;
mod mailbox;
mod member;
mod organization;
mod past_membership;
mod read;
#[cfg(test)]
mod tests;
mod unsent_mail;
mod user;
mod watermark;
mod workspace;
mod workspace_access;
mod workspace_name;

use std::{collections::HashMap, convert::Infallible};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use read::Unreadable;

pub use acceptance_notice::AcceptanceNoticeItem;
pub use address::{AddressGuardItem, Holder};
pub use admins::AdminsItem;
pub use audit::{AuditAction, AuditItem};
pub use expiring::{Expiring, ExpiringItem};
pub use expiry_slot::{EXPIRY_SLOT_ATTRIBUTE, ExpirySlot};
pub use field::Text;
pub use idempotency::{Answer, IdempotencyItem, KeyReused};
pub use invitation::InvitationItem;
pub use keys::Key;
pub use listing::{LIST_KEY_ATTRIBUTE, List, Listing};
pub use mailbox::MailboxItem;
pub use member::{MemberItem, PointerItem};
pub use organization::{EARLIER_WORKSPACE_LIMIT, OrganizationItem, SeatsItem, SubscriptionItem, invitations_of};
pub use past_membership::PastMembershipItem;
pub use unsent_mail::{MailKind, UnsentMail, UnsentMailItem};
pub use user::UserItem;
pub use watermark::WatermarkItem;
pub use workspace::WorkspaceItem;
pub use workspace_access::{WorkspaceAccessItem, WorkspacePointerItem};
pub use workspace_name::WorkspaceNameItem;

/// An item as DynamoDB attributes.
pub type Attributes = HashMap<String, AttributeValue>;

/// The version of the items' form that this code writes.
const SCHEMA: u8 = 1;

/// The error for an item that its kind does not allow, because other software or a later release wrote it. It names the
/// kind and the field, and never contains a value (I11).
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an item of kind {entity} cannot be read: {problem}")]
pub struct Corrupt {
    entity: &'static str,
    problem: Unreadable,
}

impl Corrupt {
    fn new<I: Item>(problem: Unreadable) -> Self {
        Self { entity: I::ENTITY, problem }
    }
}

/// The conversion of most items into the domain cannot fail.
impl From<Infallible> for Corrupt {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// A kind of item.
pub trait Item: Serialize + DeserializeOwned {
    /// The value of `entity`.
    const ENTITY: &'static str;

    /// The key of the item.
    fn key(&self) -> Key;

    /// The position of the item in the index of lists, if it has one.
    fn listing(&self) -> Option<Listing> {
        None
    }

    /// Writes the item with its keys, its kind and the version of its form. It leaves out fields without a value.
    ///
    /// # Errors
    /// Never for the items of this crate.
    fn to_attributes(&self) -> Result<Attributes, Corrupt> {
        let mut attributes: Attributes =
            serde_dynamo::to_item(self).map_err(|_| Corrupt::new::<Self>(Unreadable::Form))?;
        attributes.retain(|_, value| !value.is_null());
        attributes.extend(self.key().to_attributes());
        attributes.extend(self.listing().map(Listing::into_attributes).into_iter().flatten());
        attributes.insert("entity".to_owned(), AttributeValue::S(Self::ENTITY.to_owned()));
        attributes.insert("schema".to_owned(), AttributeValue::N(SCHEMA.to_string()));
        Ok(attributes)
    }

    /// # Errors
    /// When a field is missing or has no usable value.
    fn from_attributes(attributes: Attributes) -> Result<Self, Corrupt> {
        read::read(attributes).map_err(Corrupt::new::<Self>)
    }
}
