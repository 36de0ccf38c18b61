//! AWS Lambda on this machine: the function binaries as child processes on the real Runtime API.

mod environment;
mod instance;
pub(crate) mod invoke_api;
pub(crate) mod list_api;
mod logs;
mod pool;
mod runtime_api;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use axum::body::Bytes;
use futures::future::try_join_all;
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) use environment::{Surroundings, access_key_id, replacement};
pub(crate) use logs::LogSink;
use pool::Pool;
use stack_template::Function;

use crate::error::StartError;

/// What became of an invocation.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// What the function answered.
    Answered(Bytes),
    /// What Lambda answers for a function that failed, timed out or ended: an error object.
    Failed(Bytes),
}

impl Outcome {
    fn failed(kind: &str, message: &str) -> Self {
        Self::Failed(json!({"errorType": kind, "errorMessage": message}).to_string().into())
    }

    /// The answer, if it is one and is JSON.
    pub(crate) fn into_json(self) -> Result<Value, Value> {
        match self {
            Self::Answered(bytes) => serde_json::from_slice(&bytes)
                .map_err(|_| json!({"errorType": "Runtime.MarshalError", "errorMessage": "not JSON"})),
            Self::Failed(bytes) => Err(serde_json::from_slice(&bytes).unwrap_or_default()),
        }
    }
}

/// Every function of the template.
pub(crate) struct Lambda {
    pools: BTreeMap<String, Arc<Pool>>,
    surroundings: Surroundings,
    ended: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

impl Lambda {
    /// Knows the functions; starts none yet.
    pub(crate) fn new(
        functions: &[Function],
        binaries: &BTreeMap<String, PathBuf>,
        surroundings: &Surroundings,
        logs: &Arc<LogSink>,
    ) -> Self {
        // Every process monitor holds a clone of `alive`: when all are gone, so are the processes.
        let (alive, ended) = mpsc::channel(1);
        let pool = |function: &Function| {
            let binary = binaries.get(&function.name).cloned().unwrap_or_default();
            let mut function = function.clone();
            function.timeout = surroundings.patience(function.timeout);
            let pool = Pool::new(function.clone(), binary, surroundings.clone(), Arc::clone(logs), alive.clone());
            (function.name.clone(), Arc::new(pool))
        };
        let pools = functions.iter().map(pool).collect();
        Self { pools, surroundings: surroundings.clone(), ended: tokio::sync::Mutex::new(ended) }
    }

    /// Starts one instance of each function and waits until all of them ask for work.
    pub(crate) async fn warm_up(&self) -> Result<(), StartError> {
        try_join_all(self.pools.values().map(|pool| pool.warm_up())).await.map(|_| ())
    }

    /// Invokes a function and waits for it. `None`: there is no such function.
    ///
    /// The invocation goes on when the caller stops waiting, as it does in Lambda.
    pub(crate) async fn invoke(&self, function: &str, payload: Bytes) -> Option<Outcome> {
        let pool = Arc::clone(self.pools.get(name_of(function))?);
        let invocation = tokio::spawn(async move { pool.invoke(payload).await });
        Some(invocation.await.unwrap_or_else(|_| Outcome::failed("Runtime.ExitError", "the local stack is stopping")))
    }

    /// Goes on with the new binary of a function. Invocations that run finish on the old one.
    pub(crate) async fn replace(&self, function: &str) -> Result<(), StartError> {
        match self.pools.get(function) {
            Some(pool) => pool.replace().await,
            None => Ok(()),
        }
    }

    /// How long somebody who invokes a function waits for it, by their own limit.
    pub(crate) fn patience(&self, limit: Duration) -> Duration {
        self.surroundings.patience(limit)
    }

    /// The ARN of a function by any of its names.
    pub(crate) fn arn(&self, function: &str) -> Option<&str> {
        self.pools.get(name_of(function)).map(|pool| pool.arn())
    }

    /// How many environments of a function are busy and idle.
    pub(crate) fn environments(&self, function: &str) -> (usize, usize) {
        self.pools.get(function).map_or((0, 0), |pool| pool.environments())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.pools.keys().cloned().collect()
    }

    /// Ends every process, without waiting for it.
    pub(crate) fn close(&self) {
        for pool in self.pools.values() {
            pool.stop();
        }
    }

    /// Ends every process and waits for that.
    pub(crate) async fn stop(&self) {
        self.close();
        // SIGKILL follows SIGTERM long before this limit.
        let mut ended = self.ended.lock().await;
        let _ = tokio::time::timeout(Duration::from_secs(5), ended.recv()).await;
    }
}

/// The name in a name, a partial ARN or an ARN, with or without a qualifier.
fn name_of(function: &str) -> &str {
    match function.split_once("function:") {
        Some((_, name)) => name.split(':').next().unwrap_or_default(),
        None => function.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
