//! Materializes the expiry of invitations. There is no other place that does.

use super::{
    Occasion, Refused, StoreError, Table, WriteError,
    accept_invitation::{ended, holds},
    expression::Expression,
    seats::released,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{AddressKey, InvitationId, InvitationState, OrganizationId},
    items::{AuditAction, Key},
    metrics::Metric,
};

/// The most invitations that one transaction ends: three actions each, of DynamoDB's hundred.
pub const MOST_EXPIRED_AT_ONCE: usize = 30;

/// The conditions of ending expired invitations. Each invitation has its number in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// Their seats are in use.
    Seats,
    /// The invitation is pending, and has expired.
    Invitation(usize),
    /// The invitation holds its address.
    Address(usize),
}

/// What became of invitations that an index showed as expired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Their expiry is materialized: seats and addresses are free.
    pub ended: usize,
    /// They were not pending any more, or were resent: the index lags behind the table.
    pub gone: usize,
    /// Their seat or address is not as the invitation says, so no attempt will end them. The error is logged.
    pub damaged: usize,
}

impl Table {
    /// Ends expired invitations of one organization, at most [`MOST_EXPIRED_AT_ONCE`]: their seats (R16) and addresses are
    /// free. It leaves out those that cannot be ended, so they do not hold up the others.
    ///
    /// # Errors
    /// When the table cannot be written. Then none of them was ended.
    pub async fn end_expired(
        &self,
        organization: OrganizationId,
        mut expired: Vec<(InvitationId, AddressKey)>,
        occasion: &Occasion,
    ) -> Result<Ended, StoreError> {
        let mut result = Ended::default();
        while !expired.is_empty() {
            let Some(refused) = self.expire(organization, &expired, occasion).await? else {
                self.environment.metrics().add(Metric::InvitationsExpired, expired.len());
                result.ended = expired.len();
                break;
            };
            let is_gone = |index| refused.contains(Check::Invitation(index));
            let is_damaged = |index| !is_gone(index) && refused.contains(Check::Address(index));
            let numbers = || 0..expired.len();
            let (gone, mut damaged) =
                (numbers().filter(|i| is_gone(*i)).count(), numbers().filter(|i| is_damaged(*i)).count());
            // Seats that some of them released before are no damage: without those, the others get another try.
            let has_no_seats = gone + damaged == 0;
            if has_no_seats {
                damaged = expired.len();
            }
            if damaged > 0 {
                tracing::error!(
                    error = "its seat or its address is not as the invitation says",
                    invitations = damaged,
                    "an expired invitation was left as it is"
                );
            }
            result.gone += gone;
            result.damaged += damaged;
            let mut index = 0;
            expired.retain(|_| {
                index += 1;
                !(has_no_seats || is_gone(index - 1) || is_damaged(index - 1))
            });
        }
        Ok(result)
    }

    /// All of them or none.
    async fn expire(
        &self,
        organization: OrganizationId,
        expired: &[(InvitationId, AddressKey)],
        occasion: &Occasion,
    ) -> Result<Option<Refused<Check>>, StoreError> {
        let (release, in_use) = released(expired.len());
        let mut transaction = Transaction::new(self).update(Check::Seats, &Key::seats(organization), release, in_use);
        for (index, (invitation, address)) in expired.iter().enumerate() {
            let end = ended(organization, InvitationState::Expired, "", occasion);
            let over = Expression::new("#state = :pending AND #expires_at <= :now")
                .string(":pending", InvitationState::Pending.name())
                .string(":now", occasion.at);
            let record = AuditRecord {
                actor: None,
                action: AuditAction::InvitationExpired,
                target: Some(invitation.to_string()),
                roles: None,
            };
            transaction = transaction
                .update(Check::Invitation(index), &Key::invitation(organization, *invitation), end, over)
                .delete(Check::Address(index), &Key::address(organization, address), holds(*invitation))
                .audit(organization, occasion, record);
        }
        match transaction.commit().await {
            Ok(Ok(_)) => Ok(None),
            Ok(Err(refused)) => Ok(Some(refused)),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Actor(_) | WriteError::KeyReused) => Err(StoreError::contended("nobody acts here")),
        }
    }
}
