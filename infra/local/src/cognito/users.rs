//! Users and what is told about them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{codes::Code, errors::CognitoError, password_hash::PasswordHash};
use crate::{clock, entropy};

/// `UserStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    Unconfirmed,
    Confirmed,
    ForceChangePassword,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
        }
    }
}

/// A user of the pool. Its name is its `sub`: people sign in with their e-mail address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct User {
    pub(super) sub: String,
    pub(super) status: Status,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) password: Option<PasswordHash>,
    pub(super) confirmation: Option<Code>,
    pub(super) reset: Option<Code>,
    /// Milliseconds since the epoch.
    pub(super) created: i64,
    pub(super) modified: i64,
}

impl User {
    pub(super) fn new(email: &str, mut attributes: BTreeMap<String, String>, status: Status) -> Self {
        let now = clock::now().as_millisecond();
        attributes.insert("email".to_owned(), email.to_owned());
        attributes.entry("email_verified".to_owned()).or_insert_with(|| "false".to_owned());
        Self {
            sub: entropy::uuid(),
            status,
            attributes,
            password: None,
            confirmation: None,
            reset: None,
            created: now,
            modified: now,
        }
    }

    pub(super) fn email(&self) -> &str {
        self.attributes.get("email").map(String::as_str).unwrap_or_default()
    }

    pub(super) fn email_is_verified(&self) -> bool {
        self.attributes.get("email_verified").is_some_and(|verified| verified == "true")
    }

    pub(super) fn set_password(&mut self, pool_id: &str, password: &str) {
        self.password = Some(PasswordHash::new(pool_id, &self.sub, password));
        self.touch();
    }

    pub(super) fn touch(&mut self) {
        self.modified = clock::now().as_millisecond();
    }

    /// Everything including `sub`, as name and value.
    pub(super) fn all_attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        std::iter::once(("sub", self.sub.as_str()))
            .chain(self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    pub(super) fn attribute_list(&self) -> Vec<Value> {
        self.all_attributes().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
    }

    /// The shape of `AdminGetUser`, `AdminCreateUser` and `ListUsers`, which differ in one name.
    pub(super) fn describe(&self, attributes: &str) -> Value {
        json!({
            "Username": self.sub,
            attributes: self.attribute_list(),
            "UserCreateDate": seconds(self.created),
            "UserLastModifiedDate": seconds(self.modified),
            "Enabled": true,
            "UserStatus": self.status.name(),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "dates of this millennium fit a double to the millisecond")]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// All users.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Users(BTreeMap<String, User>);

impl Users {
    /// By user name or by e-mail address, upper and lower case being the same.
    pub(super) fn find(&self, name: &str) -> Option<&User> {
        self.0.get(name).or_else(|| self.by_email(name))
    }

    pub(super) fn find_mut(&mut self, name: &str) -> Option<&mut User> {
        let sub = self.find(name)?.sub.clone();
        self.0.get_mut(&sub)
    }

    pub(super) fn by_email(&self, email: &str) -> Option<&User> {
        let email = email.to_lowercase();
        self.0.values().find(|user| user.email().to_lowercase() == email)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &User> {
        self.0.values()
    }

    pub(super) fn add(&mut self, user: User) -> Result<(), CognitoError> {
        if self.by_email(user.email()).is_some() {
            return Err(CognitoError::new(
                "UsernameExistsException",
                "An account with the given email already exists.",
            ));
        }
        self.0.insert(user.sub.clone(), user);
        Ok(())
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<User> {
        let sub = self.find(name)?.sub.clone();
        self.0.remove(&sub)
    }
}
