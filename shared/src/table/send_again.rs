use super::{
    Occasion, Table, Written,
    expression::Expression,
    mailbox::one_more_email,
    resend_invitation::deliverable,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, DeliveryChannel, DeliveryStatus, Invitation, InvitationState, UserId},
    items::{AuditAction, IdempotencyItem, InvitationItem, Key},
};

/// The conditions of sending an invitation again for the invited person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendAgainCheck {
    /// The invitation is pending, has the inviter that was read, and its last email did not fail.
    Invitation,
    /// Who invited may still grant the roles (R8): otherwise nobody could accept.
    Inviter,
    /// The address was not sent too many emails today (R24).
    Mailbox,
}

impl Table {
    /// Has the email of a pending invitation sent once more, with another secret. Expiry and inviter stay as they are.
    pub async fn send_invitation_again(
        &self,
        invitation: &Invitation,
        actor: &UserId,
        limit: u32,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<SendAgainCheck> {
        let organization = invitation.organization_id;
        let inviter = Authority::to_grant(organization, invitation.invited_by.clone(), invitation.roles);
        let delivery = DeliveryChannel::Email.begins(occasion.at);
        let due = InvitationItem::due(&delivery).unwrap_or(occasion.at);
        let change = Expression::new(
            "SET #mail_id = :mail, #mail_attempts = :none, #delivery_status = :queued, #delivery_at = :now, #mail_due_at = :due REMOVE #delivery_reason, #mail_kind",
        )
        .string(":mail", self.environment.new_id())
        .number(":none", 0)
        .string(":queued", DeliveryStatus::Queued.name())
        .string(":now", occasion.at)
        .string(":due", due);
        let live = Expression::new("#state = :pending AND #expires_at > :now AND #invited_by = :inviter")
            .string(":pending", InvitationState::Pending.name())
            .string(":inviter", &invitation.invited_by)
            .and(deliverable());
        let address = invitation.email.key();
        let (count, allowed) = one_more_email(&address, limit, occasion);
        let record = AuditRecord {
            actor: Some(actor),
            action: AuditAction::InvitationResent,
            target: Some(invitation.id.to_string()),
            roles: None,
        };
        Transaction::new(self)
            .update(SendAgainCheck::Invitation, &Key::invitation(organization, invitation.id), change, live)
            .check(
                SendAgainCheck::Inviter,
                &Key::member(organization, &invitation.invited_by),
                Expression::member_who_may(inviter.required()),
            )
            .update(SendAgainCheck::Mailbox, &Key::mailbox(&address, &occasion.at.date()), count, allowed)
            .answer(idempotency, occasion)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}
