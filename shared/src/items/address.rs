use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, keys::sk, parse};
use crate::domain::{AddressKey, InvitationId, OrganizationId, Timestamp, UserId};

/// `ORG#org` / `ADDRESS#key`: at most one live invitation or one member per address (R13, I3).
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressGuardItem {
    organization_id: String,
    address_key: String,
    member_id: Option<String>,
    invitation_id: Option<String>,
    invitation_expiry: Option<String>,
}

/// Who holds an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A member who joined with it.
    Member(UserId),
    /// An invitation that was sent to it, live until the instant.
    Invitation(InvitationId, Timestamp),
}

impl Item for AddressGuardItem {
    const ENTITY: &'static str = "address_guard";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::address(&self.address_key))
    }
}

impl AddressGuardItem {
    /// That `holder` has the address.
    pub fn new(organization: OrganizationId, address: &AddressKey, holder: &Holder) -> Self {
        let (member_id, invitation_id, invitation_expiry) = match holder {
            Holder::Member(user) => (Some(user.to_string()), None, None),
            Holder::Invitation(invitation, expiry) => (None, Some(invitation.to_string()), Some(expiry.to_string())),
        };
        Self {
            organization_id: organization.to_string(),
            address_key: address.as_str().to_owned(),
            member_id,
            invitation_id,
            invitation_expiry,
        }
    }
}

impl TryFrom<AddressGuardItem> for Holder {
    type Error = Corrupt;

    fn try_from(item: AddressGuardItem) -> Result<Self, Corrupt> {
        match (item.member_id, item.invitation_id, item.invitation_expiry) {
            (Some(user), ..) => Ok(Self::Member(parse::<AddressGuardItem, _>("member_id", user.parse())?)),
            (None, Some(invitation), Some(expiry)) => Ok(Self::Invitation(
                parse::<AddressGuardItem, _>("invitation_id", invitation.parse())?,
                parse::<AddressGuardItem, _>("invitation_expiry", expiry.parse())?,
            )),
            _ => Err(super::corrupt::<AddressGuardItem>(&"nobody holds the address")),
        }
    }
}
