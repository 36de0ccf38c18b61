use super::{
    Occasion, Table, Written,
    expression::Expression,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, Invitation, InvitationId, InvitationState},
    items::{AddressGuardItem, AuditAction, Holder, IdempotencyItem, InvitationItem, Key},
};

/// The conditions of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateInvitationCheck {
    /// Nobody else holds the address.
    Address,
    /// A seat is free (R16).
    Seats,
    /// What is replaced is as it was found.
    Replaced,
}

/// An invitation to the same address that expired without anybody having tidied it up. Its seat goes to the new one.
#[derive(Clone, Copy, Debug)]
pub struct Replaced(pub InvitationId);

impl Table {
    /// Invites, in one round trip. The mail follows from the stream (R15).
    pub async fn create_invitation(
        &self,
        authority: &Authority,
        invitation: &Invitation,
        replaced: Option<Replaced>,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<CreateInvitationCheck> {
        let organization = authority.organization();
        let holder = Holder::Invitation(invitation.id, invitation.expires_at);
        let guard = AddressGuardItem::new(organization, &invitation.email.key(), &holder);
        let mail_id = self.environment.new_id().to_string();
        let mut transaction =
            Transaction::new(self).authorize(authority).create(None, &InvitationItem::queued(invitation, &mail_id));
        transaction = match replaced {
            None => {
                let take = Expression::new("SET #seats_used = #seats_used + :one").number(":one", 1);
                let free = Expression::new("#seats_used < #seat_limit");
                transaction.create(CreateInvitationCheck::Address, &guard).update(
                    CreateInvitationCheck::Seats,
                    &Key::seats(organization),
                    take,
                    free,
                )
            }
            Some(Replaced(expired)) => {
                let over = Expression::new("#invitation_id = :expired AND #invitation_expiry <= :now")
                    .string(":expired", expired)
                    .string(":now", occasion.at);
                let expire =
                    Expression::new("SET #state = :expired_state REMOVE #invited_address, #invitation_expires_at")
                        .string(":expired_state", InvitationState::Expired.name());
                let pending = Expression::new("#state = :pending").string(":pending", InvitationState::Pending.name());
                transaction.put(CreateInvitationCheck::Address, &guard, over).update(
                    CreateInvitationCheck::Replaced,
                    &Key::invitation(organization, expired),
                    expire,
                    pending,
                )
            }
        };
        let record = AuditRecord {
            actor: Some(authority.actor()),
            action: AuditAction::InvitationCreated,
            target: Some(invitation.id.to_string()),
            roles: Some(invitation.roles),
        };
        transaction.answer(idempotency, occasion).audit(organization, occasion, record).commit().await
    }
}
