use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, field::Stored, keys};
use crate::domain::{EmailAddress, Locale, Onboarding, OrganizationId, PersonName, Timestamp, User, UserId};

/// The profile of a user, `USER#sub` / `PROFILE`.
#[derive(Debug, Serialize, Deserialize)]
pub struct UserItem {
    user_id: Text<UserId>,
    email: Stored<EmailAddress>,
    email_verified: bool,
    name: Option<Stored<PersonName>>,
    locale: Option<Stored<Locale>>,
    onboarding: Text<Onboarding>,
    created_organization_id: Option<Text<OrganizationId>>,
    /// The number of further organizations that the user can create. An operator raises it (R3).
    #[serde(default)]
    granted_organizations: u32,
    as_of: Text<Timestamp>,
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
            user_id: Text(user.id.clone()),
            email: Stored(user.email.clone()),
            email_verified: user.email_verified,
            name: user.name.clone().map(Stored),
            locale: user.locale.clone().map(Stored),
            onboarding: Text(user.onboarding),
            created_organization_id: user.created_organization.map(Text),
            granted_organizations: user.granted_organizations,
            as_of: Text(user.as_of),
        }
    }
}

impl From<UserItem> for User {
    fn from(item: UserItem) -> Self {
        Self {
            id: item.user_id.0,
            email: item.email.0,
            email_verified: item.email_verified,
            name: item.name.map(|name| name.0),
            locale: item.locale.map(|locale| locale.0),
            onboarding: item.onboarding.0,
            created_organization: item.created_organization_id.map(|id| id.0),
            granted_organizations: item.granted_organizations,
            as_of: item.as_of.0,
        }
    }
}
