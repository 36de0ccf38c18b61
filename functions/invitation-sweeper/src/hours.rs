//! The walk over the hours of the index.

use futures::future::try_join_all;
use jiff::SignedDuration;
use shared::{
    domain::Timestamp,
    items::{Attributes, ExpirySlot, expiry_slot::next_hour},
    table::{ExpiringPage, Mark, StoreError},
};

use crate::{Counts, Run};

/// The time for which the index may lag behind the table. A run does not pass an hour before it ended so long ago.
/// DynamoDB promises no limit, and says that an index is usually current within a fraction of a second.
const LAG: SignedDuration = SignedDuration::from_hours(1);

/// Which hours a walk visits, and what it looks for in them.
pub(crate) struct Walk {
    /// The instant of the watermark that it moves.
    pub(crate) mark: Mark,
    /// The first hour.
    pub(crate) first: Timestamp,
    /// The invitations that expire from `from` to `to`, both included.
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Run<'_> {
    /// Visits one hour after another, the earliest first.
    ///
    /// The watermark moves past an hour if it ended long enough ago, it was read to its end, and nothing of it is left to
    /// the next run. It stays before the first hour of which that is not so, and the run goes on behind it. Returns where
    /// the watermark is now.
    pub(crate) async fn walk(&self, walk: &Walk, counts: &mut Counts) -> Result<Timestamp, StoreError> {
        let mut hour = walk.first;
        let mut done = walk.first;
        let mut is_unbroken = true;
        while hour <= walk.to && !self.must_end() {
            let left = counts.left;
            let is_read = self.visit(walk, hour, counts).await?;
            let next = next_hour(hour);
            let is_over = next.plus(LAG) <= walk.to;
            is_unbroken &= is_read && is_over && counts.left == left;
            if is_unbroken {
                self.sweeper.table.move_watermark(walk.mark, next).await?;
                done = next;
            }
            hour = next;
        }
        Ok(done)
    }

    /// Reads an hour, a page of every slot at a time, and treats what it finds. Returns whether it read all of it.
    async fn visit(&self, walk: &Walk, hour: Timestamp, counts: &mut Counts) -> Result<bool, StoreError> {
        let mut slots: Vec<_> = ExpirySlot::of_hour(hour).map(|slot| (slot, None)).collect();
        while !slots.is_empty() {
            if self.must_end() {
                return Ok(false);
            }
            let pages = slots.into_iter().map(|(slot, start)| self.page(walk, slot, start));
            let (mut found, mut unfinished) = (Vec::new(), Vec::new());
            for (slot, page) in try_join_all(pages).await? {
                found.extend(page.items);
                counts.skipped += page.unreadable;
                unfinished.extend(page.next.map(|next| (slot, Some(next))));
            }
            counts.add(match walk.mark {
                Mark::Swept => self.end(found).await,
                Mark::Reminded => self.remind_of(found).await,
            });
            slots = unfinished;
        }
        Ok(true)
    }

    async fn page(
        &self,
        walk: &Walk,
        slot: ExpirySlot,
        start: Option<Attributes>,
    ) -> Result<(ExpirySlot, ExpiringPage), StoreError> {
        Ok((slot, self.sweeper.table.expiring(slot, walk.from, walk.to, start).await?))
    }
}
