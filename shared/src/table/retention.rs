use jiff::SignedDuration;

use crate::domain::Timestamp;

/// For how long audit records and past memberships are kept. The default is for ever.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retention(Option<SignedDuration>);

impl Retention {
    /// `0` days: for ever.
    pub fn days(days: u16) -> Self {
        Self((days > 0).then(|| SignedDuration::from_hours(24 * i64::from(days))))
    }

    /// When DynamoDB may delete a record of `at`, in seconds since 1970. DynamoDB deletes it some days later, so readers use
    /// [`Self::since`].
    pub(super) fn ttl(self, at: Timestamp) -> Option<i64> {
        self.0.map(|kept| at.plus(kept).as_seconds())
    }

    /// The instant since which there are records. `None`: there is no limit.
    pub fn since(self, now: Timestamp) -> Option<Timestamp> {
        self.0.map(|kept| now.plus(-kept))
    }
}
