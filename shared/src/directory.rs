//! What Cognito knows about a user: asked where a decision needs the address as it is now, never taken from a token.

use std::pin::Pin;

use aws_sdk_cognitoidentityprovider::{Client, error::ProvideErrorMetadata, types::AttributeType};

use crate::domain::{EmailAddress, Onboarding, PersonName, Timestamp, User, UserId};

/// A user's attributes, as far as organizations need them.
#[derive(Clone, Debug)]
pub struct Identity {
    pub email: EmailAddress,
    pub email_verified: bool,
    pub name: Option<PersonName>,
}

impl Identity {
    /// From a pool's attributes by name; nothing without a usable address.
    pub fn from_attributes<'a>(attribute: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let email = attribute("email")?.parse().ok()?;
        let parts = || {
            let parts: Vec<_> = ["given_name", "family_name"].into_iter().filter_map(&attribute).collect();
            PersonName::from_attribute(&parts.join(" "))
        };
        Some(Self {
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
            founded: None,
            granted_organizations: 0,
            as_of,
        }
    }
}

/// Why Cognito's word on a user is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// There is no such user: the token outlived them.
    #[error("the user pool knows no such user")]
    Unknown,
    /// The user has no usable address.
    #[error("the user has no e-mail address")]
    NoAddress,
    /// Throttled or unreachable.
    #[error("the user pool is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
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
    pub fn new(client: Client, id: impl Into<String>) -> Self {
        Self { client, id: id.into() }
    }

    async fn ask(&self, username: &str) -> Result<Identity, DirectoryError> {
        let answer = self.client.admin_get_user().user_pool_id(&self.id).username(username).send().await;
        let user = answer.map_err(|error| match error.code() {
            Some("UserNotFoundException") => DirectoryError::Unknown,
            _ => DirectoryError::Unavailable(error.into()),
        })?;
        let attribute =
            |name: &str| user.user_attributes().iter().find(|a| a.name() == name).and_then(AttributeType::value);
        Identity::from_attributes(attribute).ok_or(DirectoryError::NoAddress)
    }
}

impl Directory for UserPool {
    fn identity<'a>(&'a self, username: &'a str) -> Answer<'a> {
        Box::pin(self.ask(username))
    }
}
