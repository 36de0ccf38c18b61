//! Cognito's post confirmation trigger. It creates the user and, if the sign-up named one, the organization (R4, R5).

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

/// The time limit of the trigger. Cognito waits for five seconds. After four, the rest is left to the first signed-in
/// request.
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

    /// Handles the event and returns it unchanged, whatever the result is.
    ///
    /// The user is already confirmed, and an error would only tell the user that they are not. Nothing is lost: if this
    /// function fails, `GET /me` creates the user, and the front end asks for the details.
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
