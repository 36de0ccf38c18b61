use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    Occasion, Table, Written,
    accept_invitation::ended,
    expression::Expression,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, Invitation, InvitationId, InvitationLimits, InvitationState, UserId},
    items::{AddressGuardItem, AuditAction, Holder, IdempotencyItem, InvitationItem, Key, invitations_of},
};

/// The conditions of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateInvitationCheck {
    /// Nobody else holds the address.
    Address,
    /// A seat is free (R16), and neither the organization nor the inviter has reached a limit (R24).
    Seats,
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
    /// Whether this is the organization's first invitation of the day.
    pub first_of_the_day: bool,
    /// The day that is counted, if it is later than this machine's: another machine's clock is ahead. A count never goes
    /// back to a day that is over.
    pub later_day: Option<String>,
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
        let (count, within) = counted(attempt, limits, authority.actor(), occasion);
        let mut transaction = Transaction::new(self).create(None, &InvitationItem::queued(invitation, &mail_id));
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
        transaction
            .update(CreateInvitationCheck::Seats, &Key::seats(organization), count, within)
            .answer(idempotency, occasion)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}

/// Takes a seat, unless that of a replaced invitation is taken over, and counts the invitation of today: how many the
/// organization made, and this inviter among them. One item, so one condition decides all of it.
fn counted(
    attempt: &Attempt,
    limits: InvitationLimits,
    inviter: &UserId,
    occasion: &Occasion,
) -> (Expression, Expression) {
    let by_inviter = format!("#invitations_today.#{}", invitations_of(inviter));
    let mut count = Expression::new("SET #invitations_on = :today");
    let mut within = Expression::new("attribute_exists(#pk)");
    if attempt.first_of_the_day {
        let first = AttributeValue::M([(invitations_of(inviter), AttributeValue::N("1".to_owned()))].into());
        count = count.appended(", #invitations_made = :one, #invitations_today = :first").value(":first", first);
        within = within.and(Expression::new("attribute_not_exists(#invitations_on) OR #invitations_on < :today"));
    } else {
        count = count.appended(&format!(
            ", #invitations_made = #invitations_made + :one, {by_inviter} = if_not_exists({by_inviter}, :zero) + :one"
        ));
        count = count.number(":zero", 0);
        let limit = format!(
            "#invitations_on = :today AND #invitations_made < :organization_limit AND (attribute_not_exists({by_inviter}) OR {by_inviter} < :inviter_limit)"
        );
        within = within
            .and(Expression::new(limit))
            .number(":organization_limit", limits.organization)
            .number(":inviter_limit", limits.inviter);
    }
    if attempt.replaced.is_none() {
        count = count.appended(", #seats_used = #seats_used + :one");
        within = within.and(Expression::new("#seats_used < #seat_limit"));
    }
    let today = attempt.later_day.clone().unwrap_or_else(|| occasion.at.date());
    (count.string(":today", &today).number(":one", 1), within)
}
