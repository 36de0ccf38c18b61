//! Users and what is told about them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{codes::Code, errors::CognitoError, password_hash::PasswordHash, profile::Verification};
use crate::{clock, entropy};

/// `UserStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    Unconfirmed,
    Confirmed,
    ForceChangePassword,
    ResetRequired,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ResetRequired => "RESET_REQUIRED",
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
    /// These two are missing from what earlier versions kept.
    #[serde(default)]
    pub(super) verification: Option<Verification>,
    #[serde(default)]
    pub(super) disabled: bool,
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
            verification: None,
            disabled: false,
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

    /// Changes attributes; an empty value removes one.
    pub(super) fn write(&mut self, attributes: BTreeMap<String, String>) {
        self.attributes.extend(attributes);
        self.attributes.retain(|_, value| !value.is_empty());
        self.touch();
    }

    /// A code can be sent to an address that is verified only.
    pub(super) fn may_reset_password(&self) -> Result<(), CognitoError> {
        if self.disabled {
            return Err(CognitoError::user_is_disabled());
        }
        if self.status == Status::ForceChangePassword {
            return Err(CognitoError::not_authorized("User password cannot be reset in the current state."));
        }
        if self.email_is_verified() {
            return Ok(());
        }
        Err(CognitoError::invalid_parameter(
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ))
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
            "Enabled": !self.disabled,
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

    /// Refuses an address that another user has.
    pub(super) fn check_email_is_free(&self, email: &str, sub: &str) -> Result<(), CognitoError> {
        if self.by_email(email).is_none_or(|other| other.sub == sub) {
            return Ok(());
        }
        Err(CognitoError::new("AliasExistsException", "An account with the email already exists."))
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
