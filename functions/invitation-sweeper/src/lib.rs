//! Ends invitations that have expired, so that their seats and addresses are free (R16), and has reminders of those that
//! soon will sent. A schedule invokes it.
//!
//! The index `invitations-by-expiry` has a key for each hour, and a watermark says up to which hour all is done. A run
//! walks over the hours from the watermark on. So it does not matter when or how often it runs, or where a run ends.

mod counts;
mod hours;
mod reminders;
mod sweep;

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;
use jiff::SignedDuration;
use shared::{
    configuration::{InvalidConfiguration, Variables},
    deadline::Deadline,
    environment::Environment,
    metrics::Metric,
    start::Start,
    table::{Occasion, StoreError, Table},
    telemetry::{self, Invocation},
};

use counts::Counts;

const SERVICE: &str = env!("CARGO_PKG_NAME");
/// For how long a write is tried again. The next run tries it, too.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);
/// What is kept back of an invocation's time for the writes that run, their retries included.
const ROOM: SignedDuration = SignedDuration::from_secs(10);
/// What is kept back so that it ends before Lambda ends it.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);
/// The number of transactions side by side, each of another organization.
const SIDE_BY_SIDE: usize = 8;
/// After so many failed calls a run ends. The table is throttled or out of reach, and more calls would not help it.
const MOST_FAILURES: usize = 8;

pub struct InvitationSweeper {
    table: Table,
    /// The time before an expiry when a reminder is sent, if any is.
    reminder: Option<SignedDuration>,
    /// The emails that an address gets on one day (R24).
    emails_per_address: u32,
}

impl InvitationSweeper {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self {
            table: start.table_with_patience(SIDE_BY_SIDE, PATIENCE)?,
            reminder: reminder(&start.variables)?,
            emails_per_address: start.variables.parsed("INVITATION_EMAILS_PER_ADDRESS_PER_DAY")?,
        })
    }

    /// Ends what has expired and has reminders sent, until all is done or the time is nearly up. The next run continues.
    ///
    /// # Errors
    /// When the index or the watermark cannot be read, and when the table rejects a write for another reason than
    /// throttling or a conflict. All other work of the run is done then, too.
    pub async fn handle(&self, invocation: &Invocation, deadline: Deadline) -> Result<(), StoreError> {
        let environment = self.table.environment();
        let occasion = Occasion { at: environment.now(), request_id: invocation.request_id.clone() };
        let run = Run { sweeper: self, occasion, deadline: deadline.less(ROOM), failures: AtomicUsize::new(0) };
        let left = deadline.less(MARGIN).remaining(environment.now());
        let cold_start = telemetry::is_cold_start();
        let mut counts = Counts::default();
        let work = run.work(&mut counts).boxed();
        let done = tokio::time::timeout(left, work).await.unwrap_or_else(|_| {
            tracing::warn!(target: "function", error = "the invocation has no time left", "the next run continues");
            Ok(())
        });
        tracing::info!(
            target: "function",
            service = SERVICE,
            cold_start,
            function_request_id = invocation.request_id,
            xray_trace_id = invocation.trace_id,
            expired = counts.expired,
            reminded = counts.reminded,
            skipped = counts.skipped,
            left = counts.left,
            "sweep"
        );
        if counts.skipped > 0 {
            environment.metrics().add(Metric::InvitationsSkipped, counts.skipped);
        }
        environment.metrics().write(environment.now(), &invocation.origin(SERVICE), None);
        done.and(counts.failed())
    }
}

fn reminder(variables: &Variables) -> Result<Option<SignedDuration>, InvalidConfiguration> {
    let hours: u16 = variables.parsed("INVITATION_REMINDER_HOURS")?;
    Ok((hours > 0).then(|| SignedDuration::from_hours(hours.into())))
}

/// One invocation.
struct Run<'a> {
    sweeper: &'a InvitationSweeper,
    /// When it began. This instant decides what has expired.
    occasion: Occasion,
    /// When no more work begins.
    deadline: Deadline,
    failures: AtomicUsize,
}

impl Run<'_> {
    async fn work(&self, counts: &mut Counts) -> Result<(), StoreError> {
        let watermark = self.sweeper.table.watermark().await?;
        self.sweep(watermark.swept_until.map(|until| until.0), counts).await?;
        match self.sweeper.reminder {
            Some(before) => self.remind(before, watermark.reminded_until.map(|until| until.0), counts).await,
            None => Ok(()),
        }
    }

    fn environment(&self) -> &Environment {
        self.sweeper.table.environment()
    }

    /// Whether no more work begins: the time is nearly up, or too much has failed.
    fn must_end(&self) -> bool {
        self.deadline.is_over_after(SignedDuration::ZERO, self.environment().now())
            || self.failures.load(Ordering::Relaxed) >= MOST_FAILURES
    }

    /// Counts what a failed write leaves to the next run.
    fn left(&self, number: usize, error: StoreError) -> Counts {
        self.failures.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(target: "function", error = telemetry::chain(&error), "the next run tries it again");
        Counts { left: number, ..Counts::of(error) }
    }
}
