//! Values of the template's parameters, checked as CloudFormation checks them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::TemplateError;

/// What was given, then the template's defaults.
pub(super) fn resolve(
    declared: &Map<String, Value>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, TemplateError> {
    if let Some(name) = given.keys().find(|name| !declared.contains_key(*name)) {
        let known = declared.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(TemplateError::UnknownParameter { name: name.clone(), known });
    }
    declared
        .iter()
        .map(|(name, declaration)| {
            let refuse = |reason: String| TemplateError::Parameter { name: name.clone(), reason };
            let value = given
                .get(name)
                .cloned()
                .or_else(|| declaration.get("Default").map(text))
                .ok_or_else(|| refuse("it has no value".to_owned()))?;
            check(declaration, &value).map_err(refuse)?;
            Ok((name.clone(), typed(declaration, value)))
        })
        .collect()
}

fn typed(declaration: &Value, value: String) -> Value {
    let kind = declaration.get("Type").and_then(Value::as_str).unwrap_or("String");
    if kind == "CommaDelimitedList" || kind.starts_with("List<") {
        return Value::Array(value.split(',').map(|item| Value::String(item.trim().to_owned())).collect());
    }
    Value::String(value)
}

fn check(declaration: &Value, value: &str) -> Result<(), String> {
    // The template's own words, where it has some, beat ours.
    let say = |reason: String| match declaration.get("ConstraintDescription").and_then(Value::as_str) {
        Some(description) => format!("\"{value}\" {description}"),
        None => format!("\"{value}\" {reason}"),
    };
    if let Some(pattern) = declaration.get("AllowedPattern").and_then(Value::as_str) {
        let whole = regex_lite::Regex::new(&format!("^(?:{pattern})$"))
            .map_err(|error| format!("its AllowedPattern is not understood ({error})"))?;
        if !whole.is_match(value) {
            return Err(say(format!("does not match {pattern}")));
        }
    }
    if let Some(allowed) = declaration.get("AllowedValues").and_then(Value::as_array) {
        let allowed: Vec<String> = allowed.iter().map(text).collect();
        if !allowed.iter().any(|allowed| allowed == value) {
            return Err(say(format!("is none of {}", allowed.join(", "))));
        }
    }
    let limit = |name: &str| declaration.get(name).and_then(number);
    let length = value.chars().count() as f64;
    if limit("MinLength").is_some_and(|least| length < least) {
        return Err(say("is too short".to_owned()));
    }
    if limit("MaxLength").is_some_and(|most| length > most) {
        return Err(say("is too long".to_owned()));
    }
    if declaration.get("Type").and_then(Value::as_str) == Some("Number") {
        let number: f64 = value.parse().map_err(|_| say("is not a number".to_owned()))?;
        if limit("MinValue").is_some_and(|least| number < least) {
            return Err(say("is too small".to_owned()));
        }
        if limit("MaxValue").is_some_and(|most| number > most) {
            return Err(say("is too large".to_owned()));
        }
    }
    Ok(())
}

/// A scalar as CloudFormation writes it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A number, which templates may also write as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Template;
    use super::*;

    const TEMPLATE: &str = "
Parameters:
  Name: {Type: String, Default: a, MinLength: 1, MaxLength: 3}
  Days: {Type: Number, Default: 7, MinValue: 1, MaxValue: 30}
  Size: {Type: String, Default: small, AllowedValues: [small, large]}
  Url: {Type: String, Default: 'http://a', AllowedPattern: 'https?://.+', ConstraintDescription: must be an address}
Resources: {}
";

    #[track_caller]
    fn refusal(name: &str, value: &str) -> String {
        Template::parse(TEMPLATE, &BTreeMap::from([(name.to_owned(), value.to_owned())])).unwrap_err().to_string()
    }

    #[test]
    fn what_a_declaration_forbids_is_refused() {
        assert!(refusal("Name", "").contains("too short"));
        assert!(refusal("Name", "long").contains("too long"));
        assert!(refusal("Days", "0").contains("too small"));
        assert!(refusal("Days", "31").contains("too large"));
        assert!(refusal("Days", "a week").contains("not a number"));
        assert!(refusal("Size", "medium").contains("none of small, large"));
        assert!(refusal("Url", "ftp://a http://b").contains("must be an address"));
        assert!(refusal("Nonesuch", "x").contains("no parameter Nonesuch"));
    }

    #[test]
    fn a_parameter_without_a_value_is_refused() {
        let error =
            Template::parse("Parameters: {Other: {Type: String}}\nResources: {}", &BTreeMap::new()).unwrap_err();
        assert!(error.to_string().contains("Other"), "{error}");
    }
}
