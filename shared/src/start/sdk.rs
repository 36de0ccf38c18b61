//! Resolves Region, credentials and endpoints as every AWS tool does.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig, environment::EnvironmentVariableCredentialsProvider, retry::RetryConfig,
    timeout::TimeoutConfig,
};

use super::trust;
use crate::configuration::Variables;

#[cfg(test)]
mod tests;

/// Loads the configuration of all AWS clients of this process.
pub(super) async fn load(variables: &Variables) -> SdkConfig {
    let seconds = Duration::from_secs;
    let timeouts = TimeoutConfig::builder().connect_timeout(seconds(1)).operation_attempt_timeout(seconds(2)).build();
    let retries = RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(50));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(trust::http_client(variables))
        .timeout_config(timeouts)
        .retry_config(retries);
    if has_keys(variables) {
        loader = loader.credentials_provider(EnvironmentVariableCredentialsProvider::new());
    }
    loader.load().await
}

/// Whether the credentials are in the environment, as on Lambda. The SDK's default chain reads the environment first
/// and then needs nothing else. Creating the rest of the chain takes most of the time of the configuration, because it
/// contains an STS client.
fn has_keys(variables: &Variables) -> bool {
    let any = |names: &[&'static str]| names.iter().any(|name| variables.text(name).is_ok_and(|text| !is_blank(&text)));
    any(&["AWS_ACCESS_KEY_ID"]) && any(&["AWS_SECRET_ACCESS_KEY", "SECRET_ACCESS_KEY"])
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
