//! The environment that Lambda gives a function.

use stack_template::Function;
use std::{collections::BTreeMap, time::Duration};

use crate::entropy;

const OUR_CREDENTIALS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
const CREDENTIAL_SOURCES: [&str; 4] = ["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "HOME"];

/// Longer than anybody debugs.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What all functions see around them.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) region: String,
    /// Where `AWS_ENDPOINT_URL_DYNAMODB` points.
    pub(crate) dynamodb_url: String,
    /// Where Cognito and SES are.
    pub(crate) aws_url: String,
    /// Whether nothing is ended for its time limit, so that somebody can look at it in a debugger.
    pub(crate) no_timeout: bool,
}

impl Surroundings {
    /// How long to wait for what has this limit.
    pub(crate) fn patience(&self, limit: Duration) -> Duration {
        if self.no_timeout { A_DAY } else { limit }
    }
}

/// An endpoint that the caller's environment puts in the place of one of ours.
pub(crate) fn replacement(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|url| !url.is_empty())
}

/// The key id that a function signs with. It says who called: the functions' policies go by it, and so does the engine's
/// journal. Letters and digits only, since DynamoDB Local takes no other for a key.
pub(crate) fn access_key_id(function: &str) -> String {
    function.replace(|c: char| !c.is_ascii_alphanumeric(), "")
}

/// The whole environment of one instance.
pub(super) fn of(function: &Function, surroundings: &Surroundings, runtime_api: &str) -> BTreeMap<String, String> {
    let name = &function.name;
    let mut environment = BTreeMap::new();
    let mut set = |key: &str, value: &str| {
        environment.insert(key.to_owned(), value.to_owned());
    };
    set("AWS_LAMBDA_RUNTIME_API", runtime_api);
    set("AWS_LAMBDA_FUNCTION_NAME", name);
    set("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &function.memory_megabytes.to_string());
    set("AWS_LAMBDA_LOG_GROUP_NAME", &function.log_group);
    set("AWS_LAMBDA_LOG_STREAM_NAME", &format!("local/[$LATEST]{}", entropy::simple_id()));
    set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    set("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023");
    set("_HANDLER", &function.handler);
    set("AWS_REGION", &surroundings.region);
    set("AWS_DEFAULT_REGION", &surroundings.region);
    set("AWS_ACCESS_KEY_ID", &access_key_id(name));
    set("AWS_SECRET_ACCESS_KEY", "local");
    set("AWS_SESSION_TOKEN", "local");
    set("TZ", ":UTC");
    set("LANG", "en_US.UTF-8");

    let mut replacements = Vec::new();
    for (variable, ours) in [
        ("AWS_ENDPOINT_URL_DYNAMODB", &surroundings.dynamodb_url),
        ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", &surroundings.aws_url),
        ("AWS_ENDPOINT_URL_SESV2", &surroundings.aws_url),
    ] {
        let theirs = replacement(variable);
        set(variable, theirs.as_ref().unwrap_or(ours));
        replacements.extend(theirs);
    }
    for variable in ["PATH", "RUST_BACKTRACE"] {
        if let Ok(value) = std::env::var(variable) {
            set(variable, &value);
        }
    }
    let has_keys = std::env::var_os("AWS_ACCESS_KEY_ID").is_some();
    if replacements.iter().any(|url| url.starts_with("https")) || (has_keys && !replacements.is_empty()) {
        // AWS itself checks who calls, and so may another engine: the caller's own credentials, wherever they come from.
        environment.retain(|key, _| !OUR_CREDENTIALS.contains(&key.as_str()));
        let theirs = |name: &str| OUR_CREDENTIALS.contains(&name) || CREDENTIAL_SOURCES.contains(&name);
        environment.extend(std::env::vars().filter(|(name, _)| theirs(name)));
    }
    environment.extend(function.environment.clone());
    environment
}
