//! Sends invitations: the outbox is the table itself, its stream says what is to be sent (R15).

mod mail;
mod post_office;
mod record;
mod send;

use std::sync::Arc;

use aws_lambda_events::{
    event::dynamodb::Event,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use futures::future::join_all;
use shared::{
    configuration::InvalidConfiguration,
    domain::Timestamp,
    metrics::Metric,
    post_office::PostOffice,
    start::Start,
    table::Table,
    telemetry::{self, Invocation},
};

use mail::MailSettings;
use post_office::Ses;
pub use send::Sent;
use send::send;

pub struct InvitationMailer {
    table: Table,
    settings: MailSettings,
    post_office: Arc<dyn PostOffice>,
}

impl InvitationMailer {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self {
            table: start.table()?,
            settings: MailSettings::new(&start.variables)?,
            post_office: match &start.post_office {
                Some(own) => own.clone(),
                None => Arc::new(Ses::new(start)?),
            },
        })
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
