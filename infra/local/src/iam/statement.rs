//! A statement of a policy.

use serde_json::Value;

use super::{
    condition::{Condition, Context, texts},
    pattern,
};

/// What somebody wants to do, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// For example `dynamodb:PutItem`.
    pub(crate) action: String,
    /// An ARN, or `*` where an action has no resource.
    pub(crate) resource: String,
    pub(crate) context: Context,
}

/// A statement that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) allows: bool,
    actions: Listed,
    resources: Listed,
    conditions: Vec<Condition>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Listed {
    These(Vec<String>),
    AllBut(Vec<String>),
}

impl Listed {
    fn parse(statement: &Value, name: &str) -> Result<Self, String> {
        let not = format!("Not{name}");
        let (listed, name, value): (fn(Vec<String>) -> Self, _, _) = match (statement.get(name), statement.get(&not)) {
            (Some(value), None) => (Self::These, name, value),
            (None, Some(value)) => (Self::AllBut, not.as_str(), value),
            _ => return Err(format!("it wants either {name} or {not}")),
        };
        let patterns = texts(value).filter(|patterns| !patterns.is_empty());
        let patterns = patterns.ok_or_else(|| format!("{name} is not a list of texts"))?;
        if let Some(variable) = patterns.iter().find(|pattern| pattern.contains("${")) {
            return Err(format!("the policy variable in {variable} is not known to the local stack"));
        }
        Ok(listed(patterns))
    }

    /// The entries that match, as the statement has them; what is everything but a list is one entry.
    fn matching(&self, text: &str, matches: fn(&str, &str) -> bool) -> Vec<String> {
        match self {
            Self::These(patterns) => patterns.iter().filter(|pattern| matches(pattern, text)).cloned().collect(),
            Self::AllBut(patterns) if patterns.iter().any(|pattern| matches(pattern, text)) => Vec::new(),
            Self::AllBut(_) => self.entries(),
        }
    }

    fn entries(&self) -> Vec<String> {
        match self {
            Self::These(patterns) => patterns.clone(),
            Self::AllBut(patterns) => vec![format!("all but {}", patterns.join(", "))],
        }
    }

    fn patterns(&self) -> &[String] {
        match self {
            Self::These(patterns) | Self::AllBut(patterns) => patterns,
        }
    }
}

impl Statement {
    /// Reads a statement whose CloudFormation functions have been evaluated. `number` names one that has no `Sid`.
    pub(super) fn parse(statement: &Value, number: usize) -> Result<Self, String> {
        const MEMBERS: [&str; 7] = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
        let members = statement.as_object().ok_or("it is not a map")?;
        if let Some(other) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
            return Err(format!("{other} is not known to the local stack"));
        }
        let allows = match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err("Effect is neither Allow nor Deny".to_owned()),
        };
        let (actions, resources) = (Listed::parse(statement, "Action")?, Listed::parse(statement, "Resource")?);
        if let Some(action) = actions.patterns().iter().find(|action| *action != "*" && !action.contains(':')) {
            return Err(format!("the action {action} names no service"));
        }
        if let Some(resource) = resources.patterns().iter().find(|resource| !pattern::is_arn(resource)) {
            return Err(format!("the resource {resource} is no ARN"));
        }
        let mut conditions = Vec::new();
        for (operator, keys) in statement.get("Condition").and_then(Value::as_object).into_iter().flatten() {
            for (key, values) in keys.as_object().ok_or_else(|| format!("{operator} is not a map"))? {
                conditions.push(Condition::parse(operator, key, values)?);
            }
        }
        let sid = statement.get("Sid").and_then(Value::as_str);
        let sid = sid.map_or_else(|| format!("Statement {number}"), str::to_owned);
        Ok(Self { sid, allows, actions, resources, conditions })
    }

    /// The pairs of action and resource, as the statement has them, that apply to a request.
    pub(super) fn applying(&self, request: &Request) -> Vec<(String, String)> {
        let actions = self.actions.matching(&request.action, pattern::matches_action);
        let resources = self.resources.matching(&request.resource, pattern::matches_arn);
        if actions.is_empty() || resources.is_empty() || !self.conditions.iter().all(|c| c.holds(&request.context)) {
            return Vec::new();
        }
        pairs(&actions, &resources)
    }

    /// Every pair of action and resource.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        pairs(&self.actions.entries(), &self.resources.entries())
    }

    /// Whether it is about a resource at all.
    pub(super) fn names(&self, resource: &str) -> bool {
        !self.resources.matching(resource, pattern::matches_arn).is_empty()
    }
}

fn pairs(actions: &[String], resources: &[String]) -> Vec<(String, String)> {
    let with =
        |action: &String| resources.iter().map(|resource| (action.clone(), resource.clone())).collect::<Vec<_>>();
    actions.iter().flat_map(with).collect()
}
