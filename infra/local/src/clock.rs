//! The one place that reads the wall clock.

use jiff::Timestamp;

/// The time now.
#[expect(clippy::disallowed_methods, reason = "the local stack is the outside world that hands the product its time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Seconds since the epoch, as tokens carry them.
pub(crate) fn now_seconds() -> i64 {
    now().as_second()
}
