//! A function that makes the calls to DynamoDB that another function made, and answers a constant.
//!
//! `BARE_CALLS` names a file of JSON: stages one after another, each a list of calls that are made side by side.

use bare::calls::{Call, call};
use futures::future::try_join_all;
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = aws_sdk_dynamodb::Client::new(&bare::configuration().await);
    let stages: Vec<Vec<Value>> = serde_json::from_slice(&std::fs::read(std::env::var("BARE_CALLS")?)?)?;
    // Parsed once: a request clones what it sends.
    let stage = |calls: &Vec<Value>| calls.iter().map(|spec| call(&client, spec)).collect();
    let stages: &Vec<Vec<Call>> = &stages.iter().map(stage).collect::<Option<_>>().ok_or("a call is not understood")?;
    run(service_fn(move |_: Request| async move {
        for stage in stages {
            try_join_all(stage.iter().map(|call| call())).await?;
        }
        Ok::<_, Error>(Response::new(Body::from("{}")))
    }))
    .await
}
