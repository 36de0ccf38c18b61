use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    Occasion, Table, Written,
    accept_invitation::holds,
    expression::Expression,
    invitation_mail::{MOST_SECRETS, hashes},
    mailbox::one_more_email,
    seats::{DayCount, Growth, counted},
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, DeliveryStatus, Invitation, InvitationLimits, InvitationState},
    items::{AddressGuardItem, AuditAction, ExpirySlot, Holder, IdempotencyItem, InvitationItem, Key, List, Listing},
};

/// The conditions of a resend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResendCheck {
    /// The invitation is as it was read.
    Invitation,
    /// No member and no other invitation holds the address.
    Address,
    /// The address was not sent too many emails today (R24).
    Mailbox,
    /// A seat is free if one is needed (R16), and neither the organization nor the inviter has reached a limit (R24).
    Seats,
}

/// A resend: the invitation before and after.
#[derive(Clone, Copy, Debug)]
pub struct Resend<'a> {
    /// As it was read.
    pub before: &'a Invitation,
    /// With its new inviter, expiry and delivery. A link's hash is the only one in `secret_hashes`.
    pub after: &'a Invitation,
    /// The actor says that the address is right, although the last email bounced or its reader complained.
    pub confirms_address: bool,
}

impl Resend<'_> {
    /// Whether it takes a seat and the address again: they were released when the expiry was materialized.
    pub fn uses_a_seat(&self) -> bool {
        self.before.state == InvitationState::Expired
    }
}

impl Table {
    /// Resends an invitation: it is pending again, until the new expiry, and whoever resends is its inviter. Links of a pending
    /// invitation stay good, those of an expired one do not come back.
    pub async fn resend_invitation(
        &self,
        authority: &Authority,
        resend: Resend<'_>,
        limits: InvitationLimits,
        day: &DayCount,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<ResendCheck> {
        let organization = authority.organization();
        let Resend { before, after, .. } = resend;
        let holder = Holder::Invitation(after.id, after.expires_at);
        let guard = AddressGuardItem::new(organization, &after.email.key(), &holder);
        let mail_id = self.environment.new_id().to_string();
        let (change, unchanged) = renewed(resend, &mail_id, occasion);
        let (count, within) = counted(day, Growth::one(resend.uses_a_seat()), limits, authority.actor(), occasion);
        let mut transaction = Transaction::new(self).authorize(authority).update(
            ResendCheck::Invitation,
            &Key::invitation(organization, before.id),
            change,
            unchanged,
        );
        transaction = if resend.uses_a_seat() {
            transaction.create(ResendCheck::Address, &guard)
        } else {
            transaction.put(ResendCheck::Address, &guard, holds(before.id))
        };
        if after.delivery.status == DeliveryStatus::Queued {
            let address = after.email.key();
            let (count, allowed) = one_more_email(&address, limits.address, occasion);
            let mailbox = Key::mailbox(&address, &occasion.at.date());
            transaction = transaction.update(ResendCheck::Mailbox, &mailbox, count, allowed);
        }
        let record = AuditRecord {
            actor: Some(authority.actor()),
            action: AuditAction::InvitationResent,
            target: Some(before.id.to_string()),
            roles: Some(before.roles),
        };
        transaction
            .update(ResendCheck::Seats, &Key::seats(organization), count, within)
            .answer(idempotency, occasion)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}

/// The condition that the last email neither bounced nor caused a complaint.
pub(super) fn deliverable() -> Expression {
    Expression::new("NOT (#delivery_status IN (:bounced, :complained))")
        .string(":bounced", DeliveryStatus::Bounced.name())
        .string(":complained", DeliveryStatus::Complained.name())
}

/// The update of the invitation and its condition: that it is as it was read, its secrets included where they are written.
fn renewed(resend: Resend<'_>, mail_id: &str, occasion: &Occasion) -> (Expression, Expression) {
    let Resend { before, after, confirms_address } = resend;
    let text =
        |value: Option<&str>| value.map_or(AttributeValue::Null(true), |text| AttributeValue::S(text.to_owned()));
    let mut change = Expression::new(
        "SET #state = :pending, #list = :list, #list_key = :list_key, #invited_address = :address, #expiry_slot = :slot, #resent_at = :now, #expires_at = :expires_at, #invited_by = :inviter, #inviter_username = :username, #inviter_name = :name, #mail_id = :mail, #mail_attempts = :none, #delivery_status = :status, #delivery_reason = :nothing, #delivery_at = :now",
    )
    .string(":pending", InvitationState::Pending.name())
    .string(":list", List::Invitations(InvitationState::Pending).name(after.organization_id))
    .string(":list_key", Listing::key_of_invitation(after.expires_at, after.id))
    .string(":address", after.email.key())
    .string(":slot", ExpirySlot::of(after.expires_at, after.id))
    .string(":expires_at", after.expires_at)
    .string(":inviter", &after.invited_by)
    .value(":username", text(after.inviter_username.as_deref()))
    .value(":name", text(after.inviter_name.as_ref().map(|name| name.as_str())))
    .string(":mail", mail_id)
    .number(":none", 0)
    .string(":status", after.delivery.status.name())
    .value(":nothing", AttributeValue::Null(true))
    .string(":now", occasion.at);
    let mut unchanged = Expression::new("#state = :was AND #expires_at = :until AND #invited_by = :by")
        .string(":was", before.state.name())
        .string(":until", before.expires_at)
        .string(":by", &before.invited_by);
    if after.delivery.status == DeliveryStatus::Queued && !confirms_address {
        unchanged = unchanged.and(deliverable());
    }
    let has_expired = before.expires_at <= occasion.at;
    if has_expired || !after.secret_hashes.is_empty() {
        let latest = |all: &[&[String]]| {
            let all: Vec<&str> = all.iter().flat_map(|some| some.iter()).map(String::as_str).collect();
            hashes(all.iter().skip(all.len().saturating_sub(MOST_SECRETS)).copied())
        };
        let (good, over): (&[String], &[String]) =
            if has_expired { (&[], &before.secret_hashes) } else { (&before.secret_hashes, &[]) };
        change = change
            .appended(", #secret_hashes = :good, #expired_hashes = :over")
            .value(":good", latest(&[good, &after.secret_hashes]))
            .value(":over", latest(&[&before.expired_hashes, over]));
        unchanged = unchanged
            .and(Expression::new("#secret_hashes = :secrets"))
            .value(":secrets", hashes(before.secret_hashes.iter().map(String::as_str)));
    }
    let due = InvitationItem::due(&after.delivery);
    change = match due {
        Some(due) => {
            change.appended(", #mail_due_at = :due REMOVE #settled_at, #settled_by, #mail_kind").string(":due", due)
        }
        None => change.appended(" REMOVE #settled_at, #settled_by, #mail_kind, #mail_due_at"),
    };
    (change, unchanged)
}
