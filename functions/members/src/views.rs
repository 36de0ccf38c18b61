use serde::Serialize;
use shared::domain::{Member, PersonName, Role};

/// A member in a response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberView<'a> {
    user_id: &'a str,
    email: &'a str,
    name: Option<&'a str>,
    roles: Vec<&'static str>,
    joined_at: String,
}

impl<'a> From<&'a Member> for MemberView<'a> {
    fn from(member: &'a Member) -> Self {
        Self {
            user_id: member.user_id.as_str(),
            email: member.email.as_str(),
            name: member.name.as_ref().map(PersonName::as_str),
            roles: member.roles.iter().map(Role::name).collect(),
            joined_at: member.joined_at.to_string(),
        }
    }
}
