//! What a function may do: the statements of its policy, taken together.

use super::statement::{Request, Statement};

/// The policy of one function. Without a statement it allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policy(Vec<Statement>);

/// What a policy says to a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// By these grants: the statement's `Sid`, its action and its resource.
    Allowed(Vec<(String, String, String)>),
    /// A statement denies it, whatever others allow.
    Denied,
    /// No statement allows it.
    NotAllowed,
}

impl Policy {
    pub(super) fn new(statements: Vec<Statement>) -> Self {
        Self(statements)
    }

    pub(super) fn decide(&self, request: &Request) -> Decision {
        let mut grants = Vec::new();
        for statement in &self.0 {
            let applying = statement.applying(request);
            if !statement.allows && !applying.is_empty() {
                return Decision::Denied;
            }
            let grant = |(action, resource)| (statement.sid.clone(), action, resource);
            grants.extend(applying.into_iter().map(grant));
        }
        if grants.is_empty() { Decision::NotAllowed } else { Decision::Allowed(grants) }
    }

    /// Everything that is allowed.
    pub(super) fn grants(&self) -> Vec<(String, String, String)> {
        let of = |statement: &Statement| {
            let sid = statement.sid.clone();
            statement.pairs().into_iter().map(move |(action, resource)| (sid.clone(), action, resource))
        };
        self.0.iter().filter(|statement| statement.allows).flat_map(of).collect()
    }

    /// Whether a statement is about a resource.
    pub(super) fn names(&self, resource: &str) -> bool {
        self.0.iter().any(|statement| statement.names(resource))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::iam::condition::{Context, ENCLOSING_OPERATION};

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/items";

    fn policy(statements: Value) -> Policy {
        let statements = statements.as_array().unwrap().iter();
        Policy::new(statements.map(|statement| Statement::parse(statement, 1).unwrap()).collect())
    }

    fn request(action: &str, resource: &str) -> Request {
        Request { action: action.to_owned(), resource: resource.to_owned(), context: Context::new() }
    }

    #[test]
    fn nothing_is_allowed_that_no_statement_allows() {
        let read = policy(json!([
            {"Sid": "Read", "Effect": "Allow", "Action": ["dynamodb:Get*", "dynamodb:query"], "Resource": TABLE},
        ]));
        let grant = |action: &str| Decision::Allowed(vec![("Read".to_owned(), action.to_owned(), TABLE.to_owned())]);
        assert_eq!(read.decide(&request("dynamodb:GetItem", TABLE)), grant("dynamodb:Get*"));
        assert_eq!(read.decide(&request("dynamodb:Query", TABLE)), grant("dynamodb:query"));
        assert_eq!(read.decide(&request("dynamodb:PutItem", TABLE)), Decision::NotAllowed);
        // An index is a resource of its own.
        assert_eq!(read.decide(&request("dynamodb:Query", &format!("{TABLE}/index/x"))), Decision::NotAllowed);
        assert_eq!(Policy::default().decide(&request("dynamodb:GetItem", TABLE)), Decision::NotAllowed);
    }

    #[test]
    fn a_denial_wins_wherever_it_stands() {
        let allow = json!({"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"});
        let deny = json!({"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": TABLE,
            "Condition": {"StringNotEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}}});
        for statements in [json!([allow, deny]), json!([deny, allow])] {
            let policy = policy(statements);
            let mut put = request("dynamodb:PutItem", TABLE);
            assert_eq!(policy.decide(&put), Decision::Denied);
            put.context.insert(ENCLOSING_OPERATION, vec!["TransactWriteItems".to_owned()]);
            assert!(matches!(policy.decide(&put), Decision::Allowed(_)));
            assert!(matches!(policy.decide(&request("dynamodb:GetItem", TABLE)), Decision::Allowed(_)));
        }
    }

    #[test]
    fn everything_but_a_list_is_allowed() {
        let policy = policy(json!([
            {"Effect": "Allow", "NotAction": ["dynamodb:Delete*"], "NotResource": [format!("{TABLE}/index/*")]},
        ]));
        assert!(matches!(policy.decide(&request("dynamodb:GetItem", TABLE)), Decision::Allowed(_)));
        assert_eq!(policy.decide(&request("dynamodb:DeleteItem", TABLE)), Decision::NotAllowed);
        assert_eq!(policy.decide(&request("dynamodb:Query", &format!("{TABLE}/index/x"))), Decision::NotAllowed);
        assert_eq!(policy.grants().len(), 1);
    }

    #[test]
    fn every_condition_of_a_statement_has_to_hold() {
        let policy = policy(json!([{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": TABLE, "Condition": {
            "StringEquals": {"dynamodb:Select": "COUNT", "dynamodb:EnclosingOperation": "x"},
            "Null": {"dynamodb:LeadingKeys": "true"},
        }}]));
        let mut query = request("dynamodb:Query", TABLE);
        query.context.insert("dynamodb:select", vec!["COUNT".to_owned()]);
        assert_eq!(policy.decide(&query), Decision::NotAllowed);
        query.context.insert(ENCLOSING_OPERATION, vec!["x".to_owned()]);
        assert!(matches!(policy.decide(&query), Decision::Allowed(_)));
    }

    #[test]
    fn a_statement_that_is_not_understood_says_why() {
        for (statement, named) in [
            (json!({"Effect": "Maybe", "Action": "a:b", "Resource": "*"}), "Effect"),
            (json!({"Effect": "Allow", "Resource": "*"}), "Action"),
            (json!({"Effect": "Allow", "Action": "a:b", "NotAction": "a:c", "Resource": "*"}), "NotAction"),
            (json!({"Effect": "Allow", "Action": [], "Resource": "*"}), "Action"),
            (json!({"Effect": "Allow", "Action": "PutItem", "Resource": "*"}), "PutItem"),
            (json!({"Effect": "Allow", "Action": "a:b", "Resource": "items"}), "items"),
            (json!({"Effect": "Allow", "Action": "a:b", "Resource": "arn:aws:a:::${aws:userid}"}), "${aws:userid}"),
            (json!({"Effect": "Allow", "Action": "a:b", "Resource": "*", "Principal": "*"}), "Principal"),
            (
                json!({"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "1"}}}),
                "IpAddress",
            ),
        ] {
            let reason = Statement::parse(&statement, 1).unwrap_err();
            assert!(reason.contains(named), "{statement}: {reason}");
        }
    }
}
