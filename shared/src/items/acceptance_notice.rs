use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{InvitationItem, Item, Key, MailKind, Text};
use crate::domain::{Delivery, DeliveryStatus, Invitation, InvitationId, OrganizationId, Timestamp, UserId};

/// Seconds after which nobody needs to hear of an acceptance any more.
const WORTH_SENDING: SignedDuration = SignedDuration::from_hours(24);

/// `ORG#org` / `ACCEPTED#inv`: the email that tells the inviter of an acceptance. The transaction that accepts writes it, and the
/// mailer deletes it when the email is sent. It has the attributes that put an invitation into the index of unsent emails.
///
/// It is an item of its own: the invitation's delivery state stays that of the email to the invited person.
#[derive(Debug, Serialize, Deserialize)]
pub struct AcceptanceNoticeItem {
    organization_id: Text<OrganizationId>,
    invitation_id: Text<InvitationId>,
    /// The recipient.
    invited_by: Text<UserId>,
    /// The member who accepted.
    joined_id: Text<UserId>,
    mail_id: String,
    mail_kind: Text<MailKind>,
    mail_attempts: u32,
    mail_due_at: Text<Timestamp>,
    /// Since when the email waits.
    delivery_at: Text<Timestamp>,
    /// Seconds since 1970. DynamoDB deletes an email that nobody sent some time later.
    ttl: i64,
}

impl Item for AcceptanceNoticeItem {
    const ENTITY: &'static str = "acceptance_notice";

    fn key(&self) -> Key {
        Key::acceptance_notice(self.organization_id.0, self.invitation_id.0)
    }
}

impl AcceptanceNoticeItem {
    /// The email about the acceptance of `invitation` by `joined`.
    pub fn new(invitation: &Invitation, joined: &UserId, mail_id: String, now: Timestamp) -> Self {
        let delivery = Delivery { status: DeliveryStatus::Queued, reason: None, at: now };
        Self {
            organization_id: Text(invitation.organization_id),
            invitation_id: Text(invitation.id),
            invited_by: Text(invitation.invited_by.clone()),
            joined_id: Text(joined.clone()),
            mail_id,
            mail_kind: Text(MailKind::Accepted),
            mail_attempts: 0,
            mail_due_at: Text(InvitationItem::due(&delivery).unwrap_or(now)),
            delivery_at: Text(now),
            ttl: now.plus(WORTH_SENDING).as_seconds(),
        }
    }

    /// How often the mailer claimed it.
    pub fn attempts(&self) -> u32 {
        self.mail_attempts
    }

    /// Whether the inviter still wants to hear of it.
    pub fn is_worth_sending(&self, now: Timestamp) -> bool {
        now.as_seconds() < self.ttl
    }
}
