use super::{
    Occasion, StoreError, Table, WriteError,
    accept_invitation::{ended, holds},
    expression::Expression,
    listed::ListedQuery,
    read,
    seats::released,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Invitation, InvitationState, OrganizationId, Timestamp},
    items::{AuditAction, InvitationItem, Key, List, listing::Span},
};

/// The most invitations that one transaction ends: three actions each, of DynamoDB's hundred.
pub const AT_ONCE: usize = 30;

impl Table {
    /// Ends invitations that have expired and still hold a seat and an address, the oldest first: the seats are free at
    /// once, and nobody waits for a schedule (R16). Returns how many it ended.
    ///
    /// The index may lag behind. What it shows and what is no longer so is left out.
    pub async fn reclaim_seats(&self, organization: OrganizationId, occasion: &Occasion) -> Result<usize, WriteError> {
        let mut expired = self.expired_invitations(organization, occasion.at, AT_ONCE).await?;
        while !expired.is_empty() {
            match self.expire(organization, &expired, occasion).await? {
                Ok(_) => return Ok(expired.len()),
                Err(refused) => {
                    let before = expired.len();
                    let mut index = 0;
                    expired.retain(|_| {
                        index += 1;
                        !refused.contains(index - 1)
                    });
                    if expired.len() == before {
                        return Err(StoreError::contended("the seats keep changing").into());
                    }
                }
            }
        }
        Ok(0)
    }

    /// The invitations that have expired and still hold a seat, the oldest first, `limit` at most. The index may lag behind.
    pub async fn expired_invitations(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Invitation>, StoreError> {
        let expired = ListedQuery {
            organization,
            parts: vec![(List::Invitations(InvitationState::Pending), Span::until(now))],
            backwards: false,
            filter: None,
            limit,
        };
        let page = self.listed(&expired, None, limit).await?;
        Ok(page.listed(read::read::<InvitationItem, Invitation>).items)
    }

    /// All of them or none. Each condition has the number of its invitation.
    async fn expire(
        &self,
        organization: OrganizationId,
        expired: &[Invitation],
        occasion: &Occasion,
    ) -> super::Written<usize> {
        let (release, in_use) = released(expired.len());
        let mut transaction = Transaction::new(self).update(None, &Key::seats(organization), release, in_use);
        for (index, invitation) in expired.iter().enumerate() {
            let end = ended(organization, InvitationState::Expired, "", occasion);
            let over = Expression::new("#state = :pending AND #expires_at <= :now")
                .string(":pending", InvitationState::Pending.name())
                .string(":now", occasion.at);
            let record = AuditRecord {
                actor: None,
                action: AuditAction::InvitationExpired,
                target: Some(invitation.id.to_string()),
                roles: None,
            };
            transaction = transaction
                .update(index, &Key::invitation(organization, invitation.id), end, over)
                .delete(None, &Key::address(organization, &invitation.email.key()), holds(invitation))
                .audit(organization, occasion, record);
        }
        transaction.commit().await
    }
}
