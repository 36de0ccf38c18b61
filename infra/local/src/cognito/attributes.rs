//! Which attributes there are, and who may write them.

use std::collections::BTreeMap;

use stack_template::is_standard_attribute;

use super::{Cognito, errors::CognitoError};

/// What Cognito allows in a standard attribute.
const LONGEST: usize = 2048;

impl Cognito {
    /// What the schema says, whoever writes.
    pub(super) fn check_schema(&self, attributes: &BTreeMap<String, String>) -> Result<(), CognitoError> {
        let refuse = |reason: String| {
            Err(CognitoError::invalid_parameter(format!("Attributes did not conform to the schema: {reason}")))
        };
        for (name, value) in attributes {
            let longest = match self.pool.custom.get(name) {
                Some(longest) => longest.unwrap_or(LONGEST),
                None if name == "sub" => {
                    return Err(CognitoError::invalid_parameter("Cannot modify the non-mutable attribute sub"));
                }
                None if is_standard_attribute(name) => LONGEST,
                None => return refuse(format!("Type for attribute {{{name}}} could not be determined")),
            };
            if value.chars().count() > longest {
                return refuse(format!("{name}: String must be no longer than {longest} characters\n"));
            }
        }
        if attributes.get("email").is_some_and(|email| !is_email(email)) {
            return Err(CognitoError::invalid_parameter("Invalid email address format."));
        }
        Ok(())
    }

    /// What the app client lets users write.
    pub(super) fn check_writable(&self, attributes: &BTreeMap<String, String>) -> Result<(), CognitoError> {
        let verified = ["email_verified", "phone_number_verified"];
        let may = |name: &String| match &self.client.write_attributes {
            Some(writable) => writable.contains(name),
            None => !verified.contains(&name.as_str()),
        };
        if attributes.keys().all(may) {
            return Ok(());
        }
        Err(CognitoError::not_authorized("A client attempted to write unauthorized attribute"))
    }

    /// What the pool requires of every user.
    pub(super) fn check_required(&self, attributes: &BTreeMap<String, String>) -> Result<(), CognitoError> {
        match self.pool.required.iter().find(|name| attributes.get(*name).is_none_or(String::is_empty)) {
            None => Ok(()),
            Some(name) => Err(CognitoError::invalid_parameter(format!(
                "Attributes did not conform to the schema: {name}: The attribute is required\n"
            ))),
        }
    }

    /// Where addresses are user names, a new user's name has to be one.
    pub(super) fn check_new_name(&self, name: &str) -> Result<(), CognitoError> {
        if self.pool.email_is_username && !is_email(name) {
            return Err(CognitoError::invalid_parameter("Username should be an email."));
        }
        Ok(())
    }
}

/// As loose as Cognito: deliverability shows when the code arrives.
fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
    }) && !text.contains(char::is_whitespace)
        && !text.contains(char::is_control)
}
