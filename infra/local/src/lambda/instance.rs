//! One execution environment: a process of the function and the Runtime API it talks to.

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::ExitStatus,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::body::Bytes;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use stack_template::Function;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

use super::{
    LogSink, Outcome, Surroundings, environment,
    runtime_api::{self, Invocation, Phase, RuntimeApi},
};
use crate::{clock, entropy};

/// How long a function may take until it asks for its first event, as in Lambda.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// Between SIGTERM and SIGKILL, as in Lambda.
const GRACE: Duration = Duration::from_millis(300);

/// A running process. Dropping it ends the process.
pub(super) struct Instance {
    /// Which version of the binary it runs.
    pub(super) version: u64,
    logs: Arc<LogSink>,
    events: mpsc::Sender<Invocation>,
    /// How the process ended, once it has.
    exit: watch::Receiver<Option<String>>,
    serving: JoinHandle<()>,
    _stop: oneshot::Sender<()>,
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Instance {
    /// Starts the process and waits until it asks for an event.
    pub(super) async fn start(
        function: &Function,
        (binary, version): (&Path, u64),
        surroundings: &Surroundings,
        logs: &Arc<LogSink>,
        alive: mpsc::Sender<()>,
    ) -> Result<Self, String> {
        let wrong = |error: std::io::Error| error.to_string();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?.to_string();
        let output = logs.output().map_err(wrong)?;
        let child = Command::new(binary)
            .env_clear()
            .envs(environment::of(function, surroundings, &address))
            .stdin(std::process::Stdio::null())
            .stdout(output.stdout)
            .stderr(output.stderr)
            // Ctrl-C in the terminal is for the stack, which then ends its functions itself.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(wrong)?;

        let (events, receiver) = mpsc::channel(1);
        let (phase, mut phases) = watch::channel(Phase::Starting);
        let api = RuntimeApi { events: tokio::sync::Mutex::new(receiver), phase, running: Mutex::default() };
        let router = runtime_api::router(Arc::new(api));
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let shown = output.reader.map(|reader| {
            let (logs, name) = (Arc::clone(logs), function.name.clone());
            tokio::spawn(async move { logs.show(&name, reader).await })
        });
        let (stop, stopped) = oneshot::channel();
        let (exited, exit) = watch::channel(None);
        tokio::spawn(watch_over(child, shown, stopped, exited, alive));
        let mut instance = Self { version, logs: Arc::clone(logs), events, exit, serving, _stop: stop };

        let ready = tokio::select! {
            ready = tokio::time::timeout(surroundings.patience(INIT_LIMIT), phases.wait_for(|phase| *phase != Phase::Starting)) => match ready {
                Ok(phase) => phase.map(|phase| phase.clone()).unwrap_or(Phase::Starting),
                Err(_) => Phase::Broken(format!("it asked for no event within {} seconds", INIT_LIMIT.as_secs())),
            },
            reason = instance.ended() => Phase::Broken(reason),
        };
        match ready {
            Phase::Broken(reason) => Err(reason),
            Phase::Ready | Phase::Starting => Ok(instance),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.exit.borrow().is_none()
    }

    async fn ended(&mut self) -> String {
        match self.exit.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            Err(_) => "it is gone".to_owned(),
        }
    }

    /// Runs one invocation. Afterwards the instance can be used again if it is returned.
    pub(super) async fn invoke(mut self, function: &Function, payload: Bytes) -> (Outcome, Option<Self>) {
        let request_id = entropy::uuid();
        let (reply, replied) = oneshot::channel();
        let limit = function.timeout;
        let route = route_of(&payload);
        let deadline = clock::now().as_millisecond() + i64::try_from(limit.as_millis()).unwrap_or(i64::MAX / 2);
        let invocation = Invocation {
            request_id: request_id.clone(),
            function_arn: function.arn.clone(),
            deadline,
            trace_id: format!(
                "Root=1-{:08x}-{};Parent={};Sampled=0",
                clock::now_seconds(),
                entropy::hex(24),
                entropy::hex(16)
            ),
            payload,
            reply,
        };
        let logs = Arc::clone(&self.logs);
        // As in Lambda, the log says it as well as the response.
        let failed = |kind: &str, message: &str, logged: &str| {
            logs.say(&function.name, &request_id, route.as_deref(), logged);
            Outcome::failed(kind, &format!("RequestId: {request_id} Error: {message}"))
        };
        let exit_error = |reason: &str| {
            let message = format!("Runtime exited with error: {reason}");
            failed("Runtime.ExitError", &message, &format!("{message} Runtime.ExitError"))
        };
        if self.events.send(invocation).await.is_err() {
            return (exit_error("it is gone"), None);
        }
        tokio::select! {
            biased;
            outcome = replied => match outcome {
                Ok(outcome) => (outcome, Some(self)),
                Err(_) => (exit_error("it is gone"), None),
            },
            reason = self.ended() => (exit_error(&reason), None),
            () = tokio::time::sleep(limit) => {
                let message = format!("Task timed out after {:.2} seconds", limit.as_secs_f64());
                (failed("Sandbox.Timedout", &message, &message), None)
            }
        }
    }
}

/// What an invocation is for: the route of a request, or Cognito's trigger.
fn route_of(payload: &Bytes) -> Option<String> {
    let event: Value = serde_json::from_slice(payload).ok()?;
    let name = event.get("routeKey").or_else(|| event.get("triggerSource"))?;
    name.as_str().map(str::to_owned)
}

/// Waits for the process, and ends it when it is no longer wanted.
async fn watch_over(
    mut child: Child,
    shown: Option<JoinHandle<()>>,
    stopped: oneshot::Receiver<()>,
    exited: watch::Sender<Option<String>>,
    alive: mpsc::Sender<()>,
) {
    let status = tokio::select! {
        status = child.wait() => status,
        _ = stopped => {
            terminate(&child);
            match tokio::time::timeout(GRACE, child.wait()).await {
                Ok(status) => status,
                Err(_) => {
                    let _ = child.start_kill();
                    child.wait().await
                }
            }
        }
    };
    if let Some(shown) = shown {
        // What it wrote last comes before what is said about its end. A process that it started may hold the output open.
        let _ = tokio::time::timeout(GRACE, shown).await;
    }
    exited.send_replace(Some(status.map_or_else(|error| error.to_string(), describe)));
    drop(alive);
}

fn terminate(child: &Child) {
    if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) {
        // It may have ended by itself just now.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
}

/// In Lambda's words: `exit status 1`, `signal: killed`.
fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal().map(Signal::try_from)) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(Ok(Signal::SIGABRT))) => "signal: aborted".to_owned(),
        (None, Some(Ok(Signal::SIGKILL))) => "signal: killed".to_owned(),
        (None, Some(Ok(Signal::SIGSEGV))) => "signal: segmentation fault".to_owned(),
        _ => status.to_string(),
    }
}
