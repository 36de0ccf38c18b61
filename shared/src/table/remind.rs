use super::{
    Occasion, StoreError, Table, WriteError, expression::Expression, mailbox::one_more_email, transaction::Transaction,
};
use crate::{
    domain::{Authority, DeliveryChannel, DeliveryStatus, InvitationState},
    items::{Expiring, InvitationItem, Key, MailKind},
};

/// The conditions of a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// The invitation is pending, its email arrived as far as anybody knows, and nobody was reminded of this expiry.
    Invitation,
    /// Who invited may still grant the roles (R8): otherwise nobody could accept.
    Inviter,
    /// The address was not sent too many emails today (R24).
    Mailbox,
}

/// What became of a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminded {
    /// The mailer sends it.
    Queued,
    /// The invitation is not one to be reminded of.
    Unwanted,
}

impl Table {
    /// Has a reminder of a pending invitation sent, with another secret; earlier links stay good. There is at most one for
    /// each expiry.
    pub async fn remind(&self, invitation: &Expiring, limit: u32, occasion: &Occasion) -> Result<Reminded, StoreError> {
        let organization = invitation.organization;
        let inviter = Authority::to_grant(organization, invitation.inviter.clone(), invitation.roles);
        let due = InvitationItem::due(&DeliveryChannel::Email.begins(occasion.at)).unwrap_or(occasion.at);
        let change = Expression::new(
            "SET #reminded = :expires_at, #mail_kind = :reminder, #mail_id = :mail, #mail_attempts = :none, #delivery_status = :queued, #delivery_at = :now, #mail_due_at = :due REMOVE #delivery_reason",
        )
        .string(":reminder", MailKind::Reminder)
        .string(":mail", self.environment.new_id())
        .number(":none", 0)
        .string(":queued", DeliveryStatus::Queued.name())
        .string(":now", occasion.at)
        .string(":due", due);
        let wanted = Expression::new(
            "#state = :pending AND #expires_at = :expires_at AND #invited_by = :inviter AND #delivery_status IN (:sent, :delivered) AND (attribute_not_exists(#reminded) OR #reminded <> :expires_at)",
        )
        .string(":pending", InvitationState::Pending.name())
        .string(":expires_at", invitation.expires_at)
        .string(":inviter", &invitation.inviter)
        .string(":sent", DeliveryStatus::Sent.name())
        .string(":delivered", DeliveryStatus::Delivered.name());
        let (count, allowed) = one_more_email(&invitation.address, limit, occasion);
        let mailbox = Key::mailbox(&invitation.address, &occasion.at.date());
        let written = Transaction::new(self)
            .update(Check::Invitation, &Key::invitation(organization, invitation.invitation), change, wanted)
            .check(
                Check::Inviter,
                &Key::member(organization, &invitation.inviter),
                Expression::member_who_may(inviter.required()),
            )
            .update(Check::Mailbox, &mailbox, count, allowed)
            .commit()
            .await;
        match written {
            Ok(Ok(_)) => Ok(Reminded::Queued),
            Ok(Err(_)) => Ok(Reminded::Unwanted),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Actor(_) | WriteError::KeyReused) => Err(StoreError::contended("nobody acts here")),
        }
    }
}
