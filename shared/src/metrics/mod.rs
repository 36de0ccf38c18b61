//! What the functions count, for the person on call: one line an invocation, none when there was nothing to count.
//!
//! A function does not decide which counts become metrics of CloudWatch, where each one is charged. The metric filters in
//! template.yaml and infra/observability.yaml do: they read the counts out of the log, so that no request waits for them. The
//! line is not the request's log line: `LOG_LEVEL` may silence that one, and a count is never lost to it.

mod line;

use std::{
    collections::BTreeMap,
    io::Write,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::domain::Timestamp;

pub use line::Origin;

/// Everything that is counted. The names are stable: metric filters, alarms and the dashboard go by them.
macro_rules! metrics {
    ($($metric:ident = $unit:ident, $text:literal;)*) => {
        /// Something that is counted or measured.
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
    /// The one dimension. Each value of it is a metric to be paid for, so it is never an id.
    pub const fn dimension(self) -> &'static str {
        match self {
            Self::Problems => "code",
            _ => "service",
        }
    }
}

metrics! {
    OrganizationsCreated = Count, "Organizations that were created.";
    UsersRepaired = Count, "Users that `GET /me` had to create, since no sign-up had.";
    SignUpsUnfinished = Count, "Sign-ups that the trigger left to the first signed-in request.";
    InvitationsCreated = Count, "Invitations that were made.";
    InvitationsAccepted = Count, "Invitations that were accepted.";
    InvitationsDeclined = Count, "Invitations that were declined.";
    MailsSent = Count, "Mails that SES took.";
    MailsFailed = Count, "Mails that will not be sent; the invitations say why.";
    MailsRetried = Count, "Attempts after which a mail waits for the next one.";
    OldestUnsentAge = Seconds, "For how long the oldest unsent mail has been wanted.";
    WriteConflicts = Count, "Writes that met another transaction.";
    WriteRetries = Count, "Writes that were tried again, for whatever passes.";
    WritesGivenUp = Count, "Writes that did not get through while it was worth trying.";
    Problems = Count, "Answers that were a problem document, by its code.";
}

type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// What was counted since the last line.
#[derive(Clone)]
pub struct Metrics {
    values: Arc<Mutex<BTreeMap<Metric, i64>>>,
    sink: Sink,
}

impl Metrics {
    /// Metrics whose lines go to `sink`.
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { values: Arc::default(), sink: Arc::new(sink) }
    }

    /// Metrics whose lines go where the log's go.
    pub fn to_standard_output() -> Self {
        // In one piece, the line's end included. There is nobody to tell when it fails.
        Self::new(|line| drop(std::io::stdout().write_all(format!("{line}\n").as_bytes())))
    }

    pub fn count(&self, metric: Metric) {
        *self.values().entry(metric).or_default() += 1;
    }

    /// A measurement of which the largest counts.
    pub fn largest(&self, metric: Metric, value: i64) {
        let mut values = self.values();
        let largest = values.entry(metric).or_insert(value);
        *largest = value.max(*largest);
    }

    /// Writes a line if something was counted since the last one, or if the answer was a problem.
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

/// Metrics that nobody reads.
impl Default for Metrics {
    fn default() -> Self {
        Self::new(|_| {})
    }
}
