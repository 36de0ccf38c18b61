//! The single table: one file per access pattern, named for what it does.
//!
//! Reads inside one organization are one round trip and come back [`Guarded`](crate::domain::Guarded) by the reader's
//! membership. Writes take an [`Authority`](crate::domain::Authority) and check it in their own transaction.

mod accept_invitation;
mod acceptance_notice;
mod admins;
mod answered;
mod change_access;
mod change_roles;
mod change_settings;
mod change_workspaces;
mod commit;
mod count_invitations;
mod count_workspaces;
mod create_invitation;
mod create_invitations;
mod create_organization;
mod creation_state;
mod decline_invitation;
mod end_expired;
mod error;
mod expiring;
mod expression;
mod invitation_batch;
mod invitation_mail;
mod invitation_with_inviter;
mod list_audit_records;
mod list_invitations;
mod list_members;
mod list_my_organizations;
mod list_my_workspaces;
mod list_workspace_members;
mod listed;
mod mailbox;
mod my_invitations;
mod patience;
mod read;
mod read_invitation;
mod read_member;
mod read_organization;
mod read_settings;
mod reclaim_seats;
mod refused;
mod remind;
mod remove_member;
mod resend_invitation;
mod retention;
mod revoke_invitation;
mod roster;
mod save_feedback;
mod save_user;
mod seats;
mod send_again;
mod transaction;
mod unsent_mails;
mod update_if;
mod user_overview;
mod watermark;
mod workspaces;

use aws_sdk_dynamodb::Client;
use jiff::SignedDuration;

use crate::{domain::Timestamp, environment::Environment};

pub use accept_invitation::{Acceptance, AcceptanceCheck, InvitationToAnswer};
pub use acceptance_notice::{ClaimedNotice, NoticeClaim};
pub use change_access::{AccessCheck, AccessToChange};
pub use change_roles::{RoleChange, RoleChangeCheck};
pub use change_settings::SettingsCheck;
pub use change_workspaces::{CreateWorkspaceCheck, DeleteWorkspaceCheck, RenameWorkspaceCheck};
pub use commit::{Committed, Written};
pub use create_invitation::{Attempt, CreateInvitationCheck, Replaced};
pub use create_invitations::{AsPlanned, BatchRecord, MOST_ACTIONS, NewInvitation, NewInvitations};
pub use create_organization::{CreateOrganizationCheck, RightToCreate};
pub use creation_state::CreationState;
pub use decline_invitation::DeclineCheck;
pub use end_expired::{Ended, MOST_EXPIRED_AT_ONCE};
pub use error::{StoreError, WriteError};
pub use expiring::ExpiringPage;
pub use invitation_batch::InvitationBatch;
pub use invitation_mail::{ClaimedMail, is_unreadable};
pub use list_audit_records::AuditFilter;
pub use list_invitations::InvitationFilter;
pub use list_members::MemberFilter;
pub use list_my_workspaces::{MyWorkspace, is_my_workspace};
pub use list_workspace_members::{WorkspaceMember, is_workspace_member};
pub use my_invitations::MyInvitation;
pub use read::Page;
pub use read_invitation::InvitationToChange;
pub use read_settings::Settings;

pub use refused::{Found, Refused};
pub use remind::Reminded;
pub use remove_member::RemovalCheck;
pub use resend_invitation::{Resend, ResendCheck};
pub use retention::Retention;
pub use revoke_invitation::RevokeCheck;
pub use roster::PastMember;
pub use seats::DayCount;
pub use send_again::SendAgainCheck;
pub use user_overview::UserOverview;
pub use watermark::Mark;
pub use workspaces::WorkspaceToDelete;

/// The table, with the clock and the randomness that writing to it takes.
#[derive(Clone)]
pub struct Table {
    client: Client,
    name: String,
    environment: Environment,
    /// For how long a write is tried again after conflicts and throttling.
    patience: SignedDuration,
    retention: Retention,
}

impl Table {
    /// `patience`: for how long a write is tried again after conflicts and throttling. It has to end well before the
    /// function's own timeout, so that a client gets an answer.
    pub fn new(client: Client, name: impl Into<String>, environment: Environment, patience: SignedDuration) -> Self {
        Self { client, name: name.into(), environment, patience, retention: Retention::default() }
    }

    /// The same table, with audit records that are kept for some time only.
    #[must_use]
    pub fn with_retention(self, retention: Retention) -> Self {
        Self { retention, ..self }
    }

    /// For how long audit records are kept.
    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// The clock and the source of randomness.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}

/// How often a use case lets others be quicker before it gives up.
pub const TRIES: usize = 4;

/// When something is done, and from which request: what every audit record says (R17).
#[derive(Clone, Debug)]
pub struct Occasion {
    pub at: Timestamp,
    pub request_id: String,
}
