//! EventBridge's default bus, with the rules of the template. A rule invokes its function asynchronously.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use stack_template::{Function, Source};

use crate::{
    clock, entropy,
    lambda::Lambda,
    streams::{self, DeadLetters},
};

/// Before the first retry; before the second it is twice as long. Lambda waits for a minute, which nobody wants to watch.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct EventBus {
    /// Each pattern with the function that it is a rule of.
    rules: Vec<(Value, Function)>,
    lambda: Arc<Lambda>,
    dead_letters: Arc<DeadLetters>,
}

impl EventBus {
    pub(crate) fn new(functions: &[Function], lambda: Arc<Lambda>, dead_letters: Arc<DeadLetters>) -> Self {
        let rules = functions.iter().flat_map(|function| {
            function.sources.iter().filter_map(move |source| match source {
                Source::Rule(pattern) => Some((pattern.clone(), function.clone())),
                _ => None,
            })
        });
        Self { rules: rules.collect(), lambda, dead_letters }
    }

    /// Hands an event to every function whose rule matches, and waits for none of them.
    pub(crate) fn put(&self, event: &Value) {
        for (_, function) in self.rules.iter().filter(|(pattern, _)| streams::matches(pattern, Some(event))) {
            let (lambda, dead_letters) = (Arc::clone(&self.lambda), Arc::clone(&self.dead_letters));
            tokio::spawn(invoke(lambda, dead_letters, function.clone(), event.clone()));
        }
    }
}

async fn invoke(lambda: Arc<Lambda>, dead_letters: Arc<DeadLetters>, function: Function, event: Value) {
    let mut failure = Value::Null;
    for attempt in 0..=function.asynchronous.retries {
        if attempt > 0 {
            tokio::time::sleep(PAUSE * attempt).await;
        }
        let Some(outcome) = lambda.invoke(&function.name, event.to_string().into()).await else { return };
        match outcome.into_json() {
            Ok(_) => return,
            Err(error) => failure = error,
        }
    }
    if function.asynchronous.on_failure.is_none() {
        return;
    }
    let letter = json!({
        "version": "1.0",
        "timestamp": clock::now().to_string(),
        "requestContext": {
            "requestId": entropy::uuid(), "functionArn": function.arn,
            "condition": "RetriesExhausted", "approximateInvokeCount": function.asynchronous.retries + 1,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": failure,
    });
    dead_letters.add(letter, &format!("{} gave up on an event: RetriesExhausted", function.name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lambda::{LogSink, tests as functions},
        notices::Notices,
        options::Logs,
    };

    #[tokio::test]
    async fn an_event_reaches_the_rules_that_match_and_one_that_fails_is_a_dead_letter() {
        let logs = Arc::new(LogSink::new(Logs::Captured).unwrap());
        let rule = Source::Rule(json!({"source": ["aws.ses"]}));
        let mut function = functions::function("works", Duration::from_secs(5), vec![rule]);
        function.asynchronous.retries = 1;
        let lambda = Arc::new(functions::lambda(std::slice::from_ref(&function), &logs));
        let dead_letters = Arc::new(DeadLetters::new(Notices::new(Logs::Captured)));
        let bus = EventBus::new(std::slice::from_ref(&function), lambda, Arc::clone(&dead_letters));
        let records = |key: &str| json!([{"dynamodb": {"Keys": {"pk": {"S": key}}}}]);
        bus.put(&json!({"source": "aws.other", "Records": records("other")}));
        bus.put(&json!({"source": "aws.ses", "Records": records("mine")}));
        bus.put(&json!({"source": "aws.ses", "Records": records("crash")}));
        let count = |line: &str| logs.lines().iter().filter(|logged| logged.ends_with(line)).count();
        let letters = || dead_letters.list()["items"].as_array().unwrap().len();
        let several = async {
            while letters() < 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), several).await.unwrap();
        assert_eq!((count("batch mine"), count("batch crash"), count("batch other")), (1, 2, 0));
        let letter = &dead_letters.list()["items"][0];
        assert_eq!(letter["requestPayload"]["Records"], records("crash"));
        assert_eq!(letter["requestContext"]["approximateInvokeCount"], 2);
    }
}
