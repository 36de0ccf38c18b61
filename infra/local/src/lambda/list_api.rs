//! Lambda's lists: which functions there are, and how each is configured.

use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use stack_template::ACCOUNT;

use super::{Lambda, invoke_api::refuse, pool::Pool};
use crate::endpoint::json_response;

/// `GET /2015-03-31/functions`.
pub(crate) fn list(lambda: &Lambda) -> Response {
    let functions: Vec<Value> = lambda.pools.values().map(|pool| configuration(pool)).collect();
    json_response(StatusCode::OK, &json!({ "Functions": functions }))
}

/// `GET /2015-03-31/functions/{name}`, with what Lambda says around the configuration, or without.
pub(crate) fn get(lambda: &Lambda, name: &str, whole: bool) -> Response {
    let Some(pool) = lambda.pools.get(super::name_of(name)) else {
        return refuse(StatusCode::NOT_FOUND, "ResourceNotFoundException", &format!("Function not found: {name}"));
    };
    let configuration = configuration(pool);
    if !whole {
        return json_response(StatusCode::OK, &configuration);
    }
    let code = json!({"RepositoryType": "local", "Location": format!("file://{}", pool.binary.display())});
    json_response(StatusCode::OK, &json!({"Configuration": configuration, "Code": code, "Tags": {}}))
}

fn configuration(pool: &Pool) -> Value {
    let (function, file) = (&pool.function, std::fs::metadata(&pool.binary).ok());
    let modified = file.as_ref().and_then(|file| Timestamp::try_from(file.modified().ok()?).ok());
    json!({
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "Version": "$LATEST",
        "Runtime": "provided.al2023",
        "PackageType": "Zip",
        "Handler": function.handler,
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/{}", function.role),
        "CodeSize": file.map(|file| file.len()).unwrap_or_default(),
        "LastModified": modified.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string(),
        "MemorySize": function.memory_megabytes,
        "Timeout": function.timeout.as_secs(),
        "Environment": {"Variables": function.environment},
        "TracingConfig": {"Mode": if function.traced { "Active" } else { "PassThrough" }},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": function.log_group},
        "State": "Active",
        "LastUpdateStatus": "Successful",
    })
}
