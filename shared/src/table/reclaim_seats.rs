use super::{MOST_EXPIRED_AT_ONCE, Occasion, StoreError, Table, listed::ListedQuery, read};
use crate::{
    domain::{Invitation, InvitationState, OrganizationId, Timestamp},
    items::{InvitationItem, List, listing::Span},
};

impl Table {
    /// Ends invitations that have expired and still hold a seat and an address, the oldest first: the seats are free at
    /// once, and nobody waits for the sweeper (R16). Returns how many it ended.
    ///
    /// The index may lag behind. What it shows and what is no longer so is left out.
    pub async fn reclaim_seats(&self, organization: OrganizationId, occasion: &Occasion) -> Result<usize, StoreError> {
        let expired = self.expired_invitations(organization, occasion.at, MOST_EXPIRED_AT_ONCE).await?;
        let expired = expired.into_iter().map(|invitation| (invitation.id, invitation.email.key())).collect();
        Ok(self.end_expired(organization, expired, occasion).await?.ended)
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
}
