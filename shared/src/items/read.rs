//! Reads items into Rust values. An error names the field and never contains its value (I11).
//!
//! `serde_dynamo` reads each attribute. Its errors do not name the attribute, and they quote numbers and texts. So this
//! module walks over the fields itself.

use std::{collections::hash_map, fmt};

use aws_sdk_dynamodb::types::AttributeValue;

use serde::{
    Deserializer, de,
    de::{DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor, value::StrDeserializer},
};

use super::Attributes;

/// The reason why an item cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A required field is missing.
    Missing(&'static str),
    /// The value of a field has the wrong type or is not valid.
    Unusable(&'static str),
    /// The item as a whole is not valid.
    Form,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "{field} is missing"),
            Self::Unusable(field) => write!(f, "{field} has no usable value"),
            Self::Form => f.write_str("it has another form"),
        }
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    /// Drops the message, because it can quote the value.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Form
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// Reads the fields of `T` and ignores other attributes.
pub(super) fn read<T: DeserializeOwned>(attributes: Attributes) -> Result<T, Unreadable> {
    T::deserialize(Item(attributes))
}

struct Item(Attributes);

impl<'de> Deserializer<'de> for Item {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable::Form)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_map(Fields { fields, attributes: self.0.into_iter(), next: None })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The attributes in the order of the map. Looking up each field would hash its name, which takes half of the time to
/// read an item.
struct Fields {
    fields: &'static [&'static str],
    attributes: hash_map::IntoIter<String, AttributeValue>,
    next: Option<(&'static str, AttributeValue)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let fields = self.fields;
        self.next =
            self.attributes.find_map(|(name, value)| Some((*fields.iter().find(|field| **field == name)?, value)));
        let Some((field, _)) = self.next else { return Ok(None) };
        let name: StrDeserializer<'_, Unreadable> = field.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        let (field, value) = self.next.take().ok_or(Unreadable::Form)?;
        let value = serde_dynamo::Deserializer::from_attribute_value(value.into());
        seed.deserialize(value).map_err(|_| Unreadable::Unusable(field))
    }
}
