//! What an embedded engine never does and the real one does: conflicts, throttling, lost replies.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::planted;

/// A fault for the next calls of one operation.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The operation to hit, for example `TransactWriteItems`.
    pub operation: String,
    /// How many of its calls are hit before it works again.
    pub times: u32,
    /// What happens to them.
    pub kind: FaultKind,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// `TransactionCanceledException`, the first reason `TransactionConflict`, the others `None`;
    /// for a plain write `TransactionConflictException`. Nothing is executed.
    TransactionConflict,
    /// `TransactionInProgressException`. Nothing is executed.
    TransactionInProgress,
    /// `ProvisionedThroughputExceededException`. Nothing is executed.
    Throttled,
    /// 503. Nothing is executed.
    Unavailable,
    /// 500. Nothing is executed.
    InternalError,
    /// `ValidationException`: what a mistake of the caller's is answered with. Nothing is executed.
    Invalid,
    /// Executed, and then the connection is dropped without an answer.
    LostReply,
    /// The connection is dropped, and nothing is executed.
    Dropped,
    /// `BatchGetItem` leaves its last key unprocessed.
    UnprocessedKeys,
}

#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(super) fn inject(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The fault that hits this call, in the order in which they were injected.
    pub(super) fn take(&self, operation: &str) -> Option<FaultKind> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.retain(|fault| fault.times > 0);
        let fault = faults.iter_mut().find(|fault| fault.operation == operation)?;
        fault.times -= 1;
        Some(fault.kind)
    }
}

/// The answer of a fault that executes nothing and answers: status and body, whose messages name somebody.
pub(super) fn answer(kind: FaultKind, operation: &str, request: &Value) -> Option<(u16, Value)> {
    let (status, mut error) = error(kind, operation, request)?;
    planted::plant(&mut error);
    Some((status, error))
}

fn error(kind: FaultKind, operation: &str, request: &Value) -> Option<(u16, Value)> {
    let dynamodb = |name: &str| format!("com.amazonaws.dynamodb.v20120810#{name}");
    Some(match kind {
        FaultKind::TransactionConflict if operation.starts_with("Transact") => {
            let actions = request.get("TransactItems").and_then(Value::as_array).map_or(1, Vec::len).max(1);
            let reason = |index| {
                if index == 0 { "TransactionConflict" } else { "None" }
            };
            let codes: Vec<&str> = (0..actions).map(reason).collect();
            let reasons: Vec<Value> = codes
                .iter()
                .map(|code| match *code {
                    "None" => json!({"Code": "None"}),
                    code => json!({"Code": code, "Message": "Transaction is ongoing for the item"}),
                })
                .collect();
            let message = format!(
                "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                codes.join(", ")
            );
            (
                400,
                json!({"__type": dynamodb("TransactionCanceledException"), "Message": message, "message": message, "CancellationReasons": reasons}),
            )
        }
        FaultKind::TransactionConflict => (
            400,
            json!({"__type": dynamodb("TransactionConflictException"), "message": "Transaction is ongoing for the item"}),
        ),
        FaultKind::TransactionInProgress => (
            400,
            json!({"__type": dynamodb("TransactionInProgressException"), "Message": "The transaction with the given request token is already in progress."}),
        ),
        FaultKind::Throttled => (
            400,
            json!({"__type": dynamodb("ProvisionedThroughputExceededException"),
                "message": "The level of configured provisioned throughput for the table was exceeded."}),
        ),
        FaultKind::Unavailable => (
            503,
            json!({"__type": "com.amazon.coral.availability#ServiceUnavailableException", "message": "Service is unavailable"}),
        ),
        FaultKind::InternalError => {
            (500, json!({"__type": dynamodb("InternalServerError"), "message": "Internal server error"}))
        }
        FaultKind::Invalid => (
            400,
            json!({"__type": "com.amazon.coral.validate#ValidationException", "message": "One or more parameter values were invalid."}),
        ),
        FaultKind::LostReply | FaultKind::Dropped | FaultKind::UnprocessedKeys => return None,
    })
}

/// Takes the last key out of a `BatchGetItem` request. What is returned goes into the answer's `UnprocessedKeys`.
pub(super) fn take_last_key(request: &mut Value) -> Option<Value> {
    let tables = request.get_mut("RequestItems")?.as_object_mut()?;
    let table = tables.keys().next_back()?.clone();
    let asked = tables.get_mut(&table)?;
    let mut unprocessed = asked.clone();
    let keys = asked.get_mut("Keys")?.as_array_mut()?;
    let last = keys.pop()?;
    let none_left = keys.is_empty();
    *unprocessed.get_mut("Keys")? = json!([last]);
    if none_left {
        tables.remove(&table);
    }
    Some(json!({table: unprocessed}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_has_a_reason_for_every_action() {
        let request = json!({"TransactItems": [{}, {}, {}]});
        let (status, body) = answer(FaultKind::TransactionConflict, "TransactWriteItems", &request).unwrap();
        assert_eq!(status, 400);
        let codes: Vec<&str> = body["CancellationReasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reason| reason["Code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["TransactionConflict", "None", "None"]);
    }

    #[test]
    fn every_answer_names_somebody() {
        let request = json!({"TransactItems": [{}, {}]});
        for operation in ["TransactWriteItems", "UpdateItem"] {
            for kind in [
                FaultKind::TransactionConflict,
                FaultKind::TransactionInProgress,
                FaultKind::Throttled,
                FaultKind::Unavailable,
                FaultKind::InternalError,
                FaultKind::Invalid,
            ] {
                let (_, body) = answer(kind, operation, &request).unwrap();
                let messages = [
                    body.pointer("/message"),
                    body.pointer("/Message"),
                    body.pointer("/CancellationReasons/0/Message"),
                ];
                assert!(messages.iter().any(Option::is_some), "{kind:?}: {body}");
                for message in messages.into_iter().flatten() {
                    let text = message.as_str().unwrap();
                    assert!(
                        text.contains(crate::PLANTED_EMAIL) && text.contains(crate::PLANTED_NAME),
                        "{kind:?}: {body}"
                    );
                }
            }
        }
    }

    #[test]
    fn faults_hit_their_operation_as_often_as_asked() {
        let faults = Faults::default();
        faults.inject(Fault { operation: "Query".to_owned(), times: 2, kind: FaultKind::Throttled });
        let taken: Vec<_> =
            ["GetItem", "Query", "Query", "Query"].iter().map(|operation| faults.take(operation)).collect();
        assert_eq!(taken, [None, Some(FaultKind::Throttled), Some(FaultKind::Throttled), None]);
    }

    #[test]
    fn the_last_key_is_left_unprocessed() {
        let mut request = json!({"RequestItems": {"t": {"Keys": [1, 2], "ConsistentRead": true}}});
        assert_eq!(take_last_key(&mut request).unwrap(), json!({"t": {"Keys": [2], "ConsistentRead": true}}));
        assert_eq!(request, json!({"RequestItems": {"t": {"Keys": [1], "ConsistentRead": true}}}));
        take_last_key(&mut request).unwrap();
        assert_eq!(request, json!({"RequestItems": {}}));
    }
}
