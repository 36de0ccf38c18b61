//! CloudFormation's functions, as far as a template for this product uses them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Names, Template, TemplateError, names, not_understood,
    parameters::{number, text},
};

impl Template {
    /// A value with every function in it replaced by what it stands for. `place` is named in errors.
    pub(super) fn evaluate(&self, value: &Value, names: &Names, place: &str) -> Result<Value, TemplateError> {
        // `AWS::NoValue` removes the property; at the top there is nothing to remove it from.
        Ok(self.value(value, names, place)?.unwrap_or(Value::Null))
    }

    fn value(&self, value: &Value, names: &Names, place: &str) -> Result<Option<Value>, TemplateError> {
        match value {
            Value::Array(items) => {
                let mut evaluated = Vec::with_capacity(items.len());
                for item in items {
                    evaluated.extend(self.value(item, names, place)?);
                }
                Ok(Some(Value::Array(evaluated)))
            }
            Value::Object(map) => {
                if let Some((function, argument)) = single(map) {
                    return self.function(function, argument, names, place);
                }
                let mut evaluated = Map::new();
                for (key, value) in map {
                    if let Some(value) = self.value(value, names, &format!("{place}.{key}"))? {
                        evaluated.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Object(evaluated)))
            }
            scalar => Ok(Some(scalar.clone())),
        }
    }

    fn function(
        &self,
        function: &str,
        argument: &Value,
        names: &Names,
        place: &str,
    ) -> Result<Option<Value>, TemplateError> {
        let wrong = |reason: &str| not_understood(place, format!("{function} {reason}"));
        let evaluated = |argument: &Value| self.evaluate(argument, names, place);
        let list = || match evaluated(argument)? {
            Value::Array(items) => Ok(items),
            _ => Err(wrong("wants a list")),
        };
        Ok(Some(match function {
            "Ref" => {
                let name = argument.as_str().ok_or_else(|| wrong("wants a name"))?;
                if name == "AWS::NoValue" {
                    return Ok(None);
                }
                self.reference(name, names, place)?
            }
            "Fn::GetAtt" => {
                let target = match argument {
                    Value::Array(parts) => parts.iter().map(text).collect::<Vec<_>>().join("."),
                    other => text(other),
                };
                let (resource, attribute) = target.split_once('.').ok_or_else(|| wrong("names no attribute"))?;
                Value::String(self.attribute(resource, attribute, names, place)?)
            }
            "Fn::Sub" => match argument {
                Value::String(pattern) => Value::String(self.substitute(pattern, &Map::new(), names, place)?),
                Value::Array(parts) => {
                    let [Value::String(pattern), variables] = parts.as_slice() else {
                        return Err(wrong("wants text and a map"));
                    };
                    let variables = match evaluated(variables)? {
                        Value::Object(variables) => variables,
                        _ => return Err(wrong("wants text and a map")),
                    };
                    Value::String(self.substitute(pattern, &variables, names, place)?)
                }
                _ => return Err(wrong("wants text")),
            },
            "Fn::Join" => match list()?.as_slice() {
                [separator, Value::Array(items)] => {
                    Value::String(items.iter().map(text).collect::<Vec<_>>().join(&text(separator)))
                }
                _ => return Err(wrong("wants a separator and a list")),
            },
            "Fn::Split" => match list()?.as_slice() {
                [separator, source] => {
                    let source = text(source);
                    Value::Array(source.split(&text(separator)).map(|part| Value::String(part.to_owned())).collect())
                }
                _ => return Err(wrong("wants a separator and text")),
            },
            "Fn::Select" => match list()?.as_slice() {
                [index, Value::Array(items)] => {
                    let index = number(index).ok_or_else(|| wrong("wants an index"))? as usize;
                    items.get(index).cloned().ok_or_else(|| wrong("selects beyond the end of the list"))?
                }
                _ => return Err(wrong("wants an index and a list")),
            },
            "Fn::If" => {
                let Some([condition, yes, no]) = argument.as_array().map(Vec::as_slice) else {
                    return Err(wrong("wants three values"));
                };
                let name = text(condition);
                let holds =
                    self.conditions.get(&name).copied().ok_or_else(|| wrong(&format!("names no condition: {name}")))?;
                return self.value(if holds { yes } else { no }, names, place);
            }
            "Fn::FindInMap" => {
                let keys = list()?;
                let found = keys
                    .iter()
                    .try_fold(self.root.get("Mappings").unwrap_or(&Value::Null), |map, key| map.get(text(key)));
                found.cloned().ok_or_else(|| wrong("finds nothing"))?
            }
            other => {
                return Err(not_understood(place, format!("{other} is not known to the local stack")));
            }
        }))
    }

    fn reference(&self, name: &str, names: &Names, place: &str) -> Result<Value, TemplateError> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        let text = match name {
            "AWS::Region" => self.region.clone(),
            "AWS::AccountId" => names::ACCOUNT.to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            "AWS::StackName" => "local".to_owned(),
            "AWS::StackId" => format!("arn:aws:cloudformation:{}:{}:stack/local/0", self.region, names::ACCOUNT),
            _ => {
                return names
                    .reference(self, name)
                    .map(Value::String)
                    .ok_or_else(|| not_understood(place, format!("Ref {name} refers to nothing that is known here")));
            }
        };
        Ok(Value::String(text))
    }

    fn attribute(&self, resource: &str, attribute: &str, names: &Names, place: &str) -> Result<String, TemplateError> {
        names.attribute(self, resource, attribute).ok_or_else(|| {
            not_understood(place, format!("GetAtt {resource}.{attribute} refers to nothing that is known here"))
        })
    }

    fn substitute(
        &self,
        pattern: &str,
        variables: &Map<String, Value>,
        names: &Names,
        place: &str,
    ) -> Result<String, TemplateError> {
        let mut result = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let (name, behind) =
                after.split_once('}').ok_or_else(|| not_understood(place, "Fn::Sub has a ${ without its }"))?;
            rest = behind;
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
            } else if let Some(value) = variables.get(name) {
                result.push_str(&text(value));
            } else if let Some((resource, attribute)) = name.split_once('.') {
                result.push_str(&self.attribute(resource, attribute, names, place)?);
            } else {
                result.push_str(&text(&self.reference(name, names, place)?));
            }
        }
        result.push_str(rest);
        Ok(result)
    }

    /// Every condition. They can name one another, in any order.
    pub(super) fn resolve_conditions(&self) -> Result<BTreeMap<String, bool>, TemplateError> {
        let none = Map::new();
        let declared = self.root.get("Conditions").and_then(Value::as_object).unwrap_or(&none);
        declared
            .keys()
            .map(|name| Ok((name.clone(), self.condition(declared, &serde_json::json!({"Condition": name}), name, 0)?)))
            .collect()
    }

    fn condition(
        &self,
        declared: &Map<String, Value>,
        value: &Value,
        name: &str,
        depth: usize,
    ) -> Result<bool, TemplateError> {
        let place = format!("Conditions.{name}");
        let wrong = |reason: &str| not_understood(place.clone(), reason);
        if depth > declared.len() * 4 + 32 {
            return Err(wrong("it depends on itself"));
        }
        let Some((function, argument)) = value.as_object().and_then(|map| map.iter().next()) else {
            return Err(wrong("it is not a condition"));
        };
        let each = || -> Result<Vec<bool>, TemplateError> {
            let items = argument.as_array().ok_or_else(|| wrong("it wants a list"))?;
            items.iter().map(|item| self.condition(declared, item, name, depth + 1)).collect()
        };
        match function.as_str() {
            "Condition" => {
                let next = text(argument);
                let value = declared.get(&next).ok_or_else(|| wrong(&format!("there is no condition {next}")))?;
                self.condition(declared, value, &next, depth + 1)
            }
            "Fn::Equals" => match self.evaluate(argument, &Names::default(), &place)? {
                Value::Array(items) if items.len() == 2 => Ok(items.first().map(text) == items.last().map(text)),
                _ => Err(wrong("Fn::Equals wants two values")),
            },
            "Fn::Not" => Ok(each()?.iter().all(|holds| !holds)),
            "Fn::And" => Ok(each()?.iter().all(|holds| *holds)),
            "Fn::Or" => Ok(each()?.iter().any(|holds| *holds)),
            other => Err(wrong(&format!("{other} is not known in a condition"))),
        }
    }
}

fn single(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    super::document::is_intrinsic(map).then(|| map.iter().next().map(|(key, value)| (key.as_str(), value)))?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEMPLATE: &str = "
Parameters:
  Stage: {Type: String, Default: test}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
Mappings: {Sizes: {test: {memory: 128}}}
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsLive: !Not [!Condition IsTest]
  Either: !Or [!Condition IsTest, !Condition IsLive]
  Both: !And [!Condition IsTest, !Condition IsLive]
Resources:
  Table: {Type: 'AWS::DynamoDB::Table'}
  Gone: {Type: 'AWS::DynamoDB::Table', Condition: IsLive}
";

    #[track_caller]
    fn evaluate(yaml: &str) -> Result<Value, TemplateError> {
        let template = Template::parse(TEMPLATE, &BTreeMap::new()).unwrap();
        let value = crate::Document::parse(&format!("Resources: {{Value: {yaml}}}")).unwrap().into_json();
        template.evaluate(
            &value["Resources"]["Value"],
            &Names { table_name: "items".to_owned(), ..Names::default() },
            "Here",
        )
    }

    #[test]
    fn functions_evaluate_as_cloudformation_documents_them() {
        for (yaml, expected) in [
            ("!Ref Stage", json!("test")),
            ("!Ref Table", json!("items")),
            ("!Sub 'a-${Stage}-${!Stage}-${AWS::AccountId}'", json!("a-test-${Stage}-000000000000")),
            ("!Sub ['${x}/${Stage}', {x: !Ref Zones}]", json!("[\"a\",\"b\"]/test")),
            ("!Join ['-', [a, !Ref Stage]]", json!("a-test")),
            ("!Join [',', !Ref Zones]", json!("a,b")),
            ("!Select [1, !Split ['.', a.b.c]]", json!("b")),
            ("!Select ['0', !Ref Zones]", json!("a")),
            ("!If [IsTest, yes, no]", json!("yes")),
            ("!If [IsLive, yes, no]", json!("no")),
            ("!If [Either, 1, 2]", json!(1)),
            ("!If [Both, 1, 2]", json!(2)),
            ("{a: !If [IsLive, 1, !Ref 'AWS::NoValue'], b: 2}", json!({"b": 2})),
            ("{'Fn::Sub': '${Stage}'}", json!("test")),
            ("{'Fn::GetAtt': [Table, Arn]}", json!("arn:aws:dynamodb:us-east-1:000000000000:table/items")),
            ("!FindInMap [Sizes, !Ref Stage, memory]", json!(128)),
        ] {
            assert_eq!(evaluate(yaml).unwrap(), expected, "{yaml}");
        }
    }

    #[test]
    fn what_is_not_known_names_its_place() {
        for yaml in
            ["{deep: !ImportValue x}", "{deep: !Ref Nothing}", "{deep: !GetAtt Table.Color}", "{deep: !Sub '${Stage'}"]
        {
            let error = evaluate(yaml).unwrap_err().to_string();
            assert!(error.starts_with("Here.deep"), "{yaml}: {error}");
        }
    }

    #[test]
    fn a_condition_that_depends_on_itself_is_refused() {
        let circle = "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources: {}";
        assert!(Template::parse(circle, &BTreeMap::new()).unwrap_err().to_string().contains("itself"));
    }

    #[test]
    fn a_resource_whose_condition_does_not_hold_is_not_there() {
        let template = Template::parse(TEMPLATE, &BTreeMap::new()).unwrap();
        assert_eq!(template.only("AWS::DynamoDB::Table").unwrap().0, "Table");
    }
}
