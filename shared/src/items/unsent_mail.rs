use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::{
    domain::{InvitationId, OrganizationId, Timestamp, UserId, named},
    feedback::MailTags,
};

/// What an email of an invitation says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// The invitation itself. An item without a kind means this one.
    #[default]
    Invitation,
    /// A reminder to the invited person, before the invitation expires.
    Reminder,
    /// A note to the inviter that the invitation was accepted.
    Accepted,
}

impl MailKind {
    pub const ALL: [Self; 3] = [Self::Invitation, Self::Reminder, Self::Accepted];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
            Self::Accepted => "accepted",
        }
    }
}

named!(MailKind);

/// The attributes of an invitation, or of an email about an acceptance, in the stream and in the index of unsent emails. They are sufficient to claim its
/// email. The code never writes this item.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnsentMailItem {
    organization_id: Text<OrganizationId>,
    invitation_id: Text<InvitationId>,
    invited_by: Text<UserId>,
    joined_id: Option<Text<UserId>>,
    mail_id: String,
    #[serde(default)]
    mail_attempts: u32,
    mail_due_at: Option<Text<Timestamp>>,
    delivery_at: Text<Timestamp>,
    mail_kind: Option<Text<MailKind>>,
}

impl Item for UnsentMailItem {
    const ENTITY: &'static str = "invitation";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::invitation(&self.invitation_id))
    }
}

/// An email that is not marked as sent or failed.
#[derive(Clone, Debug)]
pub struct UnsentMail {
    pub organization: OrganizationId,
    pub invitation: InvitationId,
    pub inviter: UserId,
    /// The member who accepted, if the email is about that.
    pub joined: Option<UserId>,
    /// The id of the email. An operator or a later release can ask for another email of the same invitation.
    pub mail_id: String,
    pub kind: MailKind,
    /// The number of claims before this one.
    pub attempts: u32,
    /// The time when the schedule claims the email. Items of earlier releases do not have it.
    pub due: Option<Timestamp>,
    /// The time since when the email waits.
    pub since: Timestamp,
}

impl UnsentMail {
    /// The tags that the email is sent with.
    pub fn tags(&self) -> MailTags {
        MailTags { organization: self.organization, invitation: self.invitation, mail: self.mail_id.clone() }
    }
}

impl From<UnsentMailItem> for UnsentMail {
    fn from(item: UnsentMailItem) -> Self {
        Self {
            organization: item.organization_id.0,
            invitation: item.invitation_id.0,
            inviter: item.invited_by.0,
            joined: item.joined_id.map(|joined| joined.0),
            mail_id: item.mail_id,
            kind: item.mail_kind.map(|kind| kind.0).unwrap_or_default(),
            attempts: item.mail_attempts,
            due: item.mail_due_at.map(|due| due.0),
            since: item.delivery_at.0,
        }
    }
}
