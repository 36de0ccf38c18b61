//! Cognito's post-confirmation trigger: creates the user and, when the sign-up named one, the organization (R4, R5).

mod event;
mod welcome;

use jiff::SignedDuration;
use serde_json::Value;
use shared::{
    configuration::InvalidConfiguration,
    metrics::Metric,
    new_organization::OrganizationDefaults,
    start::Start,
    table::{Occasion, Table},
    telemetry::{self, Invocation},
};

use event::SignUp;
pub use welcome::Welcomed;
use welcome::welcome;

/// Cognito gives a trigger five seconds. What is not done after four is left to the first signed-in request.
const TIME: std::time::Duration = std::time::Duration::from_secs(4);

pub struct PostConfirmation {
    table: Table,
    defaults: OrganizationDefaults,
}

impl PostConfirmation {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        let table = start.table_with_patience(1, SignedDuration::from_millis(3500))?;
        Ok(Self { table, defaults: OrganizationDefaults::new(&start.variables)? })
    }

    /// Does what the event asks for and hands the event back untouched, whatever came of it.
    ///
    /// The user is confirmed by now, and an error would only tell them that they are not. Nothing is lost by answering:
    /// `GET /me` creates the user, and prompts for the details, when this function could not.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> Value {
        let environment = self.table.environment();
        let cold_start = telemetry::is_cold_start();
        let outcome = match SignUp::from_event(&event) {
            None => "ignored",
            Some(sign_up) => {
                let occasion = Occasion { at: environment.now(), request_id: invocation.request_id.clone() };
                match tokio::time::timeout(TIME, welcome(&self.table, &self.defaults, sign_up, &occasion)).await {
                    Ok(Ok(welcomed)) => welcomed.name(),
                    Ok(Err(error)) => {
                        tracing::error!(target: "function", error = telemetry::chain(&error), "left to the first signed-in request");
                        environment.metrics().count(Metric::SignUpsUnfinished);
                        "failed"
                    }
                    Err(_) => {
                        tracing::error!(target: "function", "no time left: left to the first signed-in request");
                        environment.metrics().count(Metric::SignUpsUnfinished);
                        "timed_out"
                    }
                }
            }
        };
        let service = env!("CARGO_PKG_NAME");
        tracing::info!(
            target: "function",
            service,
            cold_start,
            function_request_id = invocation.request_id,
            xray_trace_id = invocation.trace_id,
            outcome,
            "sign-up"
        );
        environment.metrics().write(environment.now(), &invocation.origin(service), None);
        event
    }
}
