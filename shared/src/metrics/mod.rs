//! The functions' counts for the on-call engineer. An invocation writes one log line with its counts, or none without counts.
//!
//! A function does not decide which counts become CloudWatch metrics, because AWS charges for each metric. The metric filters in
//! template.yaml and infra/observability.yaml decide. They read the counts from the log, so no request waits for them. The
//! counts have their own line, because `LOG_LEVEL` can suppress the line of the request.

mod line;

use std::{
    collections::BTreeMap,
    io::Write,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::domain::Timestamp;

pub use line::Origin;

/// All metrics. The names are stable, because metric filters, alarms and the dashboard use them.
macro_rules! metrics {
    ($($metric:ident = $unit:ident, $text:literal;)*) => {
        /// A count or a measurement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric { $(#[doc = $text] $metric,)* }

        impl Metric {
            pub const ALL: &[Self] = &[$(Self::$metric,)*];

            pub const fn name(self) -> &'static str { match self { $(Self::$metric => stringify!($metric),)* } }

            pub const fn unit(self) -> &'static str { match self { $(Self::$metric => stringify!($unit),)* } }
        }
    };
}

impl Metric {
    /// The only dimension of the metric. AWS charges for each of its values, so it is never an id.
    pub const fn dimension(self) -> &'static str {
        match self {
            Self::Problems => "code",
            _ => "service",
        }
    }
}

metrics! {
    OrganizationsCreated = Count, "Organizations that the API created.";
    UsersRepaired = Count, "Users that `GET /me` created, because no trigger had created them.";
    SignUpsUnfinished = Count, "Sign-ups that the post confirmation trigger could not complete. The first signed-in request completes them.";
    InvitationsCreated = Count, "Invitations that members created.";
    InvitationsAccepted = Count, "Invitations that users accepted.";
    InvitationsDeclined = Count, "Invitations that users declined.";
    InvitationsExpired = Count, "Invitations whose expiry was materialized: their seats are free.";
    RemindersQueued = Count, "Reminders of invitations that the sweeper handed to the mailer.";
    InvitationsSkipped = Count, "Invitations that the sweeper left as they are, because an item of theirs is damaged.";
    SweepLag = Seconds, "Seconds since the instant up to which the sweeper has ended every expired invitation.";
    MailsSent = Count, "Emails that SES accepted.";
    MailsFailed = Count, "Emails that the mailer will not send. The delivery reason of the invitation says why.";
    MailsRetried = Count, "Failed attempts after which the email waits for the next attempt.";
    OldestUnsentAge = Seconds, "Seconds that the oldest unsent email has waited.";
    WriteConflicts = Count, "Writes that conflicted with another transaction.";
    WriteRetries = Count, "Writes that were retried after a temporary error.";
    WritesGivenUp = Count, "Writes that failed after the last retry.";
    Problems = Count, "Error responses (problem details), by code.";
}

type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// The counts since the last line.
#[derive(Clone)]
pub struct Metrics {
    values: Arc<Mutex<BTreeMap<Metric, i64>>>,
    sink: Sink,
}

impl Metrics {
    /// Metrics that write their lines to `sink`.
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { values: Arc::default(), sink: Arc::new(sink) }
    }

    /// Metrics that write their lines to standard output, as the log does.
    pub fn to_standard_output() -> Self {
        // One write for the line and its end, so that lines never mix. There is no place to report a failed write.
        Self::new(|line| drop(std::io::stdout().write_all(format!("{line}\n").as_bytes())))
    }

    pub fn count(&self, metric: Metric) {
        self.add(metric, 1);
    }

    /// Counts several at once.
    pub fn add(&self, metric: Metric, number: usize) {
        *self.values().entry(metric).or_default() += i64::try_from(number).unwrap_or(i64::MAX);
    }

    /// Records a measurement. The line contains the largest value.
    pub fn largest(&self, metric: Metric, value: i64) {
        let mut values = self.values();
        let largest = values.entry(metric).or_insert(value);
        *largest = value.max(*largest);
    }

    /// Writes a line if there are counts since the last line, or if the response was an error response.
    pub fn write(&self, now: Timestamp, origin: &Origin<'_>, problem: Option<&'static str>) {
        let values = mem::take(&mut *self.values());
        if let Some(line) = line::line(now, origin, &values, problem) {
            (self.sink)(&line);
        }
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<Metric, i64>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Metrics that write no lines.
impl Default for Metrics {
    fn default() -> Self {
        Self::new(|_| {})
    }
}
