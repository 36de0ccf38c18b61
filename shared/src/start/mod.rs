//! Runs once for every function, before the first invocation: reads the variables and creates the clients.

mod connections;
mod sdk;
#[cfg(test)]
mod server;
mod trust;

use std::sync::Arc;

use aws_config::{SdkConfig, retry::RetryConfig};
use jiff::SignedDuration;

use crate::{
    allowance::Allowance,
    configuration::{InvalidConfiguration, Variables},
    directory::{Directory, UserPool},
    environment::Environment,
    metrics::Metrics,
    post_office::PostOffice,
    table::{Retention, Table},
    telemetry,
};

pub use connections::{Connections, OpenOnly};

/// Everything that a function needs. The constructor of a function has no other argument, so tests call the same
/// constructor with their own `Start`.
#[derive(Clone)]
pub struct Start {
    /// The environment variables that template.yaml sets.
    pub variables: Variables,
    /// Region, credentials and endpoints, for clients that only one function uses.
    pub sdk: SdkConfig,
    /// The clock, randomness and metrics.
    pub environment: Environment,
    /// Replaces Cognito in tests. `None` means Cognito.
    pub directory: Option<Arc<dyn Directory>>,
    /// Replaces SES in tests. `None` means SES.
    pub post_office: Option<Arc<dyn PostOffice>>,
    /// The connections that are opened before the first request.
    pub connections: Connections,
}

impl Start {
    /// Starts logging and resolves region, credentials and endpoints once.
    pub async fn new() -> Self {
        telemetry::start();
        let variables = Variables::OfTheProcess;
        let sdk = sdk::load(&variables).await;
        let environment = Environment::system().with_metrics(Metrics::to_standard_output());
        Self {
            variables,
            sdk,
            environment,
            directory: None,
            post_office: None,
            connections: Connections::of_the_process(),
        }
    }

    /// Creates the table of a function with a timeout of fifteen seconds. It retries a write for nine seconds. A
    /// thousand writes that share an item take that long one after another (docs/capacity.md).
    ///
    /// `side_by_side` is the number of concurrent requests to the table in the first request of the function. As many
    /// connections are opened before.
    ///
    /// # Errors
    /// When `TABLE_NAME` or `AUDIT_RETENTION_DAYS` is not set.
    pub fn table(&self, side_by_side: usize) -> Result<Table, InvalidConfiguration> {
        self.table_with_patience(side_by_side, SignedDuration::from_secs(9))
    }

    /// Creates the table with another time for retries. For `patience`, see [`Table::new`]. For `side_by_side`, see
    /// [`Start::table`].
    ///
    /// # Errors
    /// When `TABLE_NAME` or `AUDIT_RETENTION_DAYS` is not set.
    pub fn table_with_patience(
        &self,
        side_by_side: usize,
        patience: SignedDuration,
    ) -> Result<Table, InvalidConfiguration> {
        let client = aws_sdk_dynamodb::Client::new(&self.sdk);
        let name = self.variables.text("TABLE_NAME")?;
        self.connections.open(side_by_side, || {
            let once = aws_sdk_dynamodb::Config::builder().retry_config(RetryConfig::disabled());
            client.get_item().table_name(&name).customize().interceptor(OpenOnly).config_override(once).send()
        });
        let retention = Retention::days(self.variables.parsed("AUDIT_RETENTION_DAYS")?);
        Ok(Table::new(client, name, self.environment.clone(), patience).with_retention(retention))
    }

    /// Creates the client of the user pool.
    ///
    /// # Errors
    /// When `USER_POOL_ID` is not set.
    pub fn directory(&self) -> Result<Arc<dyn Directory>, InvalidConfiguration> {
        if let Some(own) = &self.directory {
            return Ok(own.clone());
        }
        let pool = UserPool::new(&self.sdk, self.variables.text("USER_POOL_ID")?);
        pool.open(&self.connections);
        Ok(Arc::new(pool))
    }

    /// Creates the limit of calls to Cognito by one user.
    ///
    /// # Errors
    /// When `IDENTITY_CHECKS_PER_MINUTE` is not set.
    pub fn identity_checks(&self) -> Result<Allowance, InvalidConfiguration> {
        Ok(Allowance::per_minute(self.variables.parsed("IDENTITY_CHECKS_PER_MINUTE")?))
    }
}
