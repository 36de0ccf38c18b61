use serde::{Deserialize, Deserializer};

use crate::domain::Patch;

/// A field of a JSON merge patch, declared with `#[serde(default)]`: absent, `null` and a value are three things.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        phone: Patch<String>,
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let phone = |body: &str| serde_json::from_str::<Body>(body).unwrap().phone;
        assert_eq!(phone("{}"), Patch::Keep);
        assert_eq!(phone("{\"phone\":null}"), Patch::Clear);
        assert_eq!(phone("{\"phone\":\"\"}"), Patch::Set(String::new()));
    }
}
