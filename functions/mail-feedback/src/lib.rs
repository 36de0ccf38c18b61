//! Stores what became of the emails that SES accepted (R15). SES sends its events to EventBridge, and a rule invokes this
//! function.

mod event;
mod outcome;

use serde_json::Value;
use shared::{
    configuration::InvalidConfiguration,
    start::Start,
    table::{StoreError, Table},
    telemetry::{self, Invocation},
};

use event::Report;
pub use outcome::Outcome;

pub struct MailFeedback {
    table: Table,
}

impl MailFeedback {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(1)? })
    }

    /// Stores the result that the event reports. An event that says nothing about an invitation is done, because another
    /// attempt would find the same.
    ///
    /// # Errors
    /// When the table cannot be written. Lambda then invokes the function again.
    pub async fn handle(&self, event: &Value, invocation: &Invocation) -> Result<(), StoreError> {
        let outcome = match Report::from_event(event) {
            None => Outcome::Skipped,
            Some(Report { tags, feedback }) => {
                if self.table.save_feedback(&tags, &feedback).await? {
                    Outcome::from(&feedback)
                } else {
                    Outcome::NotWanted
                }
            }
        };
        tracing::info!(
            target: "function",
            service = env!("CARGO_PKG_NAME"),
            cold_start = telemetry::is_cold_start(),
            function_request_id = invocation.request_id,
            xray_trace_id = invocation.trace_id,
            outcome = outcome.name(),
            "mail"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests;
