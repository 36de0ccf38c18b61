//! What every function does once, before its first invocation: read its variables, build the clients it calls.

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
    table::Table,
    telemetry,
};

pub use connections::{Connections, OpenOnly};

/// Everything that a function is made of. Its constructor takes it and nothing else, so tests run the same constructor: they
/// make a `Start` of their own.
#[derive(Clone)]
pub struct Start {
    /// What template.yaml sets.
    pub variables: Variables,
    /// Region, credentials and endpoints, for clients that only one function has.
    pub sdk: SdkConfig,
    /// The clock, randomness and metrics.
    pub environment: Environment,
    /// Stands in for the user pool. `None`: Cognito.
    pub directory: Option<Arc<dyn Directory>>,
    /// Stands in for the mail service. `None`: SES.
    pub post_office: Option<Arc<dyn PostOffice>>,
    /// What is opened before the first request.
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

    /// The table of a function with a timeout of fifteen seconds: it tries a write again for nine. So long because a thousand
    /// writes that share an item take that long one after another (docs/capacity.md).
    ///
    /// `side_by_side`: how many requests to the table are under way at once while the function answers its first request. As
    /// many connections are open by then.
    ///
    /// # Errors
    /// When `TABLE_NAME` is not set.
    pub fn table(&self, side_by_side: usize) -> Result<Table, InvalidConfiguration> {
        self.table_with_patience(side_by_side, SignedDuration::from_secs(9))
    }

    /// The table. `side_by_side`: as above; `patience`: see [`Table::new`].
    ///
    /// # Errors
    /// When `TABLE_NAME` is not set.
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
        Ok(Table::new(client, name, self.environment.clone(), patience))
    }

    /// The user pool.
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

    /// How often one user may make this function ask Cognito.
    ///
    /// # Errors
    /// When `IDENTITY_CHECKS_PER_MINUTE` is not set.
    pub fn identity_checks(&self) -> Result<Allowance, InvalidConfiguration> {
        Ok(Allowance::per_minute(self.variables.parsed("IDENTITY_CHECKS_PER_MINUTE")?))
    }
}
