//! Reading requests.

use std::collections::BTreeMap;

use serde_json::Value;

use super::errors::CognitoError;

/// The body of a request.
pub(super) struct Request(pub(super) Value);

impl Request {
    /// A text that must be there.
    pub(super) fn text(&self, name: &str) -> Result<&str, CognitoError> {
        self.optional(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            let name =
                format!("{}{}", name.get(..1).unwrap_or_default().to_lowercase(), name.get(1..).unwrap_or_default());
            CognitoError::invalid_parameter(format!(
                "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A member of a map of texts.
    pub(super) fn in_map(&self, map: &str, name: &str) -> Option<&str> {
        self.0.get(map)?.get(name)?.as_str()
    }

    /// A member of a map of texts that must be there.
    pub(super) fn parameter(&self, map: &str, name: &str) -> Result<&str, CognitoError> {
        self.in_map(map, name).filter(|value| !value.is_empty()).ok_or_else(|| CognitoError::missing(name))
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(super) fn map(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| value.is_object())
    }

    /// `[{"Name", "Value"}]`.
    pub(super) fn attributes(&self, name: &str) -> Result<BTreeMap<String, String>, CognitoError> {
        let Some(list) = self.0.get(name).and_then(Value::as_array) else { return Ok(BTreeMap::new()) };
        list.iter()
            .map(|attribute| {
                let name = attribute.get("Name").and_then(Value::as_str);
                let value = attribute.get("Value").and_then(Value::as_str).unwrap_or_default();
                let name = name.ok_or_else(|| CognitoError::invalid_parameter("An attribute has no name"))?;
                Ok((name.to_owned(), value.to_owned()))
            })
            .collect()
    }
}
