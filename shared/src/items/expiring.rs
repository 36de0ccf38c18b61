use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, field::role_set, keys::sk};
use crate::domain::{AddressKey, InvitationId, OrganizationId, RoleSet, Timestamp, UserId};

/// The attributes of a pending invitation in the index by expiry. They are sufficient to end it and to remind of it, and
/// most of them never change. The code never writes this item.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpiringItem {
    organization_id: Text<OrganizationId>,
    invitation_id: Text<InvitationId>,
    invited_address: Text<AddressKey>,
    invited_by: Text<UserId>,
    #[serde(with = "role_set")]
    roles: RoleSet,
    created_at: Text<Timestamp>,
    resent_at: Option<Text<Timestamp>>,
    expires_at: Text<Timestamp>,
    reminded: Option<Text<Timestamp>>,
}

impl Item for ExpiringItem {
    const ENTITY: &'static str = "invitation";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::invitation(&self.invitation_id))
    }
}

/// A pending invitation, as far as its expiry is concerned.
#[derive(Clone, Debug)]
pub struct Expiring {
    pub organization: OrganizationId,
    pub invitation: InvitationId,
    pub address: AddressKey,
    pub inviter: UserId,
    pub roles: RoleSet,
    /// When it was created, or last resent.
    pub since: Timestamp,
    pub expires_at: Timestamp,
    /// Whether the invited person was reminded of this expiry.
    pub is_reminded: bool,
}

impl From<ExpiringItem> for Expiring {
    fn from(item: ExpiringItem) -> Self {
        Self {
            organization: item.organization_id.0,
            invitation: item.invitation_id.0,
            address: item.invited_address.0,
            inviter: item.invited_by.0,
            roles: item.roles,
            since: item.resent_at.unwrap_or(item.created_at).0,
            is_reminded: item.reminded.is_some_and(|expiry| expiry == item.expires_at),
            expires_at: item.expires_at.0,
        }
    }
}
