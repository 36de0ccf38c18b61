use serde::Serialize;
use shared::domain::{Invitation, Timestamp};

/// An invitation on the wire. No secret, no hash of one (R14).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationView {
    invitation_id: String,
    email: String,
    roles: Vec<String>,
    status: &'static str,
    created_at: String,
    expires_at: String,
    invited_by: String,
    delivery: DeliveryView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    workspaces: Vec<GrantView>,
}

/// A workspace that the acceptance gives access to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GrantView {
    workspace_id: String,
    role: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryView {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    at: String,
}

impl InvitationView {
    pub(crate) fn new(invitation: &Invitation, now: Timestamp) -> Self {
        Self {
            invitation_id: invitation.id.to_string(),
            email: invitation.email.as_str().to_owned(),
            roles: invitation.roles.names(),
            status: invitation.status(now).name(),
            created_at: invitation.created_at.to_string(),
            expires_at: invitation.expires_at.to_string(),
            invited_by: invitation.invited_by.to_string(),
            delivery: DeliveryView {
                status: invitation.delivery.status.public_name(),
                reason: invitation.delivery.reason.clone(),
                at: invitation.delivery.at.to_string(),
            },
            workspaces: invitation
                .workspaces
                .iter()
                .map(|grant| GrantView { workspace_id: grant.workspace.to_string(), role: grant.role.to_string() })
                .collect(),
        }
    }
}
