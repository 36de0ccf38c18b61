//! `Fn::ForEach`, as the transform `AWS::LanguageExtensions` writes it out before SAM sees the template.
//!
//! The identifier of a loop is replaced in the keys of its body (`${Name}`, and `&{Name}` without what is not alphanumeric), in
//! `Fn::Sub` and where `Ref` names it; a plain text keeps its placeholders.

use serde_json::{Map, Value};

use super::{TemplateError, not_understood};

const LOOP: &str = "Fn::ForEach::";

/// Writes out every loop, the inner ones first.
pub(super) fn unroll(value: &mut Value) -> Result<(), TemplateError> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(unroll),
        Value::Object(map) => {
            map.values_mut().try_for_each(unroll)?;
            if map.keys().any(|key| key.starts_with(LOOP)) {
                let mut written = Map::new();
                for (key, value) in std::mem::take(map) {
                    match key.starts_with(LOOP) {
                        true => written.extend(repeated(&key, &value)?),
                        false => _ = written.insert(key, value),
                    }
                }
                *map = written;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// `[identifier, collection, {key: body}]`.
fn repeated(place: &str, value: &Value) -> Result<Map<String, Value>, TemplateError> {
    let wrong = || not_understood(place, "it wants a name, a list of texts and a map");
    let Some([Value::String(name), Value::Array(items), Value::Object(body)]) = value.as_array().map(Vec::as_slice)
    else {
        return Err(wrong());
    };
    let mut written = Map::new();
    for item in items {
        let item = item.as_str().ok_or_else(wrong)?;
        let alphanumeric: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
        for (key, value) in body {
            let key = key.replace(&format!("${{{name}}}"), item).replace(&format!("&{{{name}}}"), &alphanumeric);
            if written.insert(key.clone(), replaced(value, name, item)).is_some() {
                return Err(not_understood(place, format!("{key} is there twice")));
            }
        }
    }
    Ok(written)
}

fn replaced(value: &Value, name: &str, item: &str) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|value| replaced(value, name, item)).collect(),
        Value::Object(map) => match map.iter().next().filter(|_| map.len() == 1) {
            Some((key, Value::String(named))) if key == "Ref" && named == name => Value::String(item.to_owned()),
            Some((key, Value::String(text))) if key == "Fn::Sub" => {
                let text = text.replace(&format!("${{{name}}}"), item);
                // Nothing left to substitute is a text, which may be the name in a `Ref`.
                if text.contains("${") {
                    Value::Object(Map::from_iter([(key.clone(), text.into())]))
                } else {
                    text.into()
                }
            }
            Some((key, Value::Array(parts))) if key == "Fn::Sub" => {
                let mut parts: Vec<Value> = parts.iter().map(|part| replaced(part, name, item)).collect();
                if let Some(Value::String(text)) = parts.first_mut() {
                    *text = text.replace(&format!("${{{name}}}"), item);
                }
                Value::Object(Map::from_iter([(key.clone(), parts.into())]))
            }
            _ => map.iter().map(|(key, value)| (key.clone(), replaced(value, name, item))).collect(),
        },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Document;

    #[track_caller]
    fn resources(text: &str) -> Value {
        Document::parse(text).unwrap().json()["Resources"].clone()
    }

    #[test]
    fn a_loop_is_written_out_where_aws_replaces_its_name() {
        let text = "
Resources:
  Fn::ForEach::Alarms:
    - Name
    - [One, two-b]
    - Alarm&{Name}:
        Plain: ${Name}
        Key: {'${Name}': kept}
        Sub: !Sub '${Name} in ${AWS::Region}'
        Map: !Sub ['${Name} ${X}', {X: !Ref Name}]
        Ref: {Ref: !Sub '${Name}Function'}
        Attribute: !GetAtt [!Sub '${Name}Function', Arn]
  Other: !Ref Name
";
        let of = |name: &str| {
            json!({
                "Plain": "${Name}",
                "Key": {"${Name}": "kept"},
                "Sub": {"Fn::Sub": format!("{name} in ${{AWS::Region}}")},
                "Map": {"Fn::Sub": [format!("{name} ${{X}}"), {"X": name}]},
                "Ref": {"Ref": format!("{name}Function")},
                "Attribute": {"Fn::GetAtt": [format!("{name}Function"), "Arn"]},
            })
        };
        let expected = json!({"AlarmOne": of("One"), "Alarmtwob": of("two-b"), "Other": {"Ref": "Name"}});
        assert_eq!(resources(text), expected);
    }

    #[test]
    fn loops_can_be_nested() {
        let text = "
Resources:
  Fn::ForEach::Outer:
    - A
    - [x, y]
    - Fn::ForEach::Inner: [B, [p, q], {'${A}${B}': !Sub '${A}${B}'}]
";
        assert_eq!(resources(text), json!({"xp": "xp", "xq": "xq", "yp": "yp", "yq": "yq"}));
    }

    #[test]
    fn a_loop_that_is_not_understood_is_named() {
        for value in ["[Name, !Ref List, {a: b}]", "[Name, [a]]", "[Name, [a, b], {same: 1}]", "[Name, [[a]], {a: b}]"]
        {
            let error = Document::parse(&format!("Resources: {{'Fn::ForEach::X': {value}}}")).unwrap_err();
            assert!(error.to_string().starts_with("Fn::ForEach::X"), "{value}: {error}");
        }
    }
}
