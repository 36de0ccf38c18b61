//! Has reminders sent.

use futures::{StreamExt, stream};
use jiff::SignedDuration;
use shared::{
    domain::Timestamp,
    items::Expiring,
    metrics::Metric,
    table::{Mark, Reminded, StoreError},
};

use crate::{Counts, Run, SIDE_BY_SIDE, hours::Walk};

impl Run<'_> {
    /// Has reminders sent of the invitations that expire within `before`.
    pub(crate) async fn remind(
        &self,
        before: SignedDuration,
        until: Option<Timestamp>,
        counts: &mut Counts,
    ) -> Result<(), StoreError> {
        let now = self.occasion.at;
        let to = now.plus(before);
        // A watermark beyond the end is of a time when reminders came earlier. It says nothing about invitations since.
        let first = until.filter(|until| *until <= to).unwrap_or(now).max(now.start_of_hour());
        let from = now.plus(SignedDuration::from_millis(1));
        let walk = Walk { mark: Mark::Reminded, first, from, to };
        self.walk(&walk, counts).await.map(drop)
    }

    pub(crate) async fn remind_of(&self, found: Vec<Expiring>) -> Counts {
        let before = self.sweeper.reminder.unwrap_or_default();
        // An invitation that was valid for a short time only needs no reminder of the invitation itself.
        let is_wanted = |one: &Expiring| !one.is_reminded && one.since.plus(before).plus(before) <= one.expires_at;
        let wanted = found.into_iter().filter(is_wanted).map(|invitation| self.remind_one(invitation));
        let mut reminders = stream::iter(wanted).buffer_unordered(SIDE_BY_SIDE);
        let mut counts = Counts::default();
        while let Some(more) = reminders.next().await {
            counts.add(more);
        }
        counts
    }

    async fn remind_one(&self, invitation: Expiring) -> Counts {
        if self.must_end() {
            return Counts { left: 1, ..Counts::default() };
        }
        match self.sweeper.table.remind(&invitation, self.sweeper.emails_per_address, &self.occasion).await {
            Ok(Reminded::Queued) => {
                self.environment().metrics().count(Metric::RemindersQueued);
                Counts { reminded: 1, ..Counts::default() }
            }
            Ok(Reminded::Unwanted) => Counts::default(),
            Err(error) => self.left(1, error),
        }
    }
}
