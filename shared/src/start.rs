//! What every function does once, before its first invocation: read its variables, build the clients it calls.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
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
}

impl Start {
    /// Starts logging and resolves region, credentials and endpoints once.
    pub async fn new() -> Self {
        telemetry::start();
        let variables = Variables::OfTheProcess;
        let seconds = std::time::Duration::from_secs;
        let timeouts =
            TimeoutConfig::builder().connect_timeout(seconds(1)).operation_attempt_timeout(seconds(2)).build();
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .http_client(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https())
            .timeout_config(timeouts)
            .retry_config(
                RetryConfig::standard().with_max_attempts(4).with_initial_backoff(std::time::Duration::from_millis(50)),
            )
            .load()
            .await;
        let environment = Environment::system().with_metrics(Metrics::to_standard_output());
        Self { variables, sdk, environment, directory: None, post_office: None }
    }

    /// The table of a function with a timeout of ten seconds: it tries a write again for five.
    ///
    /// # Errors
    /// When `TABLE_NAME` is not set.
    pub fn table(&self) -> Result<Table, InvalidConfiguration> {
        self.table_with_patience(SignedDuration::from_secs(5))
    }

    /// The table. `patience`: see [`Table::new`].
    ///
    /// # Errors
    /// When `TABLE_NAME` is not set.
    pub fn table_with_patience(&self, patience: SignedDuration) -> Result<Table, InvalidConfiguration> {
        let client = aws_sdk_dynamodb::Client::new(&self.sdk);
        Ok(Table::new(client, self.variables.text("TABLE_NAME")?, self.environment.clone(), patience))
    }

    /// The user pool.
    ///
    /// # Errors
    /// When `USER_POOL_ID` is not set.
    pub fn directory(&self) -> Result<Arc<dyn Directory>, InvalidConfiguration> {
        if let Some(own) = &self.directory {
            return Ok(own.clone());
        }
        Ok(Arc::new(UserPool::new(&self.sdk, self.variables.text("USER_POOL_ID")?)))
    }

    /// How often one user may make this function ask Cognito.
    ///
    /// # Errors
    /// When `IDENTITY_CHECKS_PER_MINUTE` is not set.
    pub fn identity_checks(&self) -> Result<Allowance, InvalidConfiguration> {
        Ok(Allowance::per_minute(self.variables.parsed("IDENTITY_CHECKS_PER_MINUTE")?))
    }
}
