use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, Text, keys::sk, read::Unreadable};
use crate::domain::{AddressKey, InvitationId, OrganizationId, Timestamp, UserId};

/// The address guard, `ORG#org` / `ADDRESS#key`: at most one pending invitation or one member has an email address
/// (R13, I3).
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressGuardItem {
    organization_id: Text<OrganizationId>,
    address_key: Text<AddressKey>,
    member_id: Option<Text<UserId>>,
    invitation_id: Option<Text<InvitationId>>,
    invitation_expiry: Option<Text<Timestamp>>,
}

/// The holder of an email address in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A member who joined with the address.
    Member(UserId),
    /// An invitation that was sent to the address, with the instant of its expiry.
    Invitation(InvitationId, Timestamp),
}

impl Item for AddressGuardItem {
    const ENTITY: &'static str = "address_guard";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::address(&self.address_key.0))
    }
}

impl AddressGuardItem {
    /// Creates the item that says that `holder` has the address.
    pub fn new(organization: OrganizationId, address: &AddressKey, holder: &Holder) -> Self {
        let (member_id, invitation_id, invitation_expiry) = match holder {
            Holder::Member(user) => (Some(Text(user.clone())), None, None),
            Holder::Invitation(invitation, expiry) => (None, Some(Text(*invitation)), Some(Text(*expiry))),
        };
        Self {
            organization_id: Text(organization),
            address_key: Text(address.clone()),
            member_id,
            invitation_id,
            invitation_expiry,
        }
    }
}

/// Fails if the item has neither field, although each field alone is optional.
impl TryFrom<AddressGuardItem> for Holder {
    type Error = Corrupt;

    fn try_from(item: AddressGuardItem) -> Result<Self, Corrupt> {
        let missing = |field| Corrupt::new::<AddressGuardItem>(Unreadable::Missing(field));
        if let Some(Text(user)) = item.member_id {
            return Ok(Self::Member(user));
        }
        let Text(invitation) = item.invitation_id.ok_or_else(|| missing("member_id or invitation_id"))?;
        let Text(expiry) = item.invitation_expiry.ok_or_else(|| missing("invitation_expiry"))?;
        Ok(Self::Invitation(invitation, expiry))
    }
}
