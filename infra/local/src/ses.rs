//! The part of Amazon SES (API v2) that the functions call: `SendEmail` into the inbox.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    clock, entropy,
    inbox::{Inbox, Mail},
};

/// Failures for the next mails, `POST /_local/ses-faults`. Local only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Faults {
    /// Only mails to this address; every mail if it is missing.
    to: Option<String>,
    failures: VecDeque<Failure>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    #[serde(rename = "type")]
    kind: String,
    status: u16,
}

/// SES names identities in its messages, so these do, too. None of it may get into a log line (I11).
fn message(to: &[String]) -> String {
    format!(
        "Email address is not verified. The following identities failed the check in region US-EAST-1: {}",
        to.join(", ")
    )
}

pub(crate) struct Ses {
    inbox: Arc<Inbox>,
    faults: Mutex<Vec<Faults>>,
}

impl Ses {
    pub(crate) fn new(inbox: Arc<Inbox>) -> Self {
        Self { inbox, faults: Mutex::default() }
    }

    pub(crate) fn inject(&self, faults: Faults) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).push(faults);
    }

    /// `POST /v2/email/outbound-emails`.
    pub(crate) fn send_email(&self, body: &[u8]) -> Response {
        let Ok(request) = serde_json::from_slice::<Value>(body) else {
            return refuse(400, "SerializationException", "the request is not JSON");
        };
        let text = |path: &str| request.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let to: Vec<String> = ["ToAddresses", "CcAddresses", "BccAddresses"]
            .iter()
            .filter_map(|list| request.pointer(&format!("/Destination/{list}"))?.as_array())
            .flatten()
            .filter_map(|address| address.as_str().map(str::to_owned))
            .collect();
        let (Some(from), Some(subject)) = (text("/FromEmailAddress"), text("/Content/Simple/Subject/Data")) else {
            return refuse(
                400,
                "BadRequestException",
                "The local stack sends simple messages with a sender and a subject only.",
            );
        };
        if to.is_empty() {
            return refuse(400, "BadRequestException", "Must have at least one recipient.");
        }
        if let Some(failure) = self.next_failure(&to) {
            return refuse(failure.status, &failure.kind, &message(&to));
        }
        self.inbox.add(Mail {
            to,
            from,
            subject,
            text: text("/Content/Simple/Body/Text/Data"),
            html: text("/Content/Simple/Body/Html/Data"),
            at: clock::now(),
        });
        let id = format!("{}-{}-000000", entropy::hex(16), entropy::uuid());
        json_response(StatusCode::OK, &json!({ "MessageId": id }))
    }

    fn next_failure(&self, to: &[String]) -> Option<Failure> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.retain(|faults| !faults.failures.is_empty());
        let meant = |faults: &&mut Faults| {
            faults.to.as_ref().is_none_or(|wanted| to.iter().any(|address| address.eq_ignore_ascii_case(wanted)))
        };
        faults.iter_mut().find(meant)?.failures.pop_front()
    }
}

fn refuse(status: u16, name: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json_response(status, &json!({ "message": message }));
    if let Ok(name) = name.parse() {
        response.headers_mut().insert("x-amzn-errortype", name);
    }
    response
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Data;

    fn send(ses: &Ses, to: &str) -> u16 {
        let request = json!({
            "FromEmailAddress": "a@example.com",
            "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        });
        ses.send_email(request.to_string().as_bytes()).status().as_u16()
    }

    #[test]
    fn injected_failures_come_in_order_and_then_stop() {
        let inbox = Arc::new(Inbox::open(&Data::Memory).unwrap());
        let ses = Ses::new(Arc::clone(&inbox));
        let faults = json!({"to": "b@example.com", "failures": [{"type": "TooManyRequestsException", "status": 429}, {"type": "MessageRejected", "status": 400}]});
        ses.inject(serde_json::from_value(faults).unwrap());
        assert_eq!(send(&ses, "c@example.com"), 200);
        let statuses: Vec<u16> = (0..3).map(|_| send(&ses, "b@example.com")).collect();
        assert_eq!(statuses, [429, 400, 200]);
        assert_eq!(inbox.list(None)["items"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_mail_without_a_recipient_is_refused() {
        let ses = Ses::new(Arc::new(Inbox::open(&Data::Memory).unwrap()));
        assert_eq!(ses.send_email(b"{}").status(), 400);
        assert_eq!(ses.send_email(b"no").status(), 400);
    }
}
