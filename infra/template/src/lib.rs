//! The one reader of template.yaml.
//!
//! [`Document`] is the file as it is written: short tags in their long form, loops written out, `Globals` merged into the
//! functions. [`Template`] is a document with values for its parameters, which can evaluate the rest. What uses more of
//! CloudFormation than is known here is an error that names the place, never a guess.

mod document;
mod events;
mod functions;
mod intrinsics;
mod loops;
mod names;
mod parameters;
mod policies;
mod resources;
mod schedules;

use std::collections::BTreeMap;

use serde_json::Value;

pub use document::{DeclaredFunction, DeclaredRoute, Document};
pub use functions::{Asynchronous, Function, HttpRoute, RouteAuthorizer, Source, StreamSource};
pub use names::{ACCOUNT, Names};
pub use resources::{Api, Authorizer, Cors, Pool, PoolClient, is_standard_attribute};
pub use schedules::ScheduleSource;

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
    #[error("{place} in the template: {reason} — change the template, or teach infra/template about it")]
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
    root: Value,
    parameters: BTreeMap<String, Value>,
    conditions: BTreeMap<String, bool>,
    region: String,
}

impl Template {
    /// A document with these values for its parameters; its own defaults stand for the others.
    pub fn new(document: Document, parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let parameters = parameters::resolve(document.parameters(), parameters)?;
        let region = std::env::var("AWS_REGION").unwrap_or_else(|_| "us-east-1".to_owned());
        let mut template = Self { root: document.into_json(), parameters, conditions: BTreeMap::new(), region };
        template.conditions = template.resolve_conditions()?;
        Ok(template)
    }

    /// As [`Template::new`], from text.
    pub fn parse(text: &str, parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        Self::new(Document::parse(text)?, parameters)
    }

    /// The region that everything pretends to be in.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The resources of one type whose condition holds, by logical id.
    fn resources(&self, kind: &str) -> Vec<(&str, &Value)> {
        let holds = |resource: &Value| {
            let condition = resource.get("Condition").and_then(Value::as_str);
            condition.is_none_or(|name| self.conditions.get(name).copied().unwrap_or(false))
        };
        document::resources(&self.root, kind).filter(|(_, resource)| holds(resource)).collect()
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
