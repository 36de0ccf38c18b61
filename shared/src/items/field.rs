//! The types of the fields of items. The domain types do not know serde, so these types wrap them.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::domain::{EmailAddress, InvitationMessage, Locale, OrganizationName, PersonName, WorkspaceName};

/// The error for a text that cannot be parsed. [`Corrupt`](super::Corrupt) drops it and names only the field, because
/// the error of a parser can quote the value.
const UNUSABLE: &str = "no usable value";

/// A field with structure: an id, an instant, a state. `Display` writes it, and `FromStr` reads it. A value that
/// `FromStr` rejects is unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<T>(pub T);

impl<T> From<T> for Text<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Display> Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(|_| D::Error::custom(UNUSABLE))
    }
}

/// A field with words that people chose. The rules for writing them can become stricter with every release. So they are
/// not applied to a stored value, and no release makes the items of an earlier release unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored<T>(pub(super) T);

/// A domain type that can be read without its rules.
///
/// This trait replaces `Display`, which would allow a log line to contain a name or an email address (I11).
pub(super) trait StoredText {
    fn stored(text: String) -> Self;
    fn text(&self) -> &str;
}

macro_rules! stored_text {
    ($($name:ident),*) => {
        $(impl StoredText for $name {
            fn stored(text: String) -> Self {
                $name::stored(text)
            }

            fn text(&self) -> &str {
                self.as_str()
            }
        })*
    };
}

stored_text!(EmailAddress, InvitationMessage, Locale, OrganizationName, PersonName, WorkspaceName);

impl<T> From<T> for Stored<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: StoredText> Serialize for Stored<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.text())
    }
}

impl<'de, T: StoredText> Deserialize<'de> for Stored<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(T::stored).map(Self)
    }
}

/// Writes metadata as JSON text: DynamoDB's numbers are not those of JSON.
pub(super) mod metadata {
    use super::{Deserialize, Deserializer, Error, Serializer, UNUSABLE};
    use crate::domain::Metadata;

    pub(in crate::items) fn serialize<S: Serializer>(metadata: &Metadata, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&metadata.to_json())
    }

    pub(in crate::items) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Metadata, D::Error> {
        Metadata::from_json(&String::deserialize(deserializer)?).map_err(|_| D::Error::custom(UNUSABLE))
    }
}

/// Writes roles as a string set, so that conditions can use `contains`.
pub(super) mod role_set {
    use super::{Deserialize, Deserializer, Error, Serializer, UNUSABLE};
    use crate::domain::RoleSet;

    pub(in crate::items) fn serialize<S: Serializer>(roles: &RoleSet, serializer: S) -> Result<S::Ok, S::Error> {
        serde_dynamo::string_set::serialize(&roles.names(), serializer)
    }

    pub(in crate::items) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RoleSet, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        RoleSet::parse(names.iter().map(String::as_str)).map_err(|_| D::Error::custom(UNUSABLE))
    }
}
