//! Sends invitations: the outbox is the table itself, its stream says what is to be sent (R15).

mod mail;
mod post_office;
mod record;
mod send;

use aws_lambda_events::{
    event::dynamodb::Event,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use futures::future::join_all;
use jiff::SignedDuration;
use shared::{
    configuration::InvalidConfiguration,
    domain::Timestamp,
    metrics::Metric,
    start::Start,
    table::Table,
    telemetry::{self, Invocation},
};

pub use mail::{Mail, MailSettings};
pub use post_office::{Handover, PostOffice, Refused, Ses};
pub use send::{SendError, Sent, send};

/// The function.
pub struct InvitationMailer {
    table: Table,
    settings: MailSettings,
    post_office: Box<dyn PostOffice>,
}

impl InvitationMailer {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        let variables = start.variables;
        let settings = MailSettings { product: variables.text("PRODUCT_NAME")?, app_url: variables.text("APP_URL")? };
        let client = aws_sdk_sesv2::Client::new(start.sdk());
        let post_office = Ses::new(client, variables.text("SENDER_ADDRESS")?, variables.text("CONFIGURATION_SET")?);
        Ok(Self::with(start.table(SignedDuration::from_secs(5))?, settings, Box::new(post_office)))
    }

    /// With parts of the caller's own.
    pub fn with(table: Table, settings: MailSettings, post_office: Box<dyn PostOffice>) -> Self {
        Self { table, settings, post_office }
    }

    /// Sends the mails of a batch side by side. Records whose mail may still be sent later are reported as failed; the
    /// stream delivers from the first of them on again, and mails that were sent by then are skipped.
    pub async fn handle(&self, event: Event, invocation: &Invocation) -> DynamoDbEventResponse {
        let service = env!("CARGO_PKG_NAME");
        let cold_start = telemetry::is_cold_start();
        let outcomes = join_all(event.records.into_iter().map(|record| self.handle_record(record))).await;
        let mut response = DynamoDbEventResponse::default();
        for (sequence_number, outcome) in outcomes {
            tracing::info!(
                target: "function",
                service,
                cold_start,
                function_request_id = invocation.request_id,
                xray_trace_id = invocation.trace_id,
                outcome,
                "mail"
            );
            if outcome == "retried" {
                let mut failure = DynamoDbBatchItemFailure::default();
                failure.item_identifier = sequence_number;
                response.batch_item_failures.push(failure);
            }
        }
        let environment = self.table.environment();
        environment.metrics().write(environment.now(), &invocation.origin(service), None);
        response
    }

    async fn handle_record(
        &self,
        record: aws_lambda_events::event::dynamodb::EventRecord,
    ) -> (Option<String>, &'static str) {
        let sequence_number = record.change.sequence_number.clone();
        let outcome = match record::mail_request(record) {
            // Nothing that a retry could help.
            None => "skipped",
            Some(asked) => match send(&self.table, &self.settings, self.post_office.as_ref(), &asked.request).await {
                Ok(sent) => {
                    if let Some(metric) = sent.metric() {
                        self.count(metric, asked.since);
                    }
                    sent.name()
                }
                Err(error) => {
                    tracing::warn!(target: "function", error = telemetry::chain(&error), "the mail is tried again");
                    self.count(Metric::MailsRetried, asked.since);
                    "retried"
                }
            },
        };
        (sequence_number, outcome)
    }

    /// Counts a mail that was still wanted, and for how long it had been.
    fn count(&self, metric: Metric, since: Option<Timestamp>) {
        let environment = self.table.environment();
        environment.metrics().count(metric);
        if let Some(since) = since {
            environment.metrics().largest(Metric::OldestUnsentAge, environment.now().as_seconds() - since.as_seconds());
        }
    }
}
