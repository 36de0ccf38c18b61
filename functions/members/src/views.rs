use serde::Serialize;
use shared::domain::{Member, PersonName};

/// A member on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberView {
    user_id: String,
    email: String,
    name: Option<String>,
    roles: Vec<String>,
    joined_at: String,
}

impl From<&Member> for MemberView {
    fn from(member: &Member) -> Self {
        Self {
            user_id: member.user_id.to_string(),
            email: member.email.as_str().to_owned(),
            name: member.name.as_ref().map(PersonName::as_str).map(str::to_owned),
            roles: member.roles.names(),
            joined_at: member.joined_at.to_string(),
        }
    }
}
