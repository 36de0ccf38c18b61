//! What the functions may do.

use serde_json::Value;

use super::{Names, Template, TemplateError, not_understood, properties};

impl Template {
    /// The logical id of a function's role, SAM's own where it names none, and the statements of its policies. What is not
    /// understood is an error, never a permission.
    pub(super) fn role(
        &self,
        id: &str,
        function: &Value,
        names: &Names,
    ) -> Result<(String, Vec<Value>), TemplateError> {
        let Some(role) = function.get("Role") else {
            let place = format!("{id}.Policies");
            let policies = self.listed(function.get("Policies"), names, &place)?;
            return Ok((format!("{id}Role"), statements(&place, policies)?));
        };
        // With a role, SAM passes over `Policies`.
        if function.get("Policies").is_some() {
            return Err(not_understood(format!("{id}.Policies"), "beside a Role, SAM ignores them"));
        }
        let named = role.pointer("/Fn::GetAtt/0").and_then(Value::as_str);
        let found = named.and_then(|named| self.resources("AWS::IAM::Role").into_iter().find(|(id, _)| *id == named));
        let (role, resource) =
            found.ok_or_else(|| not_understood(format!("{id}.Role"), "it is no role of this template"))?;
        if let Some(other) =
            ["ManagedPolicyArns", "PermissionsBoundary"].iter().find(|key| properties(resource).get(key).is_some())
        {
            return Err(not_understood(
                format!("{role}.{other}"),
                "what it allows is not known to the local stack: write its statements out",
            ));
        }
        let mut found = self.documents(&format!("{role}.Policies"), properties(resource).get("Policies"), names)?;
        for (policy, resource) in self.resources("AWS::IAM::Policy") {
            let roles = properties(resource).get("Roles").and_then(Value::as_array).into_iter().flatten();
            if roles.filter_map(|one| one.get("Ref")).any(|one| one == role) {
                found.extend(self.documents(policy, Some(properties(resource)), names)?);
            }
        }
        Ok((role.to_owned(), found))
    }

    /// The statements of inline policies.
    fn documents(&self, place: &str, policies: Option<&Value>, names: &Names) -> Result<Vec<Value>, TemplateError> {
        let policies = self.listed(policies, names, place)?;
        statements(
            place,
            policies.iter().map(|policy| policy.get("PolicyDocument").cloned().unwrap_or_default()).collect(),
        )
    }

    fn listed(&self, value: Option<&Value>, names: &Names, place: &str) -> Result<Vec<Value>, TemplateError> {
        value.map_or(Ok(Vec::new()), |value| Ok(listed(self.evaluate(value, names, place)?)))
    }
}

fn statements(place: &str, policies: Vec<Value>) -> Result<Vec<Value>, TemplateError> {
    let mut statements = Vec::new();
    for policy in policies {
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
  Managed: {{Type: 'AWS::IAM::Role', Properties: {{ManagedPolicyArns: ['arn:aws:iam::aws:policy/X']}}}}
  Own:
    Type: AWS::IAM::Role
    Properties: {{Policies: [{{PolicyName: a, PolicyDocument: {{Statement: [{{Sid: Inline, Resource: !GetAtt Table.Arn}}]}}}}]}}
  Added:
    Type: AWS::IAM::Policy
    Properties: {{Roles: [!Ref Managed, !Ref Own], PolicyName: b, PolicyDocument: {{Statement: {{Sid: Added}}}}}}
  OfAnother:
    Type: AWS::IAM::Policy
    Properties: {{Roles: [!Ref Managed], PolicyName: b, PolicyDocument: {{Statement: {{Sid: OfAnother}}}}}}
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
    fn a_role_has_its_own_policies_and_those_added_to_it() {
        let found = functions("{Role: !GetAtt Own.Arn}").unwrap();
        let sids: Vec<_> = found.iter().map(|statement| statement["Sid"].as_str().unwrap()).collect();
        assert_eq!(sids, ["Inline", "Added"]);
        assert_eq!(found[0]["Resource"], "arn:aws:dynamodb:us-east-1:000000000000:table/items");
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place() {
        for (properties, place, named) in [
            ("{Policies: AmazonDynamoDBFullAccess}", "F.Policies", "AmazonDynamoDBFullAccess"),
            ("{Policies: [{DynamoDBCrudPolicy: {TableName: x}}]}", "F.Policies", "DynamoDBCrudPolicy"),
            ("{Role: 'arn:aws:iam::1:role/x'}", "F.Role", "role"),
            ("{Role: !GetAtt Nothing.Arn}", "F.Role", "role"),
            ("{Role: !GetAtt Own.Arn, Policies: []}", "F.Policies", "ignores"),
            ("{Role: !GetAtt Managed.Arn}", "Managed.ManagedPolicyArns", "statements"),
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
