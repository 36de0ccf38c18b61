use std::{fmt, str::FromStr};

use uuid::Uuid;

/// A text that is not an id of the wanted kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("is not an id of this kind")]
pub struct InvalidId;

/// Ids are a prefix and a UUIDv7: 74 random bits, never reused, not guessable across organizations (R19).
macro_rules! prefixed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            pub fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Nothing ever has this id: it stands in for a text that is none, where who asks has to be found out first.
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

            /// Only the canonical spelling: one id has one text, and so one key in the table.
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
    /// `org_…`
    OrganizationId, "org_"
);
prefixed_id!(
    /// `ws_…`
    WorkspaceId, "ws_"
);
prefixed_id!(
    /// `inv_…`
    InvitationId, "inv_"
);

/// A user of the pool: Cognito's `sub`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

impl UserId {
    /// Nobody ever has this id, since no text is parsed to it. Not empty: DynamoDB refuses empty texts in sets.
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

    /// 1 to 128 letters, digits, `-` and `_`: a `sub` is a UUID today, and `#` (the key separator) can never be in it.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (1..=128).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId)
        }
    }
}

/// Which state of a thing a client has seen; its ETag without the quotes.
///
/// A new random text with every write, not a counter: a write can then answer with the new one without reading the old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid.as_simple().to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The strong entity tag.
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

    /// Any text: what a version looks like is nobody's business.
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
    fn a_user_id_cannot_reach_into_another_key() {
        for wrong in ["", "a#b", "a b", "ORG#1", &"x".repeat(129)] {
            assert_eq!(wrong.parse::<UserId>(), Err(InvalidId), "{wrong}");
        }
    }
}
