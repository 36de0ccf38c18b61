//! The environment that template.yaml gives a function, parsed once, before the first request.

use std::{collections::BTreeMap, str::FromStr};

/// A variable that is missing or wrong. The function does not start.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfiguration {
    /// template.yaml does not set it.
    #[error("the environment variable {0} is not set: template.yaml sets it for every function that needs it")]
    Missing(&'static str),
    /// Its value cannot be used.
    #[error("the environment variable {0} has no usable value: {1}")]
    Invalid(&'static str, String),
}

/// A function's environment variables by name.
#[derive(Clone, Debug)]
pub enum Variables {
    /// The process's own. Each is looked up when it is asked for: copying all of them would be part of every cold start.
    OfTheProcess,
    /// Those of a test.
    Given(BTreeMap<String, String>),
}

impl Variables {
    /// The text of a variable.
    ///
    /// # Errors
    /// When it is not set or empty.
    pub fn text(&self, name: &'static str) -> Result<String, InvalidConfiguration> {
        let value = match self {
            Self::OfTheProcess => std::env::var(name).ok(),
            Self::Given(values) => values.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty()).ok_or(InvalidConfiguration::Missing(name))
    }

    /// The text of a variable that may be missing or empty.
    pub fn optional(&self, name: &'static str) -> Option<String> {
        self.text(name).ok()
    }

    /// A variable that is a number or something else with a text form.
    ///
    /// # Errors
    /// When it is not set or cannot be parsed.
    pub fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, name: &'static str) -> Result<T, InvalidConfiguration> {
        self.checked(name, |text| text.parse::<T>())
    }

    /// A variable with a rule of its own.
    ///
    /// # Errors
    /// When it is not set or breaks the rule.
    pub fn checked<T, E: std::fmt::Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, InvalidConfiguration> {
        parse(&self.text(name)?).map_err(|error| InvalidConfiguration::Invalid(name, error.to_string()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self::Given(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
