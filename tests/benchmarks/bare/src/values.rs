//! DynamoDB's JSON as the SDK's types.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

/// `{"S": "…"}` and the other kinds that the product writes.
pub fn value(json: &Value) -> Option<AttributeValue> {
    let (kind, json) = json.as_object()?.iter().next()?;
    Some(match kind.as_str() {
        "S" => AttributeValue::S(text(json)?),
        "N" => AttributeValue::N(text(json)?),
        "BOOL" => AttributeValue::Bool(json.as_bool()?),
        "NULL" => AttributeValue::Null(true),
        "SS" => AttributeValue::Ss(json.as_array()?.iter().map(text).collect::<Option<_>>()?),
        "L" => AttributeValue::L(json.as_array()?.iter().map(value).collect::<Option<_>>()?),
        "M" => AttributeValue::M(values(json)?),
        _ => return None,
    })
}

/// An item, a key or the values of an expression.
pub fn values(json: &Value) -> Option<HashMap<String, AttributeValue>> {
    json.as_object()?.iter().map(|(name, json)| Some((name.clone(), value(json)?))).collect()
}

/// The names of an expression.
pub fn names(json: &Value) -> Option<HashMap<String, String>> {
    json.as_object()?.iter().map(|(name, json)| Some((name.clone(), text(json)?))).collect()
}

/// A text.
pub fn text(json: &Value) -> Option<String> {
    json.as_str().map(str::to_owned)
}
