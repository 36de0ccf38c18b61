//! Conditions of a statement: what the templates of such products use, and nothing that is only half understood.

use std::collections::BTreeMap;

use serde_json::Value;

use super::pattern;

/// The values of a request's context keys, by the key's name in lower case. A key that is missing is not in the request.
pub(crate) type Context = BTreeMap<&'static str, Vec<String>>;

pub(super) const LEADING_KEYS: &str = "dynamodb:leadingkeys";
pub(super) const ENCLOSING_OPERATION: &str = "dynamodb:enclosingoperation";
pub(super) const SELECT: &str = "dynamodb:select";
pub(super) const RETURN_VALUES: &str = "dynamodb:returnvalues";
pub(super) const FROM_ADDRESS: &str = "ses:fromaddress";
pub(super) const FROM_DISPLAY_NAME: &str = "ses:fromdisplayname";
pub(super) const RECIPIENTS: &str = "ses:recipients";

/// The context keys that are known here, and whether a request can have several values of one.
const KEYS: [(&str, bool); 7] = [
    (LEADING_KEYS, true),
    (ENCLOSING_OPERATION, false),
    (SELECT, false),
    (RETURN_VALUES, false),
    (FROM_ADDRESS, false),
    (FROM_DISPLAY_NAME, false),
    (RECIPIENTS, true),
];

/// One key of one operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    key: &'static str,
    quantifier: Quantifier,
    if_exists: bool,
    test: Test,
    values: Vec<String>,
}

/// How many of a request's values have to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    /// There is one.
    TheOne,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Equals,
    NotEquals,
    Like,
    NotLike,
    Bool,
    Null,
}

impl Condition {
    /// Reads `{operator: {key: values}}`. What is not understood is an error: a condition that is passed over would allow
    /// more here than on AWS, or less.
    pub(super) fn parse(operator: &str, key: &str, values: &Value) -> Result<Self, String> {
        let (quantifier, rest) = match operator.split_once(':') {
            Some(("ForAllValues", rest)) => (Quantifier::All, rest),
            Some(("ForAnyValue", rest)) => (Quantifier::Any, rest),
            Some(_) => return Err(format!("the condition operator {operator} is not known to the local stack")),
            None => (Quantifier::TheOne, operator),
        };
        let (name, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |name| (name, true));
        let test = match name {
            "StringEquals" => Test::Equals,
            "StringNotEquals" => Test::NotEquals,
            "StringLike" => Test::Like,
            "StringNotLike" => Test::NotLike,
            "Bool" => Test::Bool,
            "Null" if quantifier == Quantifier::TheOne && !if_exists => Test::Null,
            _ => return Err(format!("the condition operator {operator} is not known to the local stack")),
        };
        let Some((key, several)) = KEYS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(key)) else {
            return Err(format!("the condition key {key} is not known to the local stack"));
        };
        if several && quantifier == Quantifier::TheOne && test != Test::Null {
            return Err(format!("{key} has several values: {operator} wants ForAllValues: or ForAnyValue: before it"));
        }
        let values = texts(values).ok_or_else(|| format!("the values of {key} are not text"))?;
        if let Some(value) = values.iter().find(|value| value.contains("${")) {
            return Err(format!("the policy variable in {value} is not known to the local stack"));
        }
        Ok(Self { key, quantifier, if_exists, test, values })
    }

    /// Whether it holds of a request.
    pub(super) fn holds(&self, context: &Context) -> bool {
        let found = context.get(self.key).filter(|found| !found.is_empty());
        if self.test == Test::Null {
            return self.values.iter().any(|wanted| wanted.eq_ignore_ascii_case("true") == found.is_none());
        }
        match (found, self.quantifier) {
            (None, _) if self.if_exists => true,
            // As IAM has it: nothing differs from everything, all of nothing passes, any of nothing does not.
            (None, Quantifier::TheOne) => matches!(self.test, Test::NotEquals | Test::NotLike),
            (None, Quantifier::All) => true,
            (None, Quantifier::Any) => false,
            (Some(found), Quantifier::All) => found.iter().all(|value| self.passes(value)),
            (Some(found), _) => found.iter().any(|value| self.passes(value)),
        }
    }

    fn passes(&self, value: &str) -> bool {
        let any = |test: fn(&str, &str) -> bool| self.values.iter().any(|wanted| test(wanted, value));
        match self.test {
            Test::Equals => any(|wanted, value| wanted == value),
            Test::NotEquals => !any(|wanted, value| wanted == value),
            Test::Like => any(pattern::matches),
            Test::NotLike => !any(pattern::matches),
            Test::Bool => any(str::eq_ignore_ascii_case),
            Test::Null => false,
        }
    }
}

/// A text or a list of texts; booleans may be written as such.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().map(one).collect(),
        value => Some(vec![one(value)?]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(operator: &str, key: &str, wanted: Value, found: &[&str], expected: bool) {
        let condition = Condition::parse(operator, key, &wanted).unwrap();
        let values: Vec<String> = found.iter().map(|value| (*value).to_owned()).collect();
        let context = Context::from([(condition.key, values)]);
        assert_eq!(condition.holds(&context), expected, "{operator} {wanted} {found:?}");
    }

    #[test]
    fn operators_test_the_one_value() {
        const KEY: &str = "dynamodb:EnclosingOperation";
        for (operator, wanted, found, expected) in [
            ("StringEquals", json!("A"), vec!["A"], true),
            ("StringEquals", json!(["B", "A"]), vec!["A"], true),
            ("StringEquals", json!("A"), vec!["a"], false),
            ("StringEquals", json!("A*"), vec!["AB"], false),
            ("StringEquals", json!("A"), vec![], false),
            ("StringEqualsIfExists", json!("A"), vec![], true),
            ("StringEqualsIfExists", json!("A"), vec!["B"], false),
            ("StringNotEquals", json!("A"), vec!["B"], true),
            ("StringNotEquals", json!(["A", "B"]), vec!["B"], false),
            ("StringNotEquals", json!("A"), vec![], true),
            ("StringLike", json!("Transact*"), vec!["TransactWriteItems"], true),
            ("StringLike", json!("Transact?"), vec!["TransactWriteItems"], false),
            ("StringNotLike", json!("Transact*"), vec!["TransactWriteItems"], false),
            ("StringNotLike", json!("Transact*"), vec![], true),
            ("Bool", json!(true), vec!["true"], true),
            ("Bool", json!("true"), vec!["false"], false),
            ("Null", json!("true"), vec![], true),
            ("Null", json!(true), vec!["A"], false),
            ("Null", json!("false"), vec!["A"], true),
            ("Null", json!("false"), vec![], false),
        ] {
            check(operator, KEY, wanted, &found, expected);
        }
    }

    #[test]
    fn quantifiers_ask_all_values_or_any() {
        const KEY: &str = "DynamoDB:LeadingKeys";
        for (operator, found, expected) in [
            ("ForAllValues:StringLike", vec!["USER#1", "USER#2"], true),
            ("ForAllValues:StringLike", vec!["USER#1", "ORG#2"], false),
            // The trap: without a key in the request it is true.
            ("ForAllValues:StringLike", vec![], true),
            ("ForAnyValue:StringLike", vec!["USER#1", "ORG#2"], true),
            ("ForAnyValue:StringLike", vec!["ORG#2"], false),
            ("ForAnyValue:StringLike", vec![], false),
            ("ForAnyValue:StringLikeIfExists", vec![], true),
            ("ForAllValues:StringNotLike", vec!["ORG#1", "USER#2"], false),
            ("ForAnyValue:StringNotLike", vec!["ORG#1", "USER#2"], true),
        ] {
            check(operator, KEY, json!(["USER#*"]), &found, expected);
        }
        check("Null", KEY, json!("false"), &["USER#1"], true);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (operator, key, values, named) in [
            ("NumericLessThan", "dynamodb:Select", json!("1"), "NumericLessThan"),
            ("ForSomeValues:StringEquals", "dynamodb:Select", json!("1"), "ForSomeValues"),
            ("NullIfExists", "dynamodb:Select", json!("true"), "NullIfExists"),
            ("StringEquals", "aws:SourceIp", json!("1"), "aws:SourceIp"),
            ("StringEquals", "dynamodb:Attributes", json!("1"), "dynamodb:Attributes"),
            ("StringEquals", "dynamodb:LeadingKeys", json!("1"), "ForAllValues"),
            ("ForAllValues:StringEquals", "dynamodb:LeadingKeys", json!(["${aws:userid}"]), "${aws:userid}"),
            ("StringEquals", "dynamodb:Select", json!({}), "not text"),
        ] {
            let reason = Condition::parse(operator, key, &values).unwrap_err();
            assert!(reason.contains(named), "{operator} {key}: {reason}");
        }
    }
}
