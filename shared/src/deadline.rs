//! The time limit of an invocation that ends by itself before Lambda ends it.

use jiff::SignedDuration;

use crate::domain::Timestamp;

/// The instant at which the work must be complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Timestamp);

impl Deadline {
    pub fn at(instant: Timestamp) -> Self {
        Self(instant)
    }

    /// Reads the deadline from Lambda's context, which has milliseconds since 1970.
    pub fn of(context: &lambda_http::Context) -> Self {
        let milliseconds = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        Self(Timestamp::new(jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::MAX)))
    }

    /// The instant `duration` before the deadline.
    #[must_use]
    pub fn less(self, duration: SignedDuration) -> Self {
        Self(self.0.plus(-duration))
    }

    /// Whether work of this `duration` that begins now would end too late.
    pub fn is_over_after(self, duration: SignedDuration, now: Timestamp) -> bool {
        now.plus(duration) > self.0
    }

    /// The remaining time.
    pub fn remaining(self, now: Timestamp) -> std::time::Duration {
        let left = self.0.as_milliseconds() - now.as_milliseconds();
        std::time::Duration::from_millis(u64::try_from(left).unwrap_or_default())
    }
}
