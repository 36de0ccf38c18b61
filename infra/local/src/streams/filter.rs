//! Filter patterns, as Lambda's event source mappings and EventBridge write them.

use serde_json::Value;
use stack_template::{Function, Source, TemplateError};

/// Refuses a function whose stream has a filter, or whose rule has a pattern, that is not understood.
pub(crate) fn check_filters(functions: &[Function]) -> Result<(), TemplateError> {
    functions.iter().flat_map(|function| function.sources.iter().map(move |source| (function, source))).try_for_each(
        |(function, source)| {
            let (property, patterns) = match source {
                Source::Stream(stream) => ("FilterCriteria", stream.filters.as_slice()),
                Source::Rule(pattern) => ("Pattern", std::slice::from_ref(pattern)),
                _ => return Ok(()),
            };
            patterns.iter().try_for_each(check).map_err(|reason| TemplateError::NotUnderstood {
                place: format!("{}.Events.{property}", function.id),
                reason,
            })
        },
    )
}

/// Refuses a pattern that [`matches`] would not understand.
fn check(pattern: &Value) -> Result<(), String> {
    match pattern {
        Value::Object(fields) => fields.values().try_for_each(check),
        Value::Array(rules) => rules.iter().try_for_each(|rule| match rule {
            Value::Object(rule) => match rule.keys().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["exists" | "prefix" | "suffix" | "anything-but" | "numeric" | "equals-ignore-case"] => Ok(()),
                other => Err(format!("the filter {} is not known to the local stack", other.join(", "))),
            },
            Value::Array(_) => Err("a filter is a list of values, not of lists".to_owned()),
            _ => Ok(()),
        }),
        _ => Err("a filter pattern ends in lists of values".to_owned()),
    }
}

/// Whether a record passes: every field of the pattern must match, any value of its list suffices.
pub(crate) fn matches(pattern: &Value, record: Option<&Value>) -> bool {
    match pattern {
        // A field that is not there still has to be asked: `exists: false` is about just that.
        Value::Object(fields) => {
            fields.iter().all(|(name, pattern)| matches(pattern, record.and_then(|record| record.get(name))))
        }
        Value::Array(rules) => rules.iter().any(|rule| match record {
            Some(Value::Array(items)) => items.iter().any(|item| one(rule, Some(item))),
            other => one(rule, other),
        }),
        _ => false,
    }
}

fn one(rule: &Value, value: Option<&Value>) -> bool {
    let Some((name, argument)) = rule.as_object().and_then(|rule| rule.iter().next()) else {
        return value == Some(rule);
    };
    let text = value.and_then(Value::as_str);
    let words = || argument.as_str();
    match name.as_str() {
        // Only leaves exist, as EventBridge has it.
        "exists" => value.is_some_and(|value| !value.is_object()) == (argument == &Value::Bool(true)),
        "prefix" => text.zip(words()).is_some_and(|(text, prefix)| text.starts_with(prefix)),
        "suffix" => text.zip(words()).is_some_and(|(text, suffix)| text.ends_with(suffix)),
        "equals-ignore-case" => text.zip(words()).is_some_and(|(text, other)| text.eq_ignore_ascii_case(other)),
        "anything-but" => value.is_some_and(|value| match argument {
            Value::Array(others) => !others.contains(value),
            Value::Object(_) => !one(argument, Some(value)),
            other => value != other,
        }),
        "numeric" => value.and_then(Value::as_f64).is_some_and(|number| numeric(argument, number)),
        _ => false,
    }
}

/// `[">", 0, "<=", 5]`.
fn numeric(argument: &Value, number: f64) -> bool {
    let Some(parts) = argument.as_array() else {
        return false;
    };
    parts.chunks(2).all(|pair| match pair {
        [Value::String(operator), bound] => bound.as_f64().is_some_and(|bound| match operator.as_str() {
            "=" => number == bound,
            "<" => number < bound,
            "<=" => number <= bound,
            ">" => number > bound,
            ">=" => number >= bound,
            _ => false,
        }),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_match(pattern: Value, record: Value, expected: bool) {
        check(&pattern).unwrap();
        assert_eq!(matches(&pattern, Some(&record)), expected, "{pattern} on {record}");
    }

    #[test]
    fn patterns_match_as_lambda_documents_them() {
        let image = |status: &str| json!({"dynamodb": {"NewImage": {"status": {"S": status}, "count": {"N": "3"}}}});
        let status = |rule: Value| json!({"dynamodb": {"NewImage": {"status": {"S": [rule]}}}});
        check_match(status(json!("queued")), image("queued"), true);
        check_match(status(json!("queued")), image("sent"), false);
        check_match(status(json!("queued")), json!({"dynamodb": {"OldImage": {"status": {"S": "queued"}}}}), false);
        check_match(status(json!({"prefix": "que"})), image("queued"), true);
        check_match(status(json!({"suffix": "ent"})), image("queued"), false);
        check_match(status(json!({"anything-but": ["sent"]})), image("queued"), true);
        check_match(status(json!({"anything-but": "queued"})), image("queued"), false);
        check_match(status(json!({"exists": false})), json!({"dynamodb": {}}), true);
        check_match(status(json!({"exists": true})), image("queued"), true);
        check_match(json!({"n": [{"numeric": [">", 0, "<=", 5]}]}), json!({"n": 5}), true);
        check_match(json!({"n": [{"numeric": [">", 0, "<=", 5]}]}), json!({"n": 6}), false);
        check_match(json!({"n": ["a", null]}), json!({"n": null}), true);
        check_match(json!({}), image("any"), true);
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_refused() {
        for pattern in [json!({"a": "b"}), json!({"a": [{"cidr": "10.0.0.0/8"}]}), json!({"a": [["b"]]}), json!(3)] {
            assert!(check(&pattern).is_err(), "{pattern}");
        }
    }
}
