use serde_json::{Map, Value};

/// An object of the product's own, which this API stores and returns but never interprets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(Map<String, Value>);

/// The largest metadata, in bytes of compact JSON.
const LARGEST: usize = 4096;

/// The error for metadata that is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have at most 4096 bytes as compact JSON")]
pub struct TooLarge;

impl Metadata {
    /// Merges `patch` into this object, as RFC 7396 says: `null` removes a member, an object is merged, and every other
    /// value replaces what was there.
    ///
    /// # Errors
    /// When the result is too large.
    pub fn merged(mut self, patch: Map<String, Value>) -> Result<Self, TooLarge> {
        merge(&mut self.0, patch);
        if self.to_json().len() > LARGEST { Err(TooLarge) } else { Ok(self) }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn as_object(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Compact JSON.
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// Reads what [`Self::to_json`] wrote. The limit does not apply: a later release can lower it.
    ///
    /// # Errors
    /// When the text is not a JSON object.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }
}

fn merge(object: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => _ = object.remove(&name),
            Value::Object(inner) => {
                let entry = object.entry(name).or_insert(Value::Null);
                // What is no object counts as an empty one.
                let mut current = match entry.take() {
                    Value::Object(current) => current,
                    _ => Map::new(),
                };
                merge(&mut current, inner);
                *entry = Value::Object(current);
            }
            value => _ = object.insert(name, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn merged(current: Value, patch: Value) -> Value {
        Value::Object(Metadata(object(current)).merged(object(patch)).unwrap().0)
    }

    /// The examples of RFC 7396, appendix A, whose target and patch are objects.
    #[test]
    fn the_examples_of_the_rfc() {
        for (current, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(merged(current.clone(), patch.clone()), expected, "{current} {patch}");
        }
    }

    #[test]
    fn the_result_is_limited_and_not_the_patch() {
        let large = |size: usize| object(json!({"a": "x".repeat(size)}));
        let full = Metadata::default().merged(large(4096 - "{\"a\":\"\"}".len())).unwrap();
        assert_eq!(full.to_json().len(), 4096);
        assert_eq!(Metadata::default().merged(large(4096)), Err(TooLarge));
        assert_eq!(full.clone().merged(object(json!({"b": 1}))), Err(TooLarge));
        let emptied = full.merged(object(json!({"a": null, "b": 1}))).unwrap();
        assert_eq!(emptied, Metadata::from_json("{\"b\":1}").unwrap());
    }
}
