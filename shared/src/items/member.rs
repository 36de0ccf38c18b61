use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Listing, Text,
    field::{Stored, role_set},
    keys::sk,
};
use crate::domain::{EmailAddress, Locale, Member, OrganizationId, PersonName, RoleSet, Timestamp, UserId, Version};

/// A member of an organization, `ORG#org` / `MEMBER#sub`.
#[derive(Debug, Serialize, Deserialize)]
pub struct MemberItem {
    organization_id: Text<OrganizationId>,
    user_id: Text<UserId>,
    email: Stored<EmailAddress>,
    name: Option<Stored<PersonName>>,
    locale: Option<Stored<Locale>>,
    #[serde(with = "role_set")]
    roles: RoleSet,
    joined_at: Text<Timestamp>,
    changed_at: Option<Text<Timestamp>>,
    version: Text<Version>,
}

impl Item for MemberItem {
    const ENTITY: &'static str = "member";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::member(&self.user_id))
    }

    fn listing(&self) -> Option<Listing> {
        Some(Listing::of_member(self.organization_id.0, self.roles, &self.email.0, &self.user_id.0))
    }
}

impl From<&Member> for MemberItem {
    fn from(member: &Member) -> Self {
        Self {
            organization_id: Text(member.organization_id),
            user_id: Text(member.user_id.clone()),
            email: Stored(member.email.clone()),
            name: member.name.clone().map(Stored),
            locale: member.locale.clone().map(Stored),
            roles: member.roles,
            joined_at: Text(member.joined_at),
            changed_at: member.changed_at.map(Text),
            version: Text(member.version.clone()),
        }
    }
}

impl From<MemberItem> for Member {
    fn from(item: MemberItem) -> Self {
        Self {
            organization_id: item.organization_id.0,
            user_id: item.user_id.0,
            email: item.email.0,
            name: item.name.map(|name| name.0),
            locale: item.locale.map(|locale| locale.0),
            roles: item.roles,
            joined_at: item.joined_at.0,
            changed_at: item.changed_at.map(|at| at.0),
            version: item.version.0,
        }
    }
}

/// A membership pointer, `USER#sub` / `ORG#org`. It exists if and only if the member exists (I2).
#[derive(Debug, Serialize, Deserialize)]
pub struct PointerItem {
    user_id: Text<UserId>,
    organization_id: Text<OrganizationId>,
}

impl Item for PointerItem {
    const ENTITY: &'static str = "membership_pointer";

    fn key(&self) -> Key {
        Key::of_user(&self.user_id, sk::pointer(&self.organization_id))
    }
}

impl From<&Member> for PointerItem {
    fn from(member: &Member) -> Self {
        Self { user_id: Text(member.user_id.clone()), organization_id: Text(member.organization_id) }
    }
}

/// The organization that the pointer names.
impl From<PointerItem> for OrganizationId {
    fn from(item: PointerItem) -> Self {
        item.organization_id.0
    }
}
