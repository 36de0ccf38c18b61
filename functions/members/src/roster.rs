use serde::Serialize;
use shared::{
    domain::{PersonName, Role, Timestamp},
    http::{ApiRequest, Problem},
    table::{PastMember, Retention},
};

/// A member at an instant in the past. No item keeps the email address and name of people who left (R18).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PastMemberView<'a> {
    user_id: &'a str,
    email: Option<&'a str>,
    name: Option<&'a str>,
    roles: Vec<&'static str>,
    joined_at: String,
}

impl<'a> From<&'a PastMember> for PastMemberView<'a> {
    fn from(member: &'a PastMember) -> Self {
        let now = member.now.as_ref();
        Self {
            user_id: member.user_id.as_str(),
            email: now.map(|now| now.email.as_str()),
            name: now.and_then(|now| now.name.as_ref()).map(PersonName::as_str),
            roles: member.roles.iter().map(Role::name).collect(),
            joined_at: member.joined_at.to_string(),
        }
    }
}

/// Checks the query parameter `at`.
///
/// # Errors
/// 422 `validation-failed` for an instant in the future, before the audit records that are kept, or with a filter.
pub(crate) fn check(at: Timestamp, request: &ApiRequest, retention: Retention) -> Result<(), Problem> {
    for filter in ["role", "email"] {
        if request.query(filter).is_some() {
            return Err(Problem::invalid(&format!("/{filter}"), "cannot be combined with `at`"));
        }
    }
    if at > request.now() {
        return Err(Problem::invalid("/at", "must not be in the future"));
    }
    if retention.since(request.now()).is_some_and(|since| at < since) {
        return Err(Problem::invalid("/at", "must not be before the oldest audit records that are kept"));
    }
    Ok(())
}
