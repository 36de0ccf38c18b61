use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, keys, parse};
use crate::domain::{Onboarding, PersonName, User, UserId};

/// `USER#sub` / `PROFILE`
#[derive(Debug, Serialize, Deserialize)]
pub struct UserItem {
    user_id: String,
    email: String,
    email_verified: bool,
    name: Option<String>,
    onboarding: String,
    founded_organization_id: Option<String>,
    /// An operator raises it to let the user found one more organization (R3).
    #[serde(default)]
    granted_organizations: u32,
    as_of: String,
}

impl Item for UserItem {
    const ENTITY: &'static str = "user";

    fn key(&self) -> Key {
        Key::of_user(&self.user_id, keys::PROFILE)
    }
}

impl From<&User> for UserItem {
    fn from(user: &User) -> Self {
        Self {
            user_id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            name: user.name.as_ref().map(|name| name.as_str().to_owned()),
            onboarding: user.onboarding.name().to_owned(),
            founded_organization_id: user.founded.map(|id| id.to_string()),
            granted_organizations: user.granted_organizations,
            as_of: user.as_of.to_string(),
        }
    }
}

impl TryFrom<UserItem> for User {
    type Error = Corrupt;

    fn try_from(item: UserItem) -> Result<Self, Corrupt> {
        Ok(Self {
            id: parse::<UserItem, UserId>("user_id", item.user_id.parse())?,
            email: parse::<UserItem, _>("email", item.email.parse())?,
            email_verified: item.email_verified,
            name: item.name.as_deref().and_then(PersonName::from_attribute),
            onboarding: if item.onboarding == Onboarding::Open.name() {
                Onboarding::Open
            } else {
                Onboarding::Complete
            },
            founded: item
                .founded_organization_id
                .map(|id| parse::<UserItem, _>("founded_organization_id", id.parse()))
                .transpose()?,
            granted_organizations: item.granted_organizations,
            as_of: parse::<UserItem, _>("as_of", item.as_of.parse())?,
        })
    }
}
