//! Reads users from Cognito. Decisions that depend on the current email address use this, never a token.

use std::pin::Pin;

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_cognitoidentityprovider::{
    Client, Config,
    error::{ProvideErrorMetadata, SdkError},
    types::AttributeType,
};
use jiff::SignedDuration;

use crate::{
    domain::{EmailAddress, Locale, Onboarding, PersonName, Timestamp, User, UserId},
    fault::Fault,
    start::{Connections, OpenOnly},
};

/// The attributes of a user that organizations need.
#[derive(Clone, Debug)]
pub struct Identity {
    pub email: EmailAddress,
    pub email_verified: bool,
    pub name: Option<PersonName>,
    /// The language of the emails to the user.
    pub locale: Option<Locale>,
}

impl Identity {
    /// Reads the attributes of a user pool by their names.
    ///
    /// # Errors
    /// When there is no email address, or one that the product does not accept. Cognito accepts some addresses that SES
    /// does not.
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
            locale: attribute("locale").and_then(Locale::from_attribute),
        })
    }

    /// Creates a new user with these attributes.
    pub fn into_user(self, id: UserId, as_of: Timestamp) -> User {
        User {
            id,
            email: self.email,
            email_verified: self.email_verified,
            name: self.name,
            locale: self.locale,
            onboarding: Onboarding::Open,
            created_organization: None,
            granted_organizations: 0,
            as_of,
        }
    }
}

/// The reason why Cognito returned no usable user.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The user does not exist or the account is disabled, although the access token is still valid.
    #[error("the user pool has no enabled account with this name")]
    Unknown,
    /// The user has no email address.
    #[error("the user has no email address")]
    NoAddress,
    /// The user has an email address that is not an [`EmailAddress`]: `a..b@example.com`, `ä@example.com`. SES may not
    /// deliver to it. A service that reads two dots as one could let another person accept an invitation.
    #[error("the API does not support the user's email address")]
    UnusableAddress,
    /// Cognito throttled the call or is unreachable.
    #[error("the user pool is not available")]
    Unavailable(#[source] Fault),
    /// The user sent too many requests that call Cognito (R24).
    #[error("the user sent too many requests")]
    TooOften(SignedDuration),
}

/// The future result of a [`Directory`].
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Identity, DirectoryError>> + Send + 'a>>;

pub trait Directory: Send + Sync {
    fn identity<'a>(&'a self, username: &'a str) -> Answer<'a>;
}

/// The client of a user pool.
#[derive(Clone)]
pub struct UserPool {
    client: Client,
    id: String,
}

impl UserPool {
    /// Creates the client without retries. AdminGetUser has one quota for the whole pool, and each retry of a throttled
    /// call is one more call over the quota.
    pub fn new(sdk: &SdkConfig, id: impl Into<String>) -> Self {
        let config = Config::from(sdk).to_builder().retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), id: id.into() }
    }

    /// Opens a connection before the first request.
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
