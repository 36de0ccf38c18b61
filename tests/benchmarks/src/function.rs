//! A function's process, and the Lambda Runtime API that it talks to.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    collections::BTreeMap,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path as UrlPath, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::{Mutex, mpsc},
    task::JoinHandle,
};

use crate::Result;

/// Under valgrind a function is some fifty times slower than alone.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the function tells the Runtime API.
enum Report {
    Asks,
    Answers { body: Bytes, took: Duration },
    Fails(Bytes),
}

struct RuntimeApi {
    events: Mutex<mpsc::Receiver<Bytes>>,
    reports: mpsc::Sender<Report>,
    /// When the event went out that is being answered.
    sent: Mutex<Instant>,
}

/// A running function. Dropping it ends the process.
pub(crate) struct Function {
    child: Child,
    events: mpsc::Sender<Bytes>,
    reports: mpsc::Receiver<Report>,
    serving: JoinHandle<()>,
    /// From the start of the process to its first question for an event.
    pub(crate) init: Duration,
}

impl Drop for Function {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Function {
    /// Starts a binary behind the words of `wrapper`, and waits until it asks for its first event.
    pub(crate) async fn start(binary: &Path, variables: &BTreeMap<String, String>, wrapper: &[&str]) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (events, receiver) = mpsc::channel(1);
        let (reporting, reports) = mpsc::channel(4);
        let api = RuntimeApi { events: Mutex::new(receiver), reports: reporting, sent: Mutex::new(Instant::now()) };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failure))
            .route("/2018-06-01/runtime/init/error", post(failure))
            .with_state(Arc::new(api));
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let mut command = match wrapper.split_first() {
            Some((program, words)) => {
                let mut command = Command::new(program);
                command.args(words).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        command.env_clear().envs(variables).env("AWS_LAMBDA_RUNTIME_API", &address).kill_on_drop(true);
        // What it logs is made, and written nowhere.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        let mut function = Self { child, events, reports, serving, init: Duration::ZERO };
        match function.report().await? {
            Report::Asks => function.init = started.elapsed(),
            _ => return Err(format!("{} answered before it was asked", binary.display()).into()),
        }
        Ok(function)
    }

    async fn report(&mut self) -> Result<Report> {
        let report = tokio::select! {
            report = tokio::time::timeout(PATIENCE, self.reports.recv()) => report,
            status = self.child.wait() => return Err(format!("the function ended: {}", status?).into()),
        };
        match report {
            Ok(Some(Report::Fails(error))) => {
                Err(format!("the function failed: {}", String::from_utf8_lossy(&error)).into())
            }
            Ok(Some(report)) => Ok(report),
            Ok(None) => Err("the function is gone".into()),
            Err(_) => Err("the function does not answer".into()),
        }
    }

    /// One invocation: its answer, and the time from the event on its way to the whole answer.
    pub(crate) async fn invoke(&mut self, event: &Bytes) -> Result<(Bytes, Duration)> {
        self.events.send(event.clone()).await?;
        let Report::Answers { body, took } = self.report().await? else { return Err("it asks twice".into()) };
        match self.report().await? {
            Report::Asks => Ok((body, took)),
            _ => Err("it answers twice".into()),
        }
    }

    /// Ends the process with SIGTERM, as Lambda does, and waits for it.
    pub(crate) async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.child.id() {
            kill(Pid::from_raw(id.try_into()?), Signal::SIGTERM)?;
        }
        tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        Ok(())
    }
}

async fn next(State(api): State<Arc<RuntimeApi>>) -> Response {
    let mut events = api.events.lock().await;
    if api.reports.send(Report::Asks).await.is_err() {
        return StatusCode::GONE.into_response();
    }
    let Some(event) = events.recv().await else { return StatusCode::GONE.into_response() };
    *api.sent.lock().await = Instant::now();
    ([("content-type", "application/json")], context(), event).into_response()
}

/// What Lambda says about an invocation.
fn context() -> HeaderMap {
    #[expect(clippy::disallowed_methods, reason = "the function compares the deadline with its own clock")]
    let now = SystemTime::now();
    let deadline = (now.duration_since(UNIX_EPOCH).unwrap_or_default() + PATIENCE).as_millis();
    let trace = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0";
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("lambda-runtime-aws-request-id", HeaderValue::from_static("00000000-0000-4000-8000-000000000000")),
        ("lambda-runtime-deadline-ms", HeaderValue::from_str(&deadline.to_string()).unwrap_or(HeaderValue::from(0))),
        (
            "lambda-runtime-invoked-function-arn",
            HeaderValue::from_static("arn:aws:lambda:us-east-1:000000000000:function:measured"),
        ),
        ("lambda-runtime-trace-id", HeaderValue::from_static(trace)),
    ] {
        headers.insert(name, value);
    }
    headers
}

async fn response(State(api): State<Arc<RuntimeApi>>, UrlPath(_): UrlPath<String>, body: Bytes) -> StatusCode {
    let took = api.sent.lock().await.elapsed();
    let _ = api.reports.send(Report::Answers { body, took }).await;
    StatusCode::ACCEPTED
}

async fn failure(State(api): State<Arc<RuntimeApi>>, body: Bytes) -> StatusCode {
    let _ = api.reports.send(Report::Fails(body)).await;
    StatusCode::ACCEPTED
}
