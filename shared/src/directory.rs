//! What Cognito knows about a user: asked where a decision needs the address as it is now, never taken from a token.

use std::pin::Pin;

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_cognitoidentityprovider::{
    Client, Config,
    error::{ProvideErrorMetadata, SdkError},
    types::AttributeType,
};
use jiff::SignedDuration;

use crate::{
    domain::{EmailAddress, Onboarding, PersonName, Timestamp, User, UserId},
    fault::Fault,
    start::{Connections, OpenOnly},
};

/// A user's attributes, as far as organizations need them.
#[derive(Clone, Debug)]
pub struct Identity {
    pub email: EmailAddress,
    pub email_verified: bool,
    pub name: Option<PersonName>,
}

impl Identity {
    /// From a pool's attributes by name.
    ///
    /// # Errors
    /// When there is no address, or one that no invitation can be for: Cognito takes some that SES does not.
    pub fn from_attributes<'a>(attribute: impl Fn(&str) -> Option<&'a str>) -> Result<Self, DirectoryError> {
        let email = attribute("email").filter(|email| !email.trim().is_empty()).ok_or(DirectoryError::NoAddress)?;
        let email = email.parse().map_err(|_| DirectoryError::UnusableAddress)?;
        let parts = || {
            let parts: Vec<_> = ["given_name", "family_name"].into_iter().filter_map(&attribute).collect();
            PersonName::from_attribute(&parts.join(" "))
        };
        Ok(Self {
            email,
            email_verified: attribute("email_verified") == Some("true"),
            name: attribute("name").and_then(PersonName::from_attribute).or_else(parts),
        })
    }

    /// The user that has them, as a new one who has done nothing yet.
    pub fn into_user(self, id: UserId, as_of: Timestamp) -> User {
        User {
            id,
            email: self.email,
            email_verified: self.email_verified,
            name: self.name,
            onboarding: Onboarding::Open,
            created_organization: None,
            granted_organizations: 0,
            as_of,
        }
    }
}

/// Why Cognito's word on a user is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// There is no such user, or the account is disabled: the token outlived it.
    #[error("the user pool has no enabled account with this name")]
    Unknown,
    /// The user has no address.
    #[error("the user has no email address")]
    NoAddress,
    /// The user has one that is none of [`EmailAddress`]'s: `a..b@example.com`, `ä@example.com`. Not let in: mail to it
    /// may not arrive, and who reads two dots as one would let somebody else accept an invitation.
    #[error("the API does not support the user's email address")]
    UnusableAddress,
    /// Throttled or unreachable.
    #[error("the user pool is not available")]
    Unavailable(#[source] Fault),
    /// The user made too many requests that ask Cognito (R24).
    #[error("the user sent too many requests")]
    TooOften(SignedDuration),
}

/// The answer of a [`Directory`].
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Identity, DirectoryError>> + Send + 'a>>;

pub trait Directory: Send + Sync {
    fn identity<'a>(&'a self, username: &'a str) -> Answer<'a>;
}

/// A user pool.
#[derive(Clone)]
pub struct UserPool {
    client: Client,
    id: String,
}

impl UserPool {
    /// The SDK does not try again: AdminGetUser has one quota for the whole pool, and when Cognito throttles, every retry is
    /// one more request over it.
    pub fn new(sdk: &SdkConfig, id: impl Into<String>) -> Self {
        let config = Config::from(sdk).to_builder().retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), id: id.into() }
    }

    /// Has a connection opened before the first question.
    pub(crate) fn open(&self, connections: &Connections) {
        connections.open(1, || self.client.admin_get_user().customize().interceptor(OpenOnly).send());
    }

    async fn ask(&self, username: &str) -> Result<Identity, DirectoryError> {
        let request = || self.client.admin_get_user().user_pool_id(&self.id).username(username).send();
        let mut answer = request().await;
        // A connection that went stale while the function was frozen is no answer: that is worth a second try.
        if let Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_)) = answer {
            answer = request().await;
        }
        let user = answer.map_err(|error| match error.code() {
            Some("UserNotFoundException") => DirectoryError::Unknown,
            _ => DirectoryError::Unavailable(Fault::of(&error)),
        })?;
        if !user.enabled() {
            return Err(DirectoryError::Unknown);
        }
        let attribute =
            |name: &str| user.user_attributes().iter().find(|a| a.name() == name).and_then(AttributeType::value);
        Identity::from_attributes(attribute)
    }
}

impl Directory for UserPool {
    fn identity<'a>(&'a self, username: &'a str) -> Answer<'a> {
        Box::pin(self.ask(username))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: Option<&'static str>) -> Result<String, DirectoryError> {
        let identity = Identity::from_attributes(|name| text.filter(|_| name == "email"));
        identity.map(|identity| identity.email.as_str().to_owned())
    }

    #[test]
    fn no_address_is_told_from_one_that_cannot_be_used() {
        assert_eq!(email(Some("ada@example.com")).unwrap(), "ada@example.com");
        for none in [None, Some(""), Some(" ")] {
            assert!(matches!(email(none), Err(DirectoryError::NoAddress)), "{none:?}");
        }
        for unusable in ["a..b@example.com", "\u{e4}@example.com", ".a@example.com", "\"a b\"@example.com", "a@example"]
        {
            let error = email(Some(unusable)).unwrap_err();
            assert!(matches!(error, DirectoryError::UnusableAddress), "{unusable}");
            assert!(!error.to_string().contains('@'), "{error}");
        }
    }
}
