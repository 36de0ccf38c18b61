//! Failures of the next calls of SES or Cognito, asked for on `/_local`.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::planted;

/// Which calls fail, and how. Those are hit in the order of the list; then all is well again.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Faults {
    /// Only mails to this address, or calls of this operation; every one if it is missing.
    #[serde(alias = "to", alias = "operation")]
    about: Option<String>,
    failures: VecDeque<Failure>,
}

/// An exception of the service and its status.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failure {
    #[serde(rename = "type")]
    kind: String,
    status: u16,
}

/// The failures that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<Vec<Faults>>);

impl Pending {
    /// Takes the place of what was asked for the same address or operation before; returns how much of that has not come.
    pub(crate) fn inject(&self, faults: Faults) -> usize {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let replaced = pending.extract_if(.., |earlier| earlier.about == faults.about);
        let left = replaced.map(|earlier| earlier.failures.len()).sum();
        pending.push(faults);
        left
    }

    /// The failure that hits a call about any of these.
    pub(crate) fn next(&self, about: &[&str]) -> Option<Failure> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.retain(|faults| !faults.failures.is_empty());
        let meant = |faults: &&mut Faults| {
            faults.about.as_ref().is_none_or(|wanted| about.iter().any(|about| about.eq_ignore_ascii_case(wanted)))
        };
        faults.iter_mut().find(meant)?.failures.pop_front()
    }
}

impl Failure {
    /// As the services refuse. `words`: what the real one says, which names whoever it is about.
    pub(crate) fn response(&self, words: &str) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({"__type": self.kind, "message": planted::sentence(words)}).to_string();
        let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        if let Ok(kind) = self.kind.parse() {
            response.headers_mut().insert("x-amzn-errortype", kind);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(order: serde_json::Value) -> Faults {
        serde_json::from_value(order).unwrap()
    }

    #[test]
    fn an_order_takes_the_place_of_an_earlier_one() {
        let pending = Pending::default();
        let order = json!({"operation": "AdminGetUser", "failures": [{"type": "A", "status": 400}, {"type": "B", "status": 500}]});
        assert_eq!(pending.inject(faults(order)), 0);
        assert_eq!(pending.next(&["SignUp"]).map(|failure| failure.kind), None);
        assert_eq!(pending.next(&["AdminGetUser"]).map(|failure| failure.kind).as_deref(), Some("A"));
        assert_eq!(pending.inject(faults(json!({"operation": "AdminGetUser", "failures": []}))), 1);
        assert_eq!(pending.next(&["AdminGetUser"]).map(|failure| failure.kind), None);
    }
}
