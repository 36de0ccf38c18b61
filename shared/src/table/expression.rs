use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::PermissionSet;

/// A condition, update or key expression with its values. It writes every attribute as `#name`, because DynamoDB
/// reserves about 570 words.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    text: String,
    values: HashMap<String, AttributeValue>,
}

impl Expression {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: HashMap::new() }
    }

    pub(super) fn string(self, placeholder: &str, value: impl ToString) -> Self {
        self.value(placeholder, AttributeValue::S(value.to_string()))
    }

    pub(super) fn number(self, placeholder: &str, value: impl ToString) -> Self {
        self.value(placeholder, AttributeValue::N(value.to_string()))
    }

    pub(super) fn strings(self, placeholder: &str, values: Vec<String>) -> Self {
        self.value(placeholder, AttributeValue::Ss(values))
    }

    pub(super) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    /// Appends text to an update expression.
    pub(super) fn appended(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Combines two conditions: `(a) AND (b)`.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.text = format!("({}) AND ({})", self.text, other.text);
        self.values.extend(other.values);
        self
    }

    /// Negates the condition.
    pub(super) fn negated(mut self) -> Self {
        self.text = format!("NOT ({})", self.text);
        self
    }

    pub(super) fn text(&self) -> String {
        self.text.clone()
    }

    /// The values, or `None` if there are none, because DynamoDB rejects an empty map.
    pub(super) fn values<'a>(
        expressions: impl IntoIterator<Item = &'a Self>,
    ) -> Option<HashMap<String, AttributeValue>> {
        let values: HashMap<_, _> = expressions.into_iter().flat_map(|expression| expression.values.clone()).collect();
        (!values.is_empty()).then_some(values)
    }

    /// The map from each `#name` to the name of the attribute.
    pub(super) fn names<'a>(expressions: impl IntoIterator<Item = &'a Self>) -> Option<HashMap<String, String>> {
        let names: HashMap<_, _> = expressions
            .into_iter()
            .flat_map(|expression| expression.text.split('#').skip(1))
            .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default())
            .map(|name| (format!("#{name}"), name.to_owned()))
            .collect();
        (!names.is_empty()).then_some(names)
    }

    /// The condition that a MEMBER item exists and that its roles have all `required` permissions. It is the permission
    /// table (R7) as a condition, so that DynamoDB decides at the time of the write (R11).
    pub(super) fn member_who_may(required: PermissionSet) -> Self {
        let clauses: BTreeSet<Vec<_>> =
            required.iter().map(|permission| permission.roles_that_may().collect()).collect();
        let mut condition = Self::new("attribute_exists(#pk)");
        for roles in clauses {
            let any: Vec<_> = roles.iter().map(|role| format!("contains(#roles, :{role})")).collect();
            condition = condition.and(Self::new(any.join(" OR ")));
            for role in roles {
                condition = condition.string(&format!(":{role}"), role);
            }
        }
        condition
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Permission, PermissionSet, RoleSet};

    #[test]
    fn names_are_collected_once_each() {
        let expression = Expression::new("contains(#roles, :a) AND #version = :b OR size(#roles)>:c");
        let names = Expression::names([&expression]).unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!(names["#roles"], "roles");
    }

    /// The condition must give the same result as the decision function, for every actor and every grant.
    #[test]
    fn the_condition_decides_as_the_domain_does() {
        for granted in RoleSet::all() {
            let required = PermissionSet::of(granted).with(Permission::MANAGE_USERS);
            let condition = Expression::member_who_may(required).text;
            for actor in RoleSet::all() {
                let evaluated = condition
                    .split(" AND ")
                    .skip(1)
                    .all(|clause| actor.iter().any(|role| clause.contains(&format!("contains(#roles, :{role})"))));
                assert_eq!(evaluated, PermissionSet::of(actor).contains_all(required), "{actor:?} grants {granted:?}");
            }
        }
    }
}
