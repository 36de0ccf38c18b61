//! What every function does once, before its first invocation: read the environment, build the clients it calls.

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use jiff::SignedDuration;

use crate::{
    configuration::{InvalidConfiguration, Variables},
    directory::UserPool,
    environment::Environment,
    metrics::Metrics,
    table::Table,
    telemetry,
};

/// The environment and the SDK's shared configuration.
pub struct Start {
    /// What template.yaml sets.
    pub variables: Variables,
    sdk: SdkConfig,
    environment: Environment,
}

impl Start {
    /// Starts logging and resolves region, credentials and endpoints once.
    pub async fn new() -> Self {
        telemetry::start();
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
        Self { variables: Variables, sdk, environment: Environment::system() }
    }

    /// The table. `patience`: see [`Table::new`].
    ///
    /// # Errors
    /// When `TABLE_NAME` or `METRICS_NAMESPACE` is not set.
    pub fn table(&self, patience: SignedDuration) -> Result<Table, InvalidConfiguration> {
        let client = aws_sdk_dynamodb::Client::new(&self.sdk);
        let metrics = Metrics::to_standard_output(self.variables.text("METRICS_NAMESPACE")?);
        let environment = self.environment.clone().with_metrics(metrics);
        Ok(Table::new(client, self.variables.text("TABLE_NAME")?, environment, patience))
    }

    /// The user pool.
    ///
    /// # Errors
    /// When `USER_POOL_ID` is not set.
    pub fn user_pool(&self) -> Result<UserPool, InvalidConfiguration> {
        let client = aws_sdk_cognitoidentityprovider::Client::new(&self.sdk);
        Ok(UserPool::new(client, self.variables.text("USER_POOL_ID")?))
    }

    /// The configuration for clients that only one function has.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }
}
