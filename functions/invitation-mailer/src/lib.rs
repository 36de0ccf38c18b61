//! Sends invitations. The outbox is the table itself: its stream brings new mails at once, and a schedule takes up those that
//! had to wait (R15).

mod attempt;
mod backoff;
mod claimed;
mod due;
mod event;
mod fresh;
/// Public for the previews: see `examples/previews`.
pub mod mail;
mod outcome;
mod plain;
mod post_office;
mod turns;

use std::sync::Arc;

use futures::FutureExt;
use jiff::SignedDuration;
use shared::{
    configuration::InvalidConfiguration,
    deadline::Deadline,
    environment::Environment,
    items::UnsentMail,
    metrics::Metric,
    post_office::PostOffice,
    start::Start,
    table::{StoreError, Table},
    telemetry::{self, Invocation},
};

use attempt::Sender;
pub use event::{Occasion, Task};
use mail::MailSettings;
pub use outcome::Outcome;
use post_office::Ses;
use turns::Resting;

const SERVICE: &str = env!("CARGO_PKG_NAME");
/// For how long a mail's state is tried to be written. The invocation has many mails to send.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);
/// What is kept back of an invocation's time, so that it ends before Lambda ends it.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);

pub struct InvitationMailer {
    table: Table,
    settings: MailSettings,
    post_office: Arc<dyn PostOffice>,
    resting: Resting,
}

impl InvitationMailer {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self {
            table: start.table_with_patience(2, PATIENCE)?,
            settings: MailSettings::new(&start.variables)?,
            post_office: match &start.post_office {
                Some(own) => own.clone(),
                None => Arc::new(Ses::new(start)?),
            },
            resting: Resting::default(),
        })
    }

    /// Sends what the stream brings, or what is due. A mail that is not sent by then waits in the table, so there is nothing
    /// that the stream would have to bring again, and nothing is lost when the time is up.
    ///
    /// # Errors
    /// When the schedule asks and the index of unsent mails cannot be read.
    pub async fn handle(
        &self,
        occasion: Occasion,
        invocation: &Invocation,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let environment = self.table.environment();
        let run = Run { mailer: self, invocation, cold_start: telemetry::is_cold_start(), deadline };
        let left = deadline.less(MARGIN).remaining(environment.now());
        // Boxed: the compiler cannot lay out the whole of it in one piece.
        let done = tokio::time::timeout(left, run.work(occasion).boxed()).await.unwrap_or_else(|_| {
            tracing::warn!(target: "function", error = "the invocation has no time left", "the email waits");
            Ok(())
        });
        environment.metrics().write(environment.now(), &invocation.origin(SERVICE), None);
        done
    }
}

/// One invocation.
struct Run<'a> {
    mailer: &'a InvitationMailer,
    invocation: &'a Invocation,
    cold_start: bool,
    deadline: Deadline,
}

impl Run<'_> {
    async fn work(&self, occasion: Occasion) -> Result<(), StoreError> {
        match occasion {
            Occasion::Stream(event) => {
                self.send_fresh(event.records).await;
                Ok(())
            }
            Occasion::Schedule { task: Task::SendDueMails } => self.send_due().await,
        }
    }

    fn environment(&self) -> &Environment {
        self.mailer.table.environment()
    }

    fn sender(&self) -> Sender<'_> {
        let InvitationMailer { table, settings, post_office, .. } = self.mailer;
        Sender { table, settings, post_office: post_office.as_ref() }
    }

    /// Logs and counts what became of a mail, and for how long it had been wanted. `None`: there is no such mail.
    fn report(&self, outcome: Outcome, mail: Option<&UnsentMail>) {
        tracing::info!(
            target: "function",
            service = SERVICE,
            cold_start = self.cold_start,
            function_request_id = self.invocation.request_id,
            xray_trace_id = self.invocation.trace_id,
            outcome = outcome.name(),
            "mail"
        );
        let environment = self.environment();
        if let (Some(metric), Some(mail)) = (outcome.metric(), mail) {
            environment.metrics().count(metric);
            let age = environment.now().as_seconds() - mail.since.as_seconds();
            environment.metrics().largest(Metric::OldestUnsentAge, age);
        }
    }
}
