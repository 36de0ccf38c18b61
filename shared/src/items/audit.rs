use serde::{Deserialize, Serialize};

use uuid::Uuid;

use super::{Item, Key, Text, keys::sk};
use crate::domain::{OrganizationId, Role, Timestamp, UserId, WorkspaceId, WorkspaceRole, named};

/// An audit record, `ORG#org` / `AUDIT#uuidv7`: the actor, the action, its target, the time and the request (R17).
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditItem {
    pub organization_id: Text<OrganizationId>,
    /// The id of the record, a UUIDv7 of its instant.
    pub audit_id: Text<Uuid>,
    /// The user who acted. Missing if a person without a sign-in replied to an invitation.
    pub actor: Option<Text<UserId>>,
    pub action: Text<AuditAction>,
    /// The user, invitation or workspace that the action changed.
    pub target: Option<String>,
    /// The roles that the action granted.
    pub roles: Option<Vec<Text<Role>>>,
    /// The roles that the member had before, if the action changed them or ended the membership.
    pub previous_roles: Option<Vec<Text<Role>>>,
    /// The names of the changed fields, without their values.
    pub fields: Option<Vec<String>>,
    /// The workspace that the target was given access to, or lost it.
    pub workspace_id: Option<Text<WorkspaceId>>,
    /// The role that the target has or had in the workspace.
    pub workspace_role: Option<Text<WorkspaceRole>>,
    pub at: Text<Timestamp>,
    pub request_id: String,
    /// When DynamoDB may delete the record, in seconds since 1970; see [`crate::table::Retention`]. Missing: never.
    pub ttl: Option<i64>,
}

impl Item for AuditItem {
    const ENTITY: &'static str = "audit_record";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::audit(&self.audit_id))
    }
}

/// The actions that are audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    OrganizationCreated,
    InvitationCreated,
    InvitationResent,
    InvitationAccepted,
    InvitationDeclined,
    InvitationRevoked,
    InvitationExpired,
    RolesChanged,
    MemberRemoved,
    MemberLeft,
    OrganizationUpdated,
    BillingContactChanged,
    WorkspaceCreated,
    WorkspaceRenamed,
    WorkspaceDeleted,
    WorkspaceMemberAdded,
    WorkspaceMemberChanged,
    WorkspaceMemberRemoved,
}

impl AuditAction {
    pub const ALL: [Self; 18] = [
        Self::OrganizationCreated,
        Self::InvitationCreated,
        Self::InvitationResent,
        Self::InvitationAccepted,
        Self::InvitationDeclined,
        Self::InvitationRevoked,
        Self::InvitationExpired,
        Self::RolesChanged,
        Self::MemberRemoved,
        Self::MemberLeft,
        Self::OrganizationUpdated,
        Self::BillingContactChanged,
        Self::WorkspaceCreated,
        Self::WorkspaceRenamed,
        Self::WorkspaceDeleted,
        Self::WorkspaceMemberAdded,
        Self::WorkspaceMemberChanged,
        Self::WorkspaceMemberRemoved,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::OrganizationCreated => "organization.created",
            Self::InvitationCreated => "invitation.created",
            Self::InvitationResent => "invitation.resent",
            Self::InvitationAccepted => "invitation.accepted",
            Self::InvitationDeclined => "invitation.declined",
            Self::InvitationRevoked => "invitation.revoked",
            Self::InvitationExpired => "invitation.expired",
            Self::RolesChanged => "member.roles_changed",
            Self::MemberRemoved => "member.removed",
            Self::MemberLeft => "member.left",
            Self::OrganizationUpdated => "organization.updated",
            Self::BillingContactChanged => "billing_contact.changed",
            Self::WorkspaceCreated => "workspace.created",
            Self::WorkspaceRenamed => "workspace.renamed",
            Self::WorkspaceDeleted => "workspace.deleted",
            Self::WorkspaceMemberAdded => "workspace-member.added",
            Self::WorkspaceMemberChanged => "workspace-member.changed",
            Self::WorkspaceMemberRemoved => "workspace-member.removed",
        }
    }
}

named!(AuditAction);
