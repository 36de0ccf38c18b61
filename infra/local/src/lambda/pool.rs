//! The instances of one function: started on demand, reused when idle.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::body::Bytes;
use stack_template::Function;
use tokio::sync::{Semaphore, mpsc};

use super::{LogSink, Outcome, Surroundings, instance::Instance};
use crate::error::StartError;

/// Invocations beyond this wait: a machine has fewer cores than Lambda.
const MOST_INSTANCES: usize = 8;

pub(super) struct Pool {
    pub(super) function: Function,
    pub(super) binary: PathBuf,
    surroundings: Surroundings,
    logs: Arc<LogSink>,
    idle: Mutex<Vec<Instance>>,
    free: Semaphore,
    /// Taken away when the stack stops; no process starts after that.
    alive: Mutex<Option<mpsc::Sender<()>>>,
    /// Which version of the binary a new process starts from.
    version: AtomicU64,
}

impl Pool {
    pub(super) fn new(
        function: Function,
        binary: PathBuf,
        surroundings: Surroundings,
        logs: Arc<LogSink>,
        alive: mpsc::Sender<()>,
    ) -> Self {
        Self {
            function,
            binary,
            surroundings,
            logs,
            idle: Mutex::default(),
            free: Semaphore::new(MOST_INSTANCES),
            alive: Mutex::new(Some(alive)),
            version: AtomicU64::default(),
        }
    }

    pub(super) fn arn(&self) -> &str {
        &self.function.arn
    }

    /// How many environments are busy and idle.
    pub(super) fn environments(&self) -> (usize, usize) {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|it| it.is_alive()).count();
        (MOST_INSTANCES - self.free.available_permits(), idle)
    }

    /// Starts the first instance, so that a function that cannot start is found out at once.
    pub(super) async fn warm_up(&self) -> Result<(), StartError> {
        let instance = self.start().await.map_err(|reason| StartError::Function {
            name: self.function.name.clone(),
            reason: match self.logs.lines().last() {
                Some(line) => format!("{reason} ({line})"),
                None => reason,
            },
        })?;
        self.put_back(instance);
        Ok(())
    }

    /// Lets no process of the old binary take another invocation, and starts the first one of the new binary.
    pub(super) async fn replace(&self) -> Result<(), StartError> {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.warm_up().await
    }

    pub(super) async fn invoke(&self, payload: Bytes) -> Outcome {
        let Ok(_one_of_them) = self.free.acquire().await else {
            return Outcome::failed("Runtime.ExitError", "the local stack is stopping");
        };
        let instance = match self.take_idle() {
            Some(instance) => Ok(instance),
            None => self.start().await,
        };
        let instance = match instance {
            Ok(instance) => instance,
            Err(reason) => {
                let message = format!("Runtime failed to start: {reason}");
                self.logs.say(&self.function.name, "", None, &message);
                return Outcome::failed("Runtime.ExitError", &format!("Error: {message}"));
            }
        };
        let (outcome, instance) = instance.invoke(&self.function, payload).await;
        if let Some(instance) = instance {
            self.put_back(instance);
        }
        outcome
    }

    /// Ends every idle process and lets no other start; those at work end with their invocation's task.
    pub(super) fn stop(&self) {
        self.free.close();
        self.alive.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn start(&self) -> Result<Instance, String> {
        let alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let alive = alive.ok_or("the local stack is stopping")?;
        let binary = (self.binary.as_path(), self.version.load(Ordering::SeqCst));
        Instance::start(&self.function, binary, &self.surroundings, &self.logs, alive).await
    }

    fn take_idle(&self) -> Option<Instance> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(Instance::is_alive);
        // The one used last, as Lambda does: the others can grow old.
        idle.pop()
    }

    fn put_back(&self, instance: Instance) {
        let is_current = instance.version == self.version.load(Ordering::SeqCst);
        if is_current && instance.is_alive() && !self.free.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        }
    }
}
