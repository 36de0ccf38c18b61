use super::{
    Occasion, Replaced, Table, Written,
    create_invitation::New,
    expression::Expression,
    seats::{DayCount, Growth, counted},
    transaction::{Transaction, unanswered},
};
use crate::{
    domain::{Authority, DeliveryStatus, Invitation, InvitationLimits, OrganizationId, PermissionSet, UserId},
    items::{IdempotencyItem, Key, SeatsItem},
};

/// The most actions that DynamoDB allows in one transaction, without those that the rows of a batch share: the check of
/// the actor, SEATS and the idempotency record.
pub const MOST_ACTIONS: usize = 100 - 3;

/// An invitation of a batch, and what it replaces.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub invitation: Invitation,
    pub replaced: Option<Replaced>,
}

impl NewInvitation {
    /// The most actions that it needs: the invitation, its address and its audit record; the count of the mailbox; the end
    /// of what it replaces, and the check of who invited that.
    pub fn actions(&self) -> usize {
        let is_mailed = self.invitation.delivery.status == DeliveryStatus::Queued;
        let replaced = match self.replaced {
            None => 0,
            Some(Replaced::Expired(_)) => 1,
            Some(Replaced::Orphaned(..)) => 2,
        };
        3 + usize::from(is_mailed) + replaced
    }
}

/// The part of a batch that is written in one transaction.
#[derive(Debug)]
pub struct NewInvitations<'a> {
    pub organization: OrganizationId,
    pub inviter: &'a UserId,
    pub invitations: &'a [NewInvitation],
    /// The seats as they were read.
    pub seats: &'a SeatsItem,
    pub day: DayCount,
    pub limits: InvitationLimits,
}

impl NewInvitations<'_> {
    /// Everything that its invitations require together (R8).
    fn authority(&self) -> Authority {
        let required = self.invitations.iter().map(|NewInvitation { invitation, .. }| {
            Authority::to_grant(self.organization, self.inviter.clone(), invitation.roles).required()
        });
        let required = required.fold(PermissionSet::default(), PermissionSet::union);
        Authority::new(self.organization, self.inviter.clone(), required)
    }

    fn growth(&self) -> Growth {
        let seats = self.invitations.iter().filter(|new| new.replaced.is_none()).count();
        Growth {
            invitations: u32::try_from(self.invitations.len()).unwrap_or(u32::MAX),
            seats: seats as u64,
            seat_limit: Some(self.seats.limit()),
        }
    }
}

/// The idempotency record of a batch, as it is after a transaction.
#[derive(Debug)]
pub struct BatchRecord {
    pub after: IdempotencyItem,
    /// `rows_left` of the record as it was read or written last. `None` if there was none.
    pub before: Option<u32>,
}

/// The condition of a batch: what was planned with is still so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsPlanned;

impl Table {
    /// Invites several people, all or none, in one round trip. The rows share the check of the actor, who must hold what
    /// all of them require, and the update of SEATS. Without invitations, it only stores the record.
    pub async fn create_invitations(
        &self,
        new: Option<&NewInvitations<'_>>,
        record: Option<&BatchRecord>,
        occasion: &Occasion,
    ) -> Written<AsPlanned> {
        let authority = new.map(NewInvitations::authority);
        let mut transaction = Transaction::new(self);
        if let Some((new, authority)) = new.zip(authority.as_ref()) {
            let lost: Vec<_> =
                new.invitations.iter().filter_map(|new| new.replaced.as_ref()).filter_map(Replaced::lost).collect();
            let (count, within) = counted(&new.day, new.growth(), new.limits, new.inviter, occasion);
            transaction = transaction.authorize_unless(authority, &lost, AsPlanned).update(
                AsPlanned,
                &Key::seats(new.organization),
                count,
                within,
            );
            for NewInvitation { invitation, replaced } in new.invitations {
                let row = New { invitation, replaced: replaced.as_ref(), most_emails: new.limits.address };
                transaction = transaction.invite(row, [AsPlanned; 3], occasion);
            }
        }
        if let Some(BatchRecord { after, before }) = record {
            let unchanged = match before {
                None => unanswered(occasion),
                Some(rows) => Expression::new("#fingerprint = :fingerprint AND #rows_left = :rows")
                    .string(":fingerprint", after.fingerprint())
                    .number(":rows", rows),
            };
            transaction = transaction.put(AsPlanned, after, unchanged);
        }
        transaction.commit().await
    }
}
