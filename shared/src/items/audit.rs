use serde::{Deserialize, Serialize};

use super::{Item, Key, keys::sk};

/// `ORG#org` / `AUDIT#uuidv7`: who did what, on whom, when, from which request (R17).
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditItem {
    /// Where.
    pub organization_id: String,
    /// UUIDv7 of the instant.
    pub audit_id: String,
    /// The user; nobody where somebody who has not signed in answers an invitation.
    pub actor: Option<String>,
    /// What, as [`AuditAction::name`].
    pub action: String,
    /// On which user, invitation or workspace.
    pub target: Option<String>,
    /// The roles that it gave.
    pub roles: Option<Vec<String>>,
    /// When.
    pub at: String,
    /// The gateway's or the trigger's request id.
    pub request_id: String,
}

impl Item for AuditItem {
    const ENTITY: &'static str = "audit_record";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::audit(&self.audit_id))
    }
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    /// R5
    OrganizationFounded,
    /// R13
    InvitationCreated,
    /// R13
    InvitationAccepted,
    /// R13
    InvitationDeclined,
    /// R7
    RolesChanged,
    /// R18
    MemberRemoved,
    /// R9
    MemberLeft,
}

impl AuditAction {
    /// The name in the table and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrganizationFounded => "organization.founded",
            Self::InvitationCreated => "invitation.created",
            Self::InvitationAccepted => "invitation.accepted",
            Self::InvitationDeclined => "invitation.declined",
            Self::RolesChanged => "member.roles_changed",
            Self::MemberRemoved => "member.removed",
            Self::MemberLeft => "member.left",
        }
    }
}
