//! Ends what has expired.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use shared::{
    domain::{AddressKey, InvitationId, OrganizationId, Timestamp},
    items::Expiring,
    metrics::Metric,
    table::{MOST_EXPIRED_AT_ONCE, Mark, StoreError},
};

use crate::{Counts, Run, SIDE_BY_SIDE, hours::Walk};

type Expired = Vec<(InvitationId, AddressKey)>;

impl Run<'_> {
    /// Ends the invitations that have expired, from the watermark on.
    pub(crate) async fn sweep(&self, until: Option<Timestamp>, counts: &mut Counts) -> Result<(), StoreError> {
        let first = match until {
            Some(until) => until,
            None => self.sweeper.table.created_at().await?.start_of_hour(),
        };
        let now = self.occasion.at;
        let walk = Walk { mark: Mark::Swept, first, from: first, to: now };
        let done = self.walk(&walk, counts).await?;
        self.environment().metrics().largest(Metric::SweepLag, now.as_seconds() - done.as_seconds());
        Ok(())
    }

    /// The organizations side by side. The invitations of one share its seats, so its transactions would conflict.
    pub(crate) async fn end(&self, found: Vec<Expiring>) -> Counts {
        let mut organizations: BTreeMap<_, Expired> = BTreeMap::new();
        for invitation in found {
            let expired = organizations.entry(invitation.organization).or_default();
            expired.push((invitation.invitation, invitation.address));
        }
        let ends = organizations.into_iter().map(|(organization, expired)| self.end_of(organization, expired));
        let mut ends = stream::iter(ends).buffer_unordered(SIDE_BY_SIDE);
        let mut counts = Counts::default();
        while let Some(more) = ends.next().await {
            counts.add(more);
        }
        counts
    }

    async fn end_of(&self, organization: OrganizationId, mut expired: Expired) -> Counts {
        let mut counts = Counts::default();
        while !expired.is_empty() {
            if self.must_end() {
                counts.left += expired.len();
                break;
            }
            let rest = expired.split_off(expired.len().min(MOST_EXPIRED_AT_ONCE));
            let number = expired.len();
            match self.sweeper.table.end_expired(organization, expired, &self.occasion).await {
                Ok(ended) => {
                    counts.expired += ended.ended;
                    counts.skipped += ended.damaged;
                }
                Err(error) => counts.add(self.left(number, error)),
            }
            expired = rest;
        }
        counts
    }
}
