use super::{
    Occasion, Table, Written,
    accept_invitation::ended,
    expression::Expression,
    mailbox::one_more_email,
    seats::{DayCount, counted},
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, DeliveryStatus, Invitation, InvitationId, InvitationLimits, InvitationState},
    items::{AddressGuardItem, AuditAction, Holder, IdempotencyItem, InvitationItem, Key},
};

/// The conditions of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateInvitationCheck {
    /// Nobody else holds the address.
    Address,
    /// A seat is free (R16), and neither the organization nor the inviter has reached a limit (R24).
    Seats,
    /// The address was not sent too many emails today (R24).
    Mailbox,
    /// What is replaced is as it was found.
    Replaced,
    /// The inviter of what is replaced may still not grant its roles.
    OldInviter,
}

/// What inviting is tried with. The first try assumes the usual: nothing holds the address, and somebody invited today.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// An invitation to the same address that nobody can accept any more. Its seat goes to the new one.
    pub replaced: Option<Replaced>,
    pub day: DayCount,
}

/// Why an invitation that is still pending can be replaced.
#[derive(Clone, Debug)]
pub enum Replaced {
    /// It has expired, and nothing has tidied it up.
    Expired(InvitationId),
    /// Its inviter has left, or may no longer grant its roles: whoever tries to accept it is refused.
    Orphaned(InvitationId, Authority),
}

impl Table {
    /// Invites, in one round trip. The mail follows from the stream (R15).
    pub async fn create_invitation(
        &self,
        authority: &Authority,
        invitation: &Invitation,
        limits: InvitationLimits,
        attempt: &Attempt,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<CreateInvitationCheck> {
        let organization = authority.organization();
        let holder = Holder::Invitation(invitation.id, invitation.expires_at);
        let guard = AddressGuardItem::new(organization, &invitation.email.key(), &holder);
        let mail_id = self.environment.new_id().to_string();
        let (count, within) = counted(&attempt.day, attempt.replaced.is_none(), limits, authority.actor(), occasion);
        let mut transaction = Transaction::new(self).create(None, &InvitationItem::new(invitation, &mail_id));
        transaction = match &attempt.replaced {
            Some(Replaced::Orphaned(_, old)) if old.actor() == authority.actor() => {
                transaction.authorize_unless(authority, old)
            }
            Some(Replaced::Orphaned(_, old)) => {
                let key = Key::member(organization, old.actor());
                let powerless = Expression::member_who_may(old.required()).negated();
                transaction.authorize(authority).check(CreateInvitationCheck::OldInviter, &key, powerless)
            }
            _ => transaction.authorize(authority),
        };
        transaction = match &attempt.replaced {
            None => transaction.create(CreateInvitationCheck::Address, &guard),
            Some(replaced) => {
                let (id, state) = match replaced {
                    Replaced::Expired(id) => (*id, InvitationState::Expired),
                    Replaced::Orphaned(id, _) => (*id, InvitationState::Revoked),
                };
                let holds = Expression::new("#invitation_id = :replaced").string(":replaced", id);
                let holds = match replaced {
                    Replaced::Expired(_) => {
                        holds.and(Expression::new("#invitation_expiry <= :now").string(":now", occasion.at))
                    }
                    Replaced::Orphaned(..) => holds,
                };
                let end = ended(organization, state, authority.actor(), occasion);
                let pending = Expression::new("#state = :pending").string(":pending", InvitationState::Pending.name());
                // Who resends an invitation becomes its inviter. Then it is no orphan any more.
                let pending = match replaced {
                    Replaced::Orphaned(_, old) => {
                        pending.and(Expression::new("#invited_by = :old_inviter").string(":old_inviter", old.actor()))
                    }
                    Replaced::Expired(_) => pending,
                };
                transaction.put(CreateInvitationCheck::Address, &guard, holds).update(
                    CreateInvitationCheck::Replaced,
                    &Key::invitation(organization, id),
                    end,
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
        if invitation.delivery.status == DeliveryStatus::Queued {
            let address = invitation.email.key();
            let (count, allowed) = one_more_email(&address, limits.address, occasion);
            let mailbox = Key::mailbox(&address, &occasion.at.date());
            transaction = transaction.update(CreateInvitationCheck::Mailbox, &mailbox, count, allowed);
        }
        transaction
            .update(CreateInvitationCheck::Seats, &Key::seats(organization), count, within)
            .answer(idempotency, occasion)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}
