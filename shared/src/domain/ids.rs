use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::RoleSet;

/// The text is not an id of the required kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("is not an id of this kind")]
pub struct InvalidId;

/// Defines a type for ids with a prefix and a UUIDv7. An id has 74 random bits. It is never reused, and no one can
/// guess it (R19).
macro_rules! prefixed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            pub fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// An id that nothing ever has. It replaces a text that is not an id, if the caller's membership must be
            /// checked first.
            pub const NONE: Self = Self(Uuid::nil());

            /// The UUID without its prefix.
            pub fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Accepts only the canonical spelling. So one id has one text, and one key in the table.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let uuid = text.strip_prefix($prefix).ok_or(InvalidId)?;
                let id = Uuid::try_parse(uuid).map_err(|_| InvalidId)?;
                let canonical = *id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == *uuid;
                if canonical { Ok(Self(id)) } else { Err(InvalidId) }
            }
        }
    };
}

prefixed_id!(
    /// The id of an organization: `org_…`.
    OrganizationId, "org_"
);
prefixed_id!(
    /// The id of a workspace: `ws_…`.
    WorkspaceId, "ws_"
);
prefixed_id!(
    /// The id of an invitation: `inv_…`.
    InvitationId, "inv_"
);

/// The id of a user: Cognito's `sub`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

impl UserId {
    /// An id that no user ever has, because no text parses to it. It is not empty, because DynamoDB rejects empty texts
    /// in sets.
    pub fn none() -> Self {
        Self("?".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserId {
    type Err = InvalidId;

    /// Accepts 1 to 128 letters, digits, `-` and `_`. A `sub` is a UUID today. The key separator `#` can never be in
    /// it.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (1..=128).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId)
        }
    }
}

/// The version of a resource that a client has read. It is the ETag without the quotes.
///
/// Every write creates a new random text, not a counter. So a write can return the new version without reading the old
/// one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid.as_simple().to_string())
    }

    /// The version of a member with these roles. A client that sends it back tells which roles the member had, and so a change
    /// need not find that out first.
    pub fn of_member(uuid: Uuid, roles: RoleSet) -> Self {
        Self(format!("{}{}", uuid.as_simple(), roles.as_digit()))
    }

    /// The roles in the version of a member. Clients can make up a version, so it is no more than a hint.
    pub fn roles_hint(&self) -> Option<RoleSet> {
        self.0.get(32..).and_then(RoleSet::from_digit)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The version as a strong entity tag.
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Version {
    type Err = std::convert::Infallible;

    /// Accepts any text, because clients must treat a version as opaque.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl From<String> for Version {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_an_id() {
        let text = "org_0190a6a4-7b3c-7def-8123-456789abcdef";
        assert_eq!(text.parse::<OrganizationId>().unwrap().to_string(), text);
        let upper = text.to_uppercase().replace("ORG_", "org_");
        for wrong in [&upper, &text.replace('-', ""), "inv_0190a6a4-7b3c-7def-8123-456789abcdef", "org_", ""] {
            assert_eq!(wrong.parse::<OrganizationId>(), Err(InvalidId), "{wrong}");
        }
    }

    #[test]
    fn the_version_of_a_member_tells_the_roles_and_a_made_up_one_nothing() {
        for roles in RoleSet::all() {
            assert_eq!(Version::of_member(Uuid::from_u128(1), roles).roles_hint(), Some(roles));
        }
        let plain = Version::new(Uuid::from_u128(1));
        for other in [plain.as_str(), "", "8", &format!("{plain}0"), &format!("{plain}88"), &"\u{e9}".repeat(17)] {
            assert_eq!(Version::from(other.to_owned()).roles_hint(), None, "{other}");
        }
    }

    #[test]
    fn a_user_id_cannot_reach_into_another_key() {
        for wrong in ["", "a#b", "a b", "ORG#1", &"x".repeat(129)] {
            assert_eq!(wrong.parse::<UserId>(), Err(InvalidId), "{wrong}");
        }
    }
}
