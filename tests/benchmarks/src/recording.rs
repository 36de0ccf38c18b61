//! What one invocation of a function asked of AWS, and what it was answered.

use std::time::Instant;

use axum::body::Bytes;
use serde_json::Value;

use crate::Result;

/// One request to a service.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The operation, or the path where the protocol names none.
    pub(crate) operation: String,
    pub(crate) request: Value,
    pub(crate) answer: Bytes,
    pub(crate) started: Instant,
    pub(crate) ended: Instant,
}

/// An event for a function, and what the function did about it.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    /// The route as API Gateway writes it, or what else invokes the function.
    pub(crate) name: String,
    /// The function's binary.
    pub(crate) function: String,
    pub(crate) event: Bytes,
    pub(crate) exchanges: Vec<Exchange>,
    /// What the function answered.
    pub(crate) answer: Bytes,
}

impl Recording {
    /// An answer is as good as the recorded one.
    ///
    /// # Errors
    /// When it has another status: a request that nothing was recorded for has no answer.
    pub(crate) fn check(&self, answer: &[u8]) -> Result<()> {
        let status = |bytes: &[u8]| serde_json::from_slice(bytes).map(|json: Value| json["statusCode"].clone());
        if status(answer)? != status(&self.answer)? {
            return Err(format!("{}: {}", self.name, String::from_utf8_lossy(answer)).into());
        }
        Ok(())
    }

    /// The requests in the order of their beginning, those together that were under way side by side.
    pub(crate) fn stages(&self) -> Vec<Vec<&Exchange>> {
        let mut exchanges: Vec<&Exchange> = self.exchanges.iter().collect();
        exchanges.sort_by_key(|exchange| exchange.started);
        let mut stages: Vec<Vec<&Exchange>> = Vec::new();
        for exchange in exchanges {
            match stages.last_mut() {
                Some(stage) if stage.iter().any(|other| exchange.started < other.ended) => stage.push(exchange),
                _ => stages.push(vec![exchange]),
            }
        }
        stages
    }
}

/// The recorded request that is most like this one. Requests never repeat to the letter: ids and instants are new.
pub(crate) fn closest<'a>(exchanges: &'a [Exchange], operation: &str, body: &[u8]) -> Option<&'a Exchange> {
    let candidates: Vec<&Exchange> = exchanges.iter().filter(|exchange| exchange.operation == operation).collect();
    if candidates.len() < 2 {
        return candidates.first().copied();
    }
    let request = serde_json::from_slice(body).unwrap_or_default();
    // Of equals the first: that is what `max_by_key` finds last.
    candidates.into_iter().rev().max_by_key(|exchange| likeness(&exchange.request, &request))
}

/// How many values two documents share, place by place.
fn likeness(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.iter().filter_map(|(name, value)| Some(1 + likeness(value, other.get(name)?))).sum()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.iter().zip(other).map(|(one, other)| likeness(one, other)).sum()
        }
        (one, other) => usize::from(one == other),
    }
}
