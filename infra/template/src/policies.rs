//! What a function may do, as its `Policies` say. SAM makes them the inline policies of a role of the function's own.
//!
//! What SAM adds by itself is not here: reading the stream of an event source, writing to its dead-letter queue, logs and
//! traces. The local stack does those itself, with no credentials of the function.

use serde_json::Value;

use super::{Names, Template, TemplateError, not_understood};

impl Template {
    /// The statements of a function's policies. What is not understood is an error, never a permission.
    pub(super) fn statements(&self, id: &str, properties: &Value, names: &Names) -> Result<Vec<Value>, TemplateError> {
        let place = format!("{id}.Policies");
        if properties.get("Role").is_some() {
            return Err(not_understood(format!("{id}.Role"), "what a role of its own may do is not known here"));
        }
        let Some(policies) = properties.get("Policies") else { return Ok(Vec::new()) };
        let mut statements = Vec::new();
        for policy in listed(self.evaluate(policies, names, &place)?) {
            let Some(found) = policy.get("Statement") else {
                let what = policy.as_object().and_then(|map| map.keys().next().map(String::as_str));
                let what = what.or(policy.as_str()).unwrap_or_default();
                let reason = format!("what {what} allows is not known to the local stack: write its statements out");
                return Err(not_understood(place, reason));
            };
            statements.extend(listed(found.clone()));
        }
        Ok(statements)
    }
}

/// A list, or one that stands for a list.
fn listed(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn functions(properties: &str) -> Result<Vec<Value>, TemplateError> {
        let text = format!(
            "Resources:
  Table: {{Type: 'AWS::DynamoDB::Table'}}
  F:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: f}}}}
    Properties: {properties}
"
        );
        let template = Template::parse(&text, &BTreeMap::new())?;
        let names = Names { table_name: "items".to_owned(), ..Names::default() };
        Ok(template.functions(&names)?.remove(0).statements)
    }

    #[test]
    fn a_list_of_policies_and_one_alone_are_the_same() {
        let statement = "{Effect: Allow, Action: 'dynamodb:GetItem', Resource: !GetAtt Table.Arn}";
        let alone = functions(&format!("{{Policies: {{Statement: {statement}}}}}")).unwrap();
        let listed =
            functions(&format!("{{Policies: [{{Version: '2012-10-17', Statement: [{statement}]}}]}}")).unwrap();
        assert_eq!(alone, listed);
        assert_eq!(functions("{}").unwrap(), Vec::<Value>::new());
        assert_ne!(alone, Vec::<Value>::new());
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place() {
        for (properties, place, named) in [
            ("{Policies: AmazonDynamoDBFullAccess}", "F.Policies", "AmazonDynamoDBFullAccess"),
            ("{Policies: [{DynamoDBCrudPolicy: {TableName: x}}]}", "F.Policies", "DynamoDBCrudPolicy"),
            ("{Role: 'arn:aws:iam::1:role/x'}", "F.Role", "role"),
            (
                "{Policies: [{Statement: [{Effect: Allow, Action: 'a:b', Resource: !Ref Nothing}]}]}",
                "F.Policies",
                "Nothing",
            ),
        ] {
            let error = functions(properties).unwrap_err().to_string();
            assert!(error.starts_with(place) && error.contains(named), "{properties}: {error}");
        }
    }
}
