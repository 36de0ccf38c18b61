//! YAML with CloudFormation's tags to one plain form, and SAM's `Globals` merged into the functions.

use serde_json::{Map, Value, json};
use serde_norway::Value as Yaml;

use super::TemplateError;

/// Parses a template. Tags become their long form: `!Ref X` is `{"Ref": "X"}` afterwards.
pub(super) fn parse(text: &str) -> Result<Value, TemplateError> {
    let unreadable = |reason: String| TemplateError::Unreadable { path: "the template".to_owned(), reason };
    let yaml: Yaml = serde_norway::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    let mut root = plain(yaml).map_err(unreadable)?;
    if root.get("Resources").and_then(Value::as_object).is_none() {
        return Err(unreadable("it has no Resources".to_owned()));
    }
    merge_globals(&mut root);
    Ok(root)
}

fn plain(yaml: Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => json!(integer),
            (None, Some(float)) => json!(float),
            (None, None) => json!(number.to_string()),
        },
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(plain).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match key {
                    Yaml::String(key) => key,
                    Yaml::Number(number) => number.to_string(),
                    Yaml::Bool(value) => value.to_string(),
                    _ => return Err("a key is not text".to_owned()),
                };
                map.insert(key, plain(value)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!').to_owned();
            let value = plain(tagged.value)?;
            let (name, value) = match (name.as_str(), value) {
                ("Ref" | "Condition", value) => (name, value),
                // The short form writes `!GetAtt Table.Arn`; the attribute may hold dots of its own.
                ("GetAtt", Value::String(text)) => {
                    let (resource, attribute) =
                        text.split_once('.').ok_or_else(|| format!("!GetAtt {text} names no attribute"))?;
                    ("Fn::GetAtt".to_owned(), json!([resource, attribute]))
                }
                (_, value) => (format!("Fn::{name}"), value),
            };
            Value::Object(Map::from_iter([(name, value)]))
        }
    })
}

/// SAM: maps are merged, lists are appended to, anything else in the function wins.
fn merge_globals(root: &mut Value) {
    let globals = root.get("Globals").cloned().unwrap_or_default();
    let sections = [("Function", "AWS::Serverless::Function"), ("HttpApi", "AWS::Serverless::HttpApi")];
    let Some(resources) = root.get_mut("Resources").and_then(Value::as_object_mut) else {
        return;
    };
    for (section, kind) in sections {
        let Some(global) = globals.get(section) else {
            continue;
        };
        for resource in
            resources.values_mut().filter(|resource| resource.get("Type").and_then(Value::as_str) == Some(kind))
        {
            let Some(resource) = resource.as_object_mut() else {
                continue;
            };
            let own = resource.remove("Properties").unwrap_or_default();
            resource.insert("Properties".to_owned(), merge(global.clone(), own));
        }
    }
}

fn merge(global: Value, own: Value) -> Value {
    match (global, own) {
        (global, Value::Null) => global,
        (Value::Object(mut global), Value::Object(own)) if !is_intrinsic(&global) && !is_intrinsic(&own) => {
            for (key, value) in own {
                let merged = match global.remove(&key) {
                    Some(below) => merge(below, value),
                    None => value,
                };
                global.insert(key, merged);
            }
            Value::Object(global)
        }
        (Value::Array(mut global), Value::Array(own)) => {
            global.extend(own);
            Value::Array(global)
        }
        (_, own) => own,
    }
}

/// `{"Ref": …}` and `{"Fn::…": …}` are values, not maps to merge into.
pub(super) fn is_intrinsic(map: &Map<String, Value>) -> bool {
    map.len() == 1 && map.keys().all(|key| key == "Ref" || key.starts_with("Fn::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_their_long_form() {
        let root = parse("Resources:\n  A: !Sub 'x-${B}'\n  B: !GetAtt C.D.E\n  C: !If [X, !Ref Y, 1]\n").unwrap();
        assert_eq!(
            root["Resources"],
            json!({
                "A": {"Fn::Sub": "x-${B}"},
                "B": {"Fn::GetAtt": ["C", "D.E"]},
                "C": {"Fn::If": ["X", {"Ref": "Y"}, 1]},
            })
        );
    }

    #[test]
    fn globals_are_merged_as_sam_does() {
        let root = parse(
            "Globals: {Function: {Timeout: 10, Environment: {Variables: {A: 1, B: !Ref X}}, Layers: [a]}}\n\
             Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Timeout: 5, Layers: [b], Environment: {Variables: {B: 2}}}}}",
        )
        .unwrap();
        assert_eq!(
            root["Resources"]["F"]["Properties"],
            json!({"Timeout": 5, "Layers": ["a", "b"], "Environment": {"Variables": {"A": 1, "B": 2}}})
        );
    }

    #[test]
    fn something_that_is_no_template_is_refused() {
        for text in ["", "a: [", "Resources: 3", "just text"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
