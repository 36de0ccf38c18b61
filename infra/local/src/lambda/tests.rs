//! The functions here are this very test program, started anew as [`fake_function`].

use stack_template::{Asynchronous, Source};
use std::{os::unix::fs::PermissionsExt, sync::LazyLock};

use super::*;
use crate::{client::Client, options::Logs};

/// A Lambda function: not a test, but what the tests start.
#[tokio::test]
#[ignore = "is started by the other tests"]
async fn fake_function() {
    let (Ok(api), Ok(behavior)) = (std::env::var("AWS_LAMBDA_RUNTIME_API"), std::env::var("BEHAVIOR")) else {
        return;
    };
    let api = Client::to(&format!("http://{api}/2018-06-01/runtime")).unwrap();
    if behavior == "breaks" {
        api.post_to("/init/error", "{}").await;
        std::process::exit(1);
    }
    loop {
        let event = api.get("/invocation/next").await.unwrap();
        let header = |name: &str| event.headers[name].to_str().unwrap().to_owned();
        let id = header("lambda-runtime-aws-request-id");
        for name in ["lambda-runtime-deadline-ms", "lambda-runtime-invoked-function-arn", "lambda-runtime-trace-id"] {
            assert!(!header(name).is_empty(), "{name}");
        }
        let event: Value = serde_json::from_slice(&event.body).unwrap();
        if let Some(records) = event["Records"].as_array() {
            let (outcome, answer) = consume(records);
            api.post_to(&format!("/invocation/{id}/{outcome}"), &answer.to_string()).await;
            continue;
        }
        match event["do"].as_str().or(event.as_str()).unwrap() {
            "exit" => std::process::exit(3),
            "hang" => std::future::pending().await,
            "fail" => {
                let error = json!({"errorType": "Mine", "errorMessage": "no"}).to_string();
                api.post_to(&format!("/invocation/{id}/error"), &error).await;
                continue;
            }
            "wait" => tokio::time::sleep(Duration::from_millis(300)).await,
            _ => {}
        }
        let caller = std::env::var("AWS_ACCESS_KEY_ID").unwrap();
        let answer = json!({"pid": std::process::id(), "caller": caller}).to_string();
        api.post_to(&format!("/invocation/{id}/response"), &answer).await;
    }
}

/// What the function makes of a batch of the stream: it logs the keys, reports `poison` and fails altogether at `crash`.
fn consume(records: &[Value]) -> (&'static str, Value) {
    let key = |record: &Value| record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().to_owned();
    let keys: Vec<String> = records.iter().map(key).collect();
    println!("batch {}", keys.join(" "));
    if keys.iter().any(|key| key == "crash") {
        return ("error", json!({"errorType": "Crash", "errorMessage": "crash"}));
    }
    let poisoned = records.iter().filter(|record| key(record) == "poison");
    let failures: Vec<Value> =
        poisoned.map(|record| json!({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})).collect();
    ("response", json!({ "batchItemFailures": failures }))
}

/// The test program, told to be a function. A script, because Lambda passes no arguments. Written once, before anything
/// is started: a file that is being written cannot be executed.
static SCRIPT: LazyLock<PathBuf> = LazyLock::new(|| {
    let program = std::env::current_exe().unwrap();
    let path = program.with_extension("function");
    let text =
        format!("#!/bin/sh\nexec '{}' --exact lambda::tests::fake_function --ignored --nocapture\n", program.display());
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
});

async fn start(behavior: &str, timeout: Duration) -> (Lambda, Result<(), StartError>) {
    let logs = Arc::new(LogSink::new(Logs::Captured).unwrap());
    start_logging(behavior, timeout, &logs).await
}

async fn start_logging(behavior: &str, timeout: Duration, logs: &Arc<LogSink>) -> (Lambda, Result<(), StartError>) {
    let lambda = lambda(&[function(behavior, timeout, Vec::new())], logs);
    let started = lambda.warm_up().await;
    (lambda, started)
}

pub(crate) fn function(behavior: &str, timeout: Duration, sources: Vec<Source>) -> Function {
    Function {
        id: "Fake".to_owned(),
        name: "fake".to_owned(),
        arn: "arn:aws:lambda:us-east-1:000000000000:function:fake".to_owned(),
        handler: "bootstrap".to_owned(),
        memory_megabytes: 128,
        timeout,
        environment: [("BEHAVIOR".to_owned(), behavior.to_owned())].into(),
        sources,
        role: String::new(),
        statements: Vec::new(),
        log_group: "functions".to_owned(),
        traced: false,
        asynchronous: Asynchronous { retries: 2, on_failure: Some("queue".to_owned()) },
    }
}

pub(crate) fn lambda(functions: &[Function], logs: &Arc<LogSink>) -> Lambda {
    lambda_in(functions, logs, &surroundings())
}

fn surroundings() -> Surroundings {
    Surroundings {
        region: "us-east-1".to_owned(),
        dynamodb_url: String::new(),
        aws_url: String::new(),
        no_timeout: false,
    }
}

fn lambda_in(functions: &[Function], logs: &Arc<LogSink>, surroundings: &Surroundings) -> Lambda {
    let binaries = [("fake".to_owned(), SCRIPT.clone())].into();
    Lambda::new(functions, &binaries, surroundings, logs)
}

async fn running() -> Lambda {
    let (lambda, started) = start("works", Duration::from_secs(5)).await;
    started.unwrap();
    lambda
}

async fn invoke(lambda: &Lambda, event: &str) -> Result<Value, Value> {
    lambda.invoke("fake", json!(event).to_string().into()).await.unwrap().into_json()
}

fn pid(answer: Result<Value, Value>) -> i64 {
    answer.unwrap()["pid"].as_i64().unwrap()
}

fn is_running(pid: i64) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn functions_are_named_in_several_ways() {
    for name in [
        "members",
        "members:$LATEST",
        "000000000000:function:members",
        "arn:aws:lambda:us-east-1:000000000000:function:members",
        "arn:aws:lambda:us-east-1:000000000000:function:members:$LATEST",
    ] {
        assert_eq!(name_of(name), "members", "{name}");
    }
}

#[tokio::test]
async fn an_idle_instance_is_used_again_and_a_busy_one_is_not_shared() {
    let lambda = running().await;
    let first = invoke(&lambda, "x").await;
    assert_eq!(first.as_ref().unwrap()["caller"], "fake");
    let first = pid(first);
    assert_eq!(pid(invoke(&lambda, "x").await), first);
    let (left, right) = tokio::join!(invoke(&lambda, "wait"), invoke(&lambda, "wait"));
    let (left, right) = (pid(left), pid(right));
    assert_ne!(left, right);
    lambda.stop().await;
    assert!(!is_running(left) && !is_running(right), "a process outlived its stack");
}

#[tokio::test]
async fn failures_are_told_apart_and_what_died_is_replaced() {
    let lambda = running().await;
    assert_eq!(invoke(&lambda, "fail").await.unwrap_err(), json!({"errorType": "Mine", "errorMessage": "no"}));
    let error = invoke(&lambda, "exit").await.unwrap_err();
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert!(error["errorMessage"].as_str().unwrap().ends_with("Runtime exited with error: exit status 3"), "{error}");
    invoke(&lambda, "x").await.unwrap();
    lambda.stop().await;
}

#[tokio::test]
async fn what_takes_too_long_is_ended() {
    let (lambda, started) = start("works", Duration::from_millis(500)).await;
    started.unwrap();
    let before = pid(invoke(&lambda, "x").await);
    let error = invoke(&lambda, "hang").await.unwrap_err();
    assert!(error["errorMessage"].as_str().unwrap().ends_with("Task timed out after 0.50 seconds"), "{error}");
    assert_ne!(pid(invoke(&lambda, "x").await), before);
    lambda.stop().await;
    assert!(!is_running(before), "the process outlived its timeout");
}

#[tokio::test]
async fn the_log_says_which_invocation_was_killed_or_crashed() {
    let logs = Arc::new(LogSink::new(Logs::Captured).unwrap());
    let (lambda, started) = start_logging("works", Duration::from_millis(500), &logs).await;
    started.unwrap();
    for event in ["hang", "exit"] {
        let event = json!({"routeKey": "GET /me", "do": event}).to_string();
        lambda.invoke("fake", event.into()).await.unwrap().into_json().unwrap_err();
    }
    let lines: Vec<Value> = logs.lines().iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let messages = ["Task timed out after 0.50 seconds", "Runtime exited with error: exit status 3 Runtime.ExitError"];
    assert_eq!(lines.len(), messages.len(), "{lines:?}");
    for (line, message) in lines.iter().zip(messages) {
        assert_eq!((&line["message"], &line["level"]), (&json!(message), &json!("ERROR")));
        assert_eq!((&line["service"], &line["route"]), (&json!("fake"), &json!("GET /me")));
        assert!(!line["function_request_id"].as_str().unwrap().is_empty(), "{line}");
    }
    lambda.stop().await;
}

#[tokio::test]
async fn a_replaced_function_finishes_what_it_does_and_takes_nothing_new() {
    let lambda = running().await;
    let old = pid(invoke(&lambda, "x").await);
    let ((), running) = tokio::join!(
        async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            lambda.replace("fake").await.unwrap();
        },
        invoke(&lambda, "wait"),
    );
    assert_eq!(pid(running), old, "the running invocation was moved");
    let new = pid(invoke(&lambda, "x").await);
    assert_ne!(new, old);
    assert_eq!(pid(invoke(&lambda, "x").await), new);
    lambda.stop().await;
    assert!(!is_running(old), "the old process lives on");
}

#[tokio::test]
async fn without_time_limits_nothing_is_ended() {
    let logs = Arc::new(LogSink::new(Logs::Captured).unwrap());
    let functions = [function("works", Duration::from_millis(50), Vec::new())];
    let lambda = lambda_in(&functions, &logs, &Surroundings { no_timeout: true, ..surroundings() });
    lambda.warm_up().await.unwrap();
    invoke(&lambda, "wait").await.unwrap();
    assert!(lambda.patience(Duration::from_secs(30)) > Duration::from_secs(3600));
    lambda.stop().await;
}

#[tokio::test]
async fn an_invocation_goes_on_when_nobody_waits_for_it() {
    let lambda = running().await;
    let first = pid(invoke(&lambda, "x").await);
    let impatient = tokio::time::timeout(Duration::from_millis(50), invoke(&lambda, "wait")).await;
    assert!(impatient.is_err());
    // It is still busy: the next one gets another.
    assert_ne!(pid(invoke(&lambda, "x").await), first);
    lambda.stop().await;
}

#[tokio::test]
async fn a_function_that_cannot_start_is_found_out_at_once() {
    let (_lambda, started) = start("breaks", Duration::from_secs(5)).await;
    let message = started.unwrap_err().to_string();
    assert!(message.starts_with("the function fake did not start"), "{message}");
}
