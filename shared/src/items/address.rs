use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, Text, keys::sk, read::Unreadable};
use crate::domain::{AddressKey, InvitationId, OrganizationId, Timestamp, UserId};

/// `ORG#org` / `ADDRESS#key`: at most one live invitation or one member per address (R13, I3).
#[derive(Debug, Serialize, Deserialize)]
pub struct AddressGuardItem {
    organization_id: Text<OrganizationId>,
    address_key: Text<AddressKey>,
    member_id: Option<Text<UserId>>,
    invitation_id: Option<Text<InvitationId>>,
    invitation_expiry: Option<Text<Timestamp>>,
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
        Key::of_organization(&self.organization_id, sk::address(&self.address_key.0))
    }
}

impl AddressGuardItem {
    /// That `holder` has the address.
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

/// Two fields or one, so that this can fail where no single field does.
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
