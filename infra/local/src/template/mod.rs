//! template.yaml: what is deployed is what runs here.

mod document;
mod functions;
mod intrinsics;
mod names;
mod parameters;
mod policies;
mod resources;

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

pub(crate) use functions::{Function, RouteAuthorizer, Source, StreamSource};
pub(crate) use names::ACCOUNT;
pub use names::Names;
pub(crate) use resources::{Api, Authorizer, Cors, Pool, PoolClient};

/// Why a template cannot be used. One line, naming the place.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read or is not YAML.
    #[error("cannot read {path} ({reason}) — give the path of a SAM template")]
    Unreadable {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A parameter has no value or one that its declaration refuses.
    #[error("parameter {name}: {reason} — set it in infra/local/parameters.json or with --parameter {name}=VALUE")]
    Parameter {
        /// The parameter.
        name: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// A parameter was given that the template does not declare.
    #[error("the template has no parameter {name} — it has: {known}")]
    UnknownParameter {
        /// What was given.
        name: String,
        /// What there is.
        known: String,
    },
    /// Something is used that the local stack does not know or that is not as CloudFormation wants it.
    #[error("{place} in the template: {reason} — change the template, or teach infra/local about it")]
    NotUnderstood {
        /// Logical id and property.
        place: String,
        /// What is not understood.
        reason: String,
    },
}

/// A SAM template with its parameters and conditions resolved.
#[derive(Debug, Clone)]
pub struct Template {
    /// The document, tags in their long form, `Globals` merged into the functions.
    root: Value,
    parameters: BTreeMap<String, Value>,
    conditions: BTreeMap<String, bool>,
    region: String,
}

impl Template {
    /// The workspace's own template with the parameters that `cargo local` uses.
    pub fn workspace() -> Result<Self, TemplateError> {
        Self::read(&crate::options::workspace_root().join("template.yaml"), &BTreeMap::new())
    }

    /// Reads a template. Parameters: the template's defaults, then infra/local/parameters.json, then `given`.
    pub fn read(path: &Path, given: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let unreadable = |reason: String| TemplateError::Unreadable { path: path.display().to_string(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        Self::parse(&text, given).map_err(|error| match error {
            TemplateError::Unreadable { reason, .. } => unreadable(reason),
            other => other,
        })
    }

    /// As [`Template::read`], from text.
    pub fn parse(text: &str, given: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let root = document::parse(text)?;
        let parameters = parameters::resolve(&root, given)?;
        let region = std::env::var("AWS_REGION").unwrap_or_else(|_| "us-east-1".to_owned());
        let mut template = Self { root, parameters, conditions: BTreeMap::new(), region };
        template.conditions = template.resolve_conditions()?;
        Ok(template)
    }

    /// The region that everything pretends to be in.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The resources of one type whose condition holds, by logical id.
    fn resources(&self, kind: &str) -> Vec<(&str, &Value)> {
        let Some(resources) = self.root.get("Resources").and_then(Value::as_object) else {
            return Vec::new();
        };
        resources
            .iter()
            .filter(|(_, resource)| resource.get("Type").and_then(Value::as_str) == Some(kind))
            .filter(|(_, resource)| {
                resource
                    .get("Condition")
                    .and_then(Value::as_str)
                    .is_none_or(|name| self.conditions.get(name).copied().unwrap_or(false))
            })
            .map(|(id, resource)| (id.as_str(), resource))
            .collect()
    }

    /// The only resource of a type.
    fn only(&self, kind: &str) -> Result<(&str, &Value), TemplateError> {
        let found = self.resources(kind);
        match found.as_slice() {
            [one] => Ok(*one),
            several => Err(TemplateError::NotUnderstood {
                place: "Resources".to_owned(),
                reason: format!("the local stack needs exactly one {kind}, there are {}", several.len()),
            }),
        }
    }
}

/// The properties of a resource, or nothing.
fn properties(resource: &Value) -> &Value {
    resource.get("Properties").unwrap_or(&Value::Null)
}

fn not_understood(place: impl Into<String>, reason: impl Into<String>) -> TemplateError {
    TemplateError::NotUnderstood { place: place.into(), reason: reason.into() }
}
