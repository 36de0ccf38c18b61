//! The schedules that invoke functions.
//!
//! EventBridge Scheduler invokes a function asynchronously and does not wait for it, so a slow invocation does not move the
//! next one. Here the first comes at once: nobody wants to watch a new stack for a minute. `POST /_local/schedules/{function}`
//! invokes one now.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use futures::future::join_all;
use serde_json::json;
use stack_template::{Function, ScheduleSource, Source};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    endpoint::{Services, json_response, refuse},
    lambda::{Lambda, Outcome},
};

pub(crate) struct Schedule {
    function: String,
    source: ScheduleSource,
    lambda: Arc<Lambda>,
}

impl Schedule {
    /// One for each schedule of a function.
    pub(crate) fn all(functions: &[Function], lambda: &Arc<Lambda>) -> Vec<Self> {
        let sources =
            functions.iter().flat_map(|function| function.sources.iter().map(move |source| (function, source)));
        let schedules = sources.filter_map(|(function, source)| match source {
            Source::Schedule(source) => {
                Some(Self { function: function.name.clone(), source: source.clone(), lambda: Arc::clone(lambda) })
            }
            _ => None,
        });
        schedules.collect()
    }

    /// Invokes the function until dropped.
    pub(crate) async fn run(self) {
        let mut ticks = interval(self.source.every);
        // A machine that slept has nothing to make up for.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            ticks.tick().await;
            let (lambda, function) = (Arc::clone(&self.lambda), self.function.clone());
            let event = self.source.input.to_string();
            // What fails is in the function's log, and no schedule tries again.
            tokio::spawn(async move { drop(lambda.invoke(&function, event.into()).await) });
        }
    }
}

/// `POST /_local/schedules/{function}`: invokes the schedules of a function and waits for them.
pub(crate) async fn run_now(State(services): Services, Path(name): Path<String>) -> Response {
    let schedules = Schedule::all(&services.functions, &services.lambda);
    let of = |schedule: &&Schedule| schedule.function == name;
    let runs = schedules.iter().filter(of).map(|schedule| {
        let event = schedule.source.input.to_string();
        services.lambda.invoke(&schedule.function, event.into())
    });
    let outcomes: Vec<Outcome> = join_all(runs).await.into_iter().flatten().collect();
    if outcomes.is_empty() {
        let names: Vec<&str> = schedules.iter().map(|schedule| schedule.function.as_str()).collect();
        let message = format!("The function {name} has no schedule. Name one of these: {}.", names.join(", "));
        return refuse(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
    }
    let failure = outcomes.into_iter().find_map(|outcome| outcome.into_json().err());
    json_response(StatusCode::OK, &json!({"function": name, "succeeded": failure.is_none(), "error": failure}))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::{
        lambda::{LogSink, tests as functions},
        options::Logs,
    };

    #[tokio::test]
    async fn a_function_is_invoked_at_its_rate_with_its_input() {
        let records = json!({"Records": [{"dynamodb": {"Keys": {"pk": {"S": "tick"}}}}]});
        let source = ScheduleSource { every: Duration::from_millis(20), input: records };
        let logs = Arc::new(LogSink::new(Logs::Captured).unwrap());
        let function = functions::function("works", Duration::from_secs(5), vec![Source::Schedule(source)]);
        let lambda = Arc::new(functions::lambda(std::slice::from_ref(&function), &logs));
        let schedule = Schedule::all(std::slice::from_ref(&function), &lambda).pop().unwrap();
        let ticks = || logs.lines().iter().filter(|line| line.ends_with("batch tick")).count();
        let several = async {
            while ticks() < 3 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            () = schedule.run() => {}
            waited = tokio::time::timeout(Duration::from_secs(20), several) => waited.unwrap(),
        }
    }
}
