//! YAML with CloudFormation's tags to one plain form, loops written out, and SAM's `Globals` merged into the functions.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use serde_norway::Value as Yaml;

use super::{TemplateError, loops, names::function_name, not_understood, properties};

/// A template as it is written, without values for its parameters.
#[derive(Debug, Clone)]
pub struct Document {
    root: Value,
    parameters: Map<String, Value>,
}

/// A function as the document has it.
#[derive(Debug, Clone, Copy)]
pub struct DeclaredFunction<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Its binary, which is also the name of its package.
    pub binary: &'a str,
    /// Its properties, `Globals` included.
    pub properties: &'a Value,
}

/// A route of the HTTP API as the document has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclaredRoute<'a> {
    /// The function's logical id.
    pub function: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The path, with parameters in braces.
    pub path: &'a str,
}

impl Document {
    /// template.yaml of the workspace that this crate was built in.
    pub fn workspace() -> Result<Self, TemplateError> {
        Self::read(&Self::workspace_path())
    }

    /// Where that is.
    #[must_use]
    pub fn workspace_path() -> PathBuf {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.ancestors().nth(2).unwrap_or(here).join("template.yaml")
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        let unreadable = |reason: String| TemplateError::Unreadable { path: path.display().to_string(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        Self::parse(&text).map_err(|error| match error {
            TemplateError::Unreadable { reason, .. } => unreadable(reason),
            other => other,
        })
    }

    /// Reads text. Tags become their long form: `!Ref X` is `{"Ref": "X"}` afterwards.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let unreadable = |reason: String| TemplateError::Unreadable { path: "the template".to_owned(), reason };
        let yaml: Yaml = serde_norway::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let mut root = plain(yaml).map_err(unreadable)?;
        loops::unroll(&mut root)?;
        if root.get("Resources").and_then(Value::as_object).is_none() {
            return Err(unreadable("it has no Resources".to_owned()));
        }
        merge_globals(&mut root);
        let parameters = root.get("Parameters").and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Self { root, parameters })
    }

    /// All of it. It is a template again, which means the same as the one that was read.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.root
    }

    pub(super) fn into_json(self) -> Value {
        self.root
    }

    /// The declarations of the parameters, by name.
    #[must_use]
    pub fn parameters(&self) -> &Map<String, Value> {
        &self.parameters
    }

    /// The functions, by logical id.
    pub fn functions(&self) -> Result<Vec<DeclaredFunction<'_>>, TemplateError> {
        let declared = |(id, resource)| {
            Ok(DeclaredFunction { id, binary: binary(id, resource)?, properties: properties(resource) })
        };
        resources(&self.root, "AWS::Serverless::Function").map(declared).collect()
    }

    /// The routes of every function.
    #[must_use]
    pub fn routes(&self) -> Vec<DeclaredRoute<'_>> {
        let events = resources(&self.root, "AWS::Serverless::Function").flat_map(|(function, resource)| {
            let events = properties(resource).get("Events").and_then(Value::as_object);
            events.into_iter().flatten().map(move |(_, event)| (function, event))
        });
        let routes = events.filter(|(_, event)| event.get("Type").and_then(Value::as_str) == Some("HttpApi"));
        routes
            .map(|(function, event)| DeclaredRoute {
                function,
                method: properties(event).get("Method").and_then(Value::as_str).unwrap_or("ANY"),
                path: properties(event).get("Path").and_then(Value::as_str).unwrap_or("$default"),
            })
            .collect()
    }

    /// The properties of the alarms, by logical id.
    #[must_use]
    pub fn alarms(&self) -> Vec<(&str, &Value)> {
        let alarms = resources(&self.root, "AWS::CloudWatch::Alarm");
        alarms.map(|(id, resource)| (id, properties(resource))).collect()
    }
}

/// The resources of one type, by logical id.
pub(super) fn resources<'a>(root: &'a Value, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let kind = kind.to_owned();
    let resources = root.get("Resources").and_then(Value::as_object).into_iter().flatten();
    let of_kind =
        resources.filter(move |(_, resource)| resource.get("Type").and_then(Value::as_str) == Some(kind.as_str()));
    of_kind.map(|(id, resource)| (id.as_str(), resource))
}

/// The binary of a function.
pub(super) fn binary<'a>(id: &str, resource: &'a Value) -> Result<&'a str, TemplateError> {
    function_name(resource).ok_or_else(|| {
        not_understood(format!("{id}.Metadata.BuildProperties.Binary"), "it names the binary to run and is missing")
    })
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
    // Taken out, so that merging what was merged changes nothing.
    let globals = root.as_object_mut().and_then(|root| root.remove("Globals")).unwrap_or_default();
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

    fn root(text: &str) -> Value {
        Document::parse(text).unwrap().into_json()
    }

    #[test]
    fn tags_become_their_long_form() {
        let root = root("Resources:\n  A: !Sub 'x-${B}'\n  B: !GetAtt C.D.E\n  C: !If [X, !Ref Y, 1]\n");
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
        let root = root(
            "Globals: {Function: {Timeout: 10, Environment: {Variables: {A: 1, B: !Ref X}}, Layers: [a]}}\n\
             Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Timeout: 5, Layers: [b], Environment: {Variables: {B: 2}}}}}",
        );
        assert_eq!(
            root["Resources"]["F"]["Properties"],
            json!({"Timeout": 5, "Layers": ["a", "b"], "Environment": {"Variables": {"A": 1, "B": 2}}})
        );
    }

    #[test]
    fn what_was_read_can_be_read_again() {
        let first = root(
            "Globals: {Function: {Layers: [a]}}\n\
             Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Layers: [b], X: !Sub '${Y}'}}}",
        );
        assert_eq!(root(&first.to_string()), first);
    }

    #[test]
    fn routes_and_functions_are_those_of_every_function() {
        let document = Document::parse(
            "Resources:
  A:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: the-a}}
    Properties: {Events: {X: {Type: HttpApi, Properties: {Method: GET, Path: /x}}, Y: {Type: DynamoDB}}}
  B: {Type: 'AWS::CloudWatch::Alarm', Properties: {Threshold: 1}}
",
        )
        .unwrap();
        assert_eq!(document.routes(), [DeclaredRoute { function: "A", method: "GET", path: "/x" }]);
        let functions = document.functions().unwrap();
        assert_eq!((functions[0].id, functions[0].binary, functions.len()), ("A", "the-a", 1));
        assert_eq!(document.alarms(), [("B", &json!({"Threshold": 1}))]);
    }

    #[test]
    fn something_that_is_no_template_is_refused() {
        for text in ["", "a: [", "Resources: 3", "just text"] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
    }
}
