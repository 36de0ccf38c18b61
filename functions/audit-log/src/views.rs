use serde::Serialize;
use shared::{
    domain::Role,
    items::{AuditItem, Text},
};

/// An audit record in a response. A field is `null` if the action has nothing to say there.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditRecordView<'a> {
    audit_record_id: String,
    at: String,
    actor: Option<&'a str>,
    action: &'static str,
    target: Option<&'a str>,
    roles: Option<Vec<&'static str>>,
    previous_roles: Option<Vec<&'static str>>,
    fields: Option<&'a [String]>,
    workspace_id: Option<String>,
    workspace_role: Option<String>,
    request_id: &'a str,
}

fn names(roles: &[Text<Role>]) -> Vec<&'static str> {
    roles.iter().map(|role| role.0.name()).collect()
}

impl<'a> From<&'a AuditItem> for AuditRecordView<'a> {
    fn from(item: &'a AuditItem) -> Self {
        Self {
            audit_record_id: item.audit_id.to_string(),
            at: item.at.to_string(),
            actor: item.actor.as_ref().map(|actor| actor.0.as_str()),
            action: item.action.0.name(),
            target: item.target.as_deref(),
            roles: item.roles.as_deref().map(names),
            previous_roles: item.previous_roles.as_deref().map(names),
            fields: item.fields.as_deref(),
            workspace_id: item.workspace_id.as_ref().map(Text::to_string),
            workspace_role: item.workspace_role.as_ref().map(Text::to_string),
            request_id: &item.request_id,
        }
    }
}
