use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    ExpirySlot, Item, Key, Listing, MailKind, Text,
    field::{Stored, role_set},
    keys::sk,
    workspace_access::GrantField,
};
use crate::domain::{
    AddressKey, Delivery, DeliveryStatus, EmailAddress, Invitation, InvitationId, InvitationMessage, InvitationState,
    Locale, OrganizationId, PersonName, RoleSet, Timestamp, UserId,
};

/// Seconds that the stream has for a new mail before the schedule looks for it, too.
const UNTIL_THE_SCHEDULE: i64 = 60;

/// `ORG#org` / `INVITATION#inv`; also the outbox that the mailer reads from the stream (R15).
#[derive(Debug, Serialize, Deserialize)]
pub struct InvitationItem {
    organization_id: Text<OrganizationId>,
    invitation_id: Text<InvitationId>,
    email: Stored<EmailAddress>,
    #[serde(with = "role_set")]
    roles: RoleSet,
    invited_by: Text<UserId>,
    inviter_name: Option<Stored<PersonName>>,
    inviter_username: Option<String>,
    message: Option<Stored<InvitationMessage>>,
    locale: Option<Stored<Locale>>,
    created_at: Text<Timestamp>,
    expires_at: Text<Timestamp>,
    state: Text<InvitationState>,
    delivery_status: Text<DeliveryStatus>,
    delivery_reason: Option<String>,
    delivery_at: Text<Timestamp>,
    /// Which mail is to be sent; a new one with every mail that is asked for, so that an old stream record finds out.
    mail_id: String,
    /// What it says. The one that the API asks for, and that of earlier releases, has none: it is the invitation itself.
    mail_kind: Option<Text<MailKind>>,
    /// How often the mailer took it up.
    #[serde(default)]
    mail_attempts: u32,
    /// When the schedule takes the mail up, unless it was sent or failed by then. With the organization's id it is the key of
    /// the index of unsent mails, so an invitation whose mail has met its end is not in that.
    mail_due_at: Option<Text<Timestamp>>,
    #[serde(default)]
    secret_hashes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expired_hashes: Vec<String>,
    /// Partition key of the index by address, only while pending.
    invited_address: Option<Text<AddressKey>>,
    /// Partition key of the index by expiry, only while pending.
    expiry_slot: Option<Text<ExpirySlot>>,
    /// When it was last resent.
    resent_at: Option<Text<Timestamp>>,
    /// The expiry that the invited person was reminded of. A resend sets another expiry, so it allows another reminder.
    reminded: Option<Text<Timestamp>>,
    /// The workspaces that the acceptance gives access to (R23).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    workspaces: Vec<GrantField>,
}

impl Item for InvitationItem {
    const ENTITY: &'static str = "invitation";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::invitation(&self.invitation_id))
    }

    fn listing(&self) -> Option<Listing> {
        Some(Listing::of_invitation(self.organization_id.0, self.state.0, self.expires_at.0, self.invitation_id.0))
    }
}

impl InvitationItem {
    /// A new invitation. If it is delivered by email, the email is to be sent.
    pub fn new(invitation: &Invitation, mail_id: &str) -> Self {
        let delivery = &invitation.delivery;
        Self {
            organization_id: Text(invitation.organization_id),
            invitation_id: Text(invitation.id),
            email: Stored(invitation.email.clone()),
            roles: invitation.roles,
            invited_by: Text(invitation.invited_by.clone()),
            inviter_name: invitation.inviter_name.clone().map(Stored),
            inviter_username: invitation.inviter_username.clone(),
            message: invitation.message.clone().map(Stored),
            locale: invitation.locale.clone().map(Stored),
            created_at: Text(invitation.created_at),
            expires_at: Text(invitation.expires_at),
            state: Text(InvitationState::Pending),
            delivery_status: Text(delivery.status),
            delivery_reason: None,
            delivery_at: Text(delivery.at),
            mail_id: mail_id.to_owned(),
            mail_kind: None,
            mail_attempts: 0,
            mail_due_at: Self::due(delivery).map(Text),
            secret_hashes: invitation.secret_hashes.clone(),
            expired_hashes: Vec::new(),
            invited_address: Some(Text(invitation.email.key())),
            expiry_slot: Some(Text(ExpirySlot::of(invitation.expires_at, invitation.id))),
            resent_at: None,
            reminded: None,
            workspaces: invitation.workspaces.iter().map(GrantField::from).collect(),
        }
    }

    /// When the schedule takes the email up, if there is one to send.
    pub fn due(delivery: &Delivery) -> Option<Timestamp> {
        let is_queued = delivery.status == DeliveryStatus::Queued;
        is_queued.then(|| delivery.at.plus(SignedDuration::from_secs(UNTIL_THE_SCHEDULE)))
    }

    /// Which mail is to be sent.
    pub fn mail_id(&self) -> &str {
        &self.mail_id
    }

    /// How often the mailer took it up.
    pub fn mail_attempts(&self) -> u32 {
        self.mail_attempts
    }

    /// Hashes of the secrets that were mailed, or may have been; the oldest first.
    pub fn secret_hashes(&self) -> &[String] {
        &self.secret_hashes
    }
}

impl From<InvitationItem> for Invitation {
    fn from(item: InvitationItem) -> Self {
        Self {
            id: item.invitation_id.0,
            organization_id: item.organization_id.0,
            email: item.email.0,
            roles: item.roles,
            invited_by: item.invited_by.0,
            inviter_name: item.inviter_name.map(|name| name.0),
            inviter_username: item.inviter_username,
            message: item.message.map(|message| message.0),
            locale: item.locale.map(|locale| locale.0),
            created_at: item.created_at.0,
            expires_at: item.expires_at.0,
            state: item.state.0,
            delivery: Delivery { status: item.delivery_status.0, reason: item.delivery_reason, at: item.delivery_at.0 },
            secret_hashes: item.secret_hashes,
            expired_hashes: item.expired_hashes,
            workspaces: item.workspaces.into_iter().map(Into::into).collect(),
        }
    }
}
