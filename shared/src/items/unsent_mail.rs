use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::domain::{InvitationId, OrganizationId, Timestamp, UserId};

/// What the stream and the index of unsent mails show of an invitation: enough to take its mail up. Never written.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnsentMailItem {
    organization_id: Text<OrganizationId>,
    invitation_id: Text<InvitationId>,
    invited_by: Text<UserId>,
    mail_id: String,
    #[serde(default)]
    mail_attempts: u32,
    mail_due_at: Option<Text<Timestamp>>,
    delivery_at: Text<Timestamp>,
}

impl Item for UnsentMailItem {
    const ENTITY: &'static str = "invitation";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::invitation(&self.invitation_id))
    }
}

/// A mail that nobody has marked as sent or failed.
#[derive(Clone, Debug)]
pub struct UnsentMail {
    pub organization: OrganizationId,
    pub invitation: InvitationId,
    pub inviter: UserId,
    /// Which mail of the invitation: an operator or a later release may ask for another one.
    pub mail_id: String,
    /// How often it was taken up, as far as is known before it is taken up again.
    pub attempts: u32,
    /// When the schedule takes it up. Missing in what an earlier release wrote.
    pub due: Option<Timestamp>,
    /// Since when it has been wanted.
    pub since: Timestamp,
}

impl From<UnsentMailItem> for UnsentMail {
    fn from(item: UnsentMailItem) -> Self {
        Self {
            organization: item.organization_id.0,
            invitation: item.invitation_id.0,
            inviter: item.invited_by.0,
            mail_id: item.mail_id,
            attempts: item.mail_attempts,
            due: item.mail_due_at.map(|due| due.0),
            since: item.delivery_at.0,
        }
    }
}
