//! Hands one batch to a function, with Lambda's rules for what fails.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use stack_template::StreamSource;

use super::source::sequence_number;
use crate::{clock, entropy, lambda::Lambda, notices::Notices};

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What was given up, as Lambda describes it to a queue.
#[derive(Debug, Default)]
pub(crate) struct DeadLetters {
    letters: Mutex<Vec<Value>>,
    notices: Notices,
}

impl DeadLetters {
    pub(crate) fn new(notices: Notices) -> Self {
        Self { letters: Mutex::default(), notices }
    }

    /// Keeps what a function gave up, and says so.
    pub(crate) fn add(&self, letter: Value, notice: &str) {
        self.notices.warn(&format!("{notice}; see /_local/dead-letters.json"));
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
    }

    pub(crate) fn list(&self) -> Value {
        json!({"items": *self.letters.lock().unwrap_or_else(PoisonError::into_inner)})
    }
}

pub(super) struct Delivery<'a> {
    pub(super) lambda: &'a Lambda,
    pub(super) function: &'a str,
    pub(super) function_arn: &'a str,
    pub(super) source: &'a StreamSource,
    pub(super) stream_arn: &'a str,
    pub(super) shard: &'a str,
    pub(super) dead_letters: &'a DeadLetters,
}

/// What became of one try.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Done,
    /// Everything from this one on has to be tried again.
    FailedFrom(usize),
    /// The function failed as a whole.
    Failed,
}

impl Delivery<'_> {
    /// Returns when every record is done or given up.
    pub(super) async fn deliver(&self, batch: Vec<Value>) {
        // Halves wait here, in order; a half starts with the number of tries of the whole.
        let mut waiting = VecDeque::from([(batch, 0_u32)]);
        while let Some((batch, mut tries)) = waiting.pop_front() {
            let batch = self.drop_old(batch, tries);
            if batch.is_empty() {
                continue;
            }
            tries += 1;
            match self.attempt(&batch).await {
                Verdict::Done => {}
                Verdict::Failed if self.source.bisect && batch.len() > 1 => {
                    // Splitting counts as no try.
                    let (first, second) = batch.split_at(batch.len() / 2);
                    waiting.push_front((second.to_vec(), tries - 1));
                    waiting.push_front((first.to_vec(), tries - 1));
                }
                verdict => {
                    let from = if let Verdict::FailedFrom(from) = verdict { from } else { 0 };
                    let rest = batch.get(from..).unwrap_or_default().to_vec();
                    if self.source.maximum_retries.is_some_and(|retries| tries > retries) {
                        self.give_up(&rest, "RetryAttemptsExhausted", tries);
                        continue;
                    }
                    tokio::time::sleep(pause(tries)).await;
                    waiting.push_front((rest, tries));
                }
            }
        }
    }

    async fn attempt(&self, batch: &[Value]) -> Verdict {
        let event = json!({ "Records": batch }).to_string();
        match self.lambda.invoke(self.function, event.into()).await.map(|outcome| outcome.into_json()) {
            Some(Ok(answer)) if self.source.report_item_failures => judge(batch, &answer),
            Some(Ok(_)) => Verdict::Done,
            Some(Err(_)) | None => Verdict::Failed,
        }
    }

    /// Records beyond their age are given up before they are tried again.
    fn drop_old(&self, batch: Vec<Value>, tries: u32) -> Vec<Value> {
        let Some(limit) = self.source.maximum_age else { return batch };
        let oldest = clock::now().as_second() - i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
        let is_old = |record: &Value| {
            record
                .pointer("/dynamodb/ApproximateCreationDateTime")
                .and_then(Value::as_f64)
                .is_some_and(|at| (at as i64) < oldest)
        };
        let (old, young): (Vec<Value>, Vec<Value>) = batch.into_iter().partition(is_old);
        if !old.is_empty() {
            self.give_up(&old, "RecordAgeExceeded", tries);
        }
        young
    }

    fn give_up(&self, batch: &[Value], condition: &str, tries: u32) {
        let (first, last) = (batch.first().unwrap_or(&Value::Null), batch.last().unwrap_or(&Value::Null));
        let letter = json!({
            "requestContext": {
                "requestId": entropy::uuid(), "functionArn": self.function_arn,
                "condition": condition, "approximateInvokeCount": tries,
            },
            "version": "1.0",
            "timestamp": clock::now().to_string(),
            "DDBStreamBatchInfo": {
                "shardId": self.shard, "streamArn": self.stream_arn, "batchSize": batch.len(),
                "startSequenceNumber": sequence_number(first), "endSequenceNumber": sequence_number(last),
            },
        });
        let notice = format!("{} gave up on {} stream record(s): {condition}", self.function, batch.len());
        self.dead_letters.add(letter, &notice);
    }
}

/// Reads `batchItemFailures`. The lowest number counts; one that is none of the batch's fails all of it.
fn judge(batch: &[Value], answer: &Value) -> Verdict {
    let failures = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return Verdict::Done,
        Some(Value::Array(failures)) => failures,
        Some(_) => return Verdict::Failed,
    };
    let mut lowest = None;
    for failure in failures {
        let number = failure.get("itemIdentifier").and_then(Value::as_str).unwrap_or_default();
        let Some(index) = batch.iter().position(|record| sequence_number(record) == number) else {
            return Verdict::Failed;
        };
        lowest = Some(lowest.map_or(index, |lowest: usize| lowest.min(index)));
    }
    lowest.map_or(Verdict::Done, Verdict::FailedFrom)
}

fn pause(tries: u32) -> Duration {
    SHORTEST_PAUSE.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_failed_record_decides() {
        let batch: Vec<Value> =
            ["1", "2", "3"].iter().map(|number| json!({"dynamodb": {"SequenceNumber": number}})).collect();
        let failures = |numbers: &[&str]| json!({"batchItemFailures": numbers.iter().map(|number| json!({"itemIdentifier": number})).collect::<Vec<_>>()});
        for (answer, expected) in [
            (Value::Null, Verdict::Done),
            (json!({}), Verdict::Done),
            (json!({"batchItemFailures": null}), Verdict::Done),
            (failures(&[]), Verdict::Done),
            (failures(&["3", "2"]), Verdict::FailedFrom(1)),
            (failures(&["1"]), Verdict::FailedFrom(0)),
            (failures(&["4"]), Verdict::Failed),
            (failures(&[""]), Verdict::Failed),
            (json!({"batchItemFailures": "x"}), Verdict::Failed),
        ] {
            assert_eq!(judge(&batch, &answer), expected, "{answer}");
        }
    }

    #[test]
    fn retries_back_off() {
        let pauses: Vec<u128> = (1..=8).map(|tries| pause(tries).as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1600, 2000, 2000]);
    }
}
