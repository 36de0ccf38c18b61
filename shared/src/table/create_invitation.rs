use super::{
    Occasion, Table, Written,
    accept_invitation::ended,
    expression::Expression,
    mailbox::one_more_email,
    seats::{DayCount, Growth, counted},
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, DeliveryStatus, Invitation, InvitationId, InvitationLimits, InvitationState, WorkspaceId},
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
    /// The workspace exists that the invitation gives access to (R23).
    Workspace(WorkspaceId),
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

impl Replaced {
    /// The authority that its inviter must lack, if it has not expired.
    pub(super) fn lost(&self) -> Option<&Authority> {
        match self {
            Self::Expired(_) => None,
            Self::Orphaned(_, authority) => Some(authority),
        }
    }
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
        use CreateInvitationCheck::{Address, Mailbox, OldInviter, Replaced, Seats};
        let growth = Growth::one(attempt.replaced.is_none());
        let (count, within) = counted(&attempt.day, growth, limits, authority.actor(), occasion);
        let lost: Vec<_> = attempt.replaced.iter().filter_map(self::Replaced::lost).collect();
        let new = New { invitation, replaced: attempt.replaced.as_ref(), most_emails: limits.address };
        let mut transaction = Transaction::new(self).authorize_unless(authority, &lost, OldInviter);
        for grant in &invitation.workspaces {
            let key = Key::workspace(authority.organization(), grant.workspace);
            let exists = Expression::new("attribute_exists(#pk)");
            transaction = transaction.check(CreateInvitationCheck::Workspace(grant.workspace), &key, exists);
        }
        transaction
            .invite(new, [Address, Replaced, Mailbox], occasion)
            .update(Seats, &Key::seats(authority.organization()), count, within)
            .answer(idempotency, occasion)
            .commit()
            .await
    }
}

/// A new invitation, and what it replaces.
pub(super) struct New<'a> {
    pub(super) invitation: &'a Invitation,
    pub(super) replaced: Option<&'a Replaced>,
    /// The number of emails that an address may be sent on one day (R24).
    pub(super) most_emails: u32,
}

impl<C: Copy + PartialEq> Transaction<'_, C> {
    /// Everything that belongs to one new invitation alone: itself, its address, what it replaces, the count of the
    /// mailbox and the audit record.
    pub(super) fn invite(self, new: New<'_>, [address, replaced, mailbox]: [C; 3], occasion: &Occasion) -> Self {
        let New { invitation, replaced: old, most_emails } = new;
        let organization = invitation.organization_id;
        let holder = Holder::Invitation(invitation.id, invitation.expires_at);
        let guard = AddressGuardItem::new(organization, &invitation.email.key(), &holder);
        let mail_id = self.table.environment.new_id().to_string();
        let mut transaction = self.create(None, &InvitationItem::new(invitation, &mail_id));
        transaction = match old {
            None => transaction.create(address, &guard),
            Some(old) => {
                let (id, end, pending) = replacing(old, invitation, occasion);
                let mut holds = Expression::new("#invitation_id = :replaced").string(":replaced", id);
                if let Replaced::Expired(_) = old {
                    holds = holds.and(Expression::new("#invitation_expiry <= :now").string(":now", occasion.at));
                }
                transaction.put(address, &guard, holds).update(
                    replaced,
                    &Key::invitation(organization, id),
                    end,
                    pending,
                )
            }
        };
        if invitation.delivery.status == DeliveryStatus::Queued {
            let key = invitation.email.key();
            let (count, allowed) = one_more_email(&key, most_emails, occasion);
            transaction = transaction.update(mailbox, &Key::mailbox(&key, &occasion.at.date()), count, allowed);
        }
        let record = AuditRecord {
            actor: Some(&invitation.invited_by),
            action: AuditAction::InvitationCreated,
            target: Some(invitation.id.to_string()),
            roles: Some(invitation.roles),
        };
        transaction.audit(organization, occasion, record)
    }
}

/// Ends what is replaced: its id, the update and its condition.
fn replacing(old: &Replaced, new: &Invitation, occasion: &Occasion) -> (InvitationId, Expression, Expression) {
    let pending = Expression::new("#state = :pending").string(":pending", InvitationState::Pending.name());
    let (id, state, pending) = match old {
        Replaced::Expired(id) => (*id, InvitationState::Expired, pending),
        // Who resends an invitation becomes its inviter. Then it is no orphan any more.
        Replaced::Orphaned(id, lost) => {
            let by = Expression::new("#invited_by = :old_inviter").string(":old_inviter", lost.actor());
            (*id, InvitationState::Revoked, pending.and(by))
        }
    };
    (id, ended(new.organization_id, state, &new.invited_by, occasion), pending)
}
