use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, keys::sk, parse};
use crate::domain::{Member, PersonName, RoleSet, Version};

/// `ORG#org` / `MEMBER#sub`
#[derive(Debug, Serialize, Deserialize)]
pub struct MemberItem {
    organization_id: String,
    user_id: String,
    email: String,
    /// The address in lower case, for the filter on the member list.
    email_lower: String,
    name: Option<String>,
    #[serde(with = "serde_dynamo::string_set")]
    roles: Vec<String>,
    joined_at: String,
    version: String,
}

impl Item for MemberItem {
    const ENTITY: &'static str = "member";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::member(&self.user_id))
    }
}

impl From<&Member> for MemberItem {
    fn from(member: &Member) -> Self {
        Self {
            organization_id: member.organization_id.to_string(),
            user_id: member.user_id.to_string(),
            email: member.email.as_str().to_owned(),
            email_lower: member.email.as_str().to_ascii_lowercase(),
            name: member.name.as_ref().map(|name| name.as_str().to_owned()),
            roles: member.roles.names(),
            joined_at: member.joined_at.to_string(),
            version: member.version.as_str().to_owned(),
        }
    }
}

impl TryFrom<MemberItem> for Member {
    type Error = Corrupt;

    fn try_from(item: MemberItem) -> Result<Self, Corrupt> {
        Ok(Self {
            organization_id: parse::<MemberItem, _>("organization_id", item.organization_id.parse())?,
            user_id: parse::<MemberItem, _>("user_id", item.user_id.parse())?,
            email: parse::<MemberItem, _>("email", item.email.parse())?,
            name: item.name.as_deref().and_then(PersonName::from_attribute),
            roles: parse::<MemberItem, _>("roles", RoleSet::parse(item.roles.iter().map(String::as_str)))?,
            joined_at: parse::<MemberItem, _>("joined_at", item.joined_at.parse())?,
            version: Version::from(item.version),
        })
    }
}

/// `USER#sub` / `ORG#org`: exists if and only if the member does (I2).
#[derive(Debug, Serialize, Deserialize)]
pub struct PointerItem {
    /// The user.
    pub user_id: String,
    /// The organization.
    pub organization_id: String,
}

impl Item for PointerItem {
    const ENTITY: &'static str = "membership_pointer";

    fn key(&self) -> Key {
        Key::of_user(&self.user_id, sk::pointer(&self.organization_id))
    }
}

impl From<&Member> for PointerItem {
    fn from(member: &Member) -> Self {
        Self { user_id: member.user_id.to_string(), organization_id: member.organization_id.to_string() }
    }
}
