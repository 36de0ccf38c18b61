//! The part of Amazon SES (API v2) that the functions call: `SendEmail` into the inbox.

use std::{collections::BTreeSet, sync::Arc};

use axum::{http::StatusCode, response::Response};
use serde_json::{Value, json};
use stack_template::Function;

use crate::{
    clock,
    endpoint::json_response,
    entropy,
    inbox::{Inbox, Mail},
    mail_events::MailEvents,
    service_faults::Pending,
};

pub(crate) struct Ses {
    inbox: Arc<Inbox>,
    /// `POST /_local/ses-faults`; those that name an address hit mails to it.
    pub(crate) faults: Pending,
    events: Option<MailEvents>,
}

impl Ses {
    pub(crate) fn new(inbox: Arc<Inbox>, events: Option<MailEvents>) -> Self {
        Self { inbox, faults: Pending::default(), events }
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
        let about: Vec<&str> = to.iter().map(String::as_str).collect();
        if let Some(failure) = self.faults.next(&about) {
            let words = "Email address is not verified. The following identities failed the check in region US-EAST-1:";
            return failure.response(&format!("{words} {}.", to.join(", ")));
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
        if let Some(events) = &self.events {
            events.report(&request, &id);
        }
        json_response(StatusCode::OK, &json!({ "MessageId": id }))
    }
}

/// The senders that the functions' policies name. Nothing else here knows which identities SES has verified.
fn senders(functions: &[Function]) -> BTreeSet<&str> {
    let conditions = functions.iter().flat_map(|function| &function.statements).filter_map(|it| it.get("Condition"));
    let operators = conditions.filter_map(Value::as_object).flat_map(|condition| condition.values());
    let named = operators.filter_map(|operator| operator.get("ses:FromAddress"));
    // One, or a list of them.
    let values = named.flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
    values.filter_map(Value::as_str).collect()
}

/// `GET /v2/email/identities`.
pub(crate) fn list_email_identities(functions: &[Function]) -> Response {
    let identity = |name: &str| json!({"IdentityType": "EMAIL_ADDRESS", "IdentityName": name, "SendingEnabled": true, "VerificationStatus": "SUCCESS"});
    let identities: Vec<Value> = senders(functions).into_iter().map(identity).collect();
    json_response(StatusCode::OK, &json!({ "EmailIdentities": identities }))
}

/// `GET /v2/email/identities/{name}`.
pub(crate) fn get_email_identity(functions: &[Function], name: &str) -> Response {
    if !senders(functions).contains(name) {
        return refuse(404, "NotFoundException", &format!("Email identity {name} does not exist."));
    }
    let identity = json!({
        "IdentityType": "EMAIL_ADDRESS", "VerifiedForSendingStatus": true, "VerificationStatus": "SUCCESS",
        "FeedbackForwardingStatus": true, "Policies": {}, "Tags": [],
    });
    json_response(StatusCode::OK, &identity)
}

fn refuse(status: u16, name: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json_response(status, &json!({ "message": message }));
    if let Ok(name) = name.parse() {
        response.headers_mut().insert("x-amzn-errortype", name);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Data;

    fn request(to: &str) -> String {
        json!({
            "FromEmailAddress": "a@example.com",
            "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        })
        .to_string()
    }

    fn send(ses: &Ses, to: &str) -> u16 {
        ses.send_email(request(to).as_bytes()).status().as_u16()
    }

    #[test]
    fn injected_failures_come_in_order_and_then_stop() {
        let inbox = Arc::new(Inbox::open(&Data::Memory).unwrap());
        let ses = Ses::new(Arc::clone(&inbox), None);
        let faults = json!({"to": "b@example.com", "failures": [{"type": "TooManyRequestsException", "status": 429}, {"type": "MessageRejected", "status": 400}]});
        ses.faults.inject(serde_json::from_value(faults).unwrap());
        assert_eq!(send(&ses, "c@example.com"), 200);
        let statuses: Vec<u16> = (0..3).map(|_| send(&ses, "b@example.com")).collect();
        assert_eq!(statuses, [429, 400, 200]);
        assert_eq!(inbox.list(None)["items"].as_array().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_failure_names_identities_as_the_real_one_does() {
        let ses = Ses::new(Arc::new(Inbox::open(&Data::Memory).unwrap()), None);
        let faults = json!({"failures": [{"type": "MessageRejected", "status": 400}]});
        ses.faults.inject(serde_json::from_value(faults).unwrap());
        let answer = ses.send_email(request("b@example.com").as_bytes());
        assert_eq!(answer.headers()["x-amzn-errortype"], "MessageRejected");
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        for named in ["b@example.com", crate::PLANTED_EMAIL, crate::PLANTED_NAME] {
            assert!(body.contains(named), "{named}: {body}");
        }
    }

    #[test]
    fn a_mail_without_a_recipient_is_refused() {
        let ses = Ses::new(Arc::new(Inbox::open(&Data::Memory).unwrap()), None);
        assert_eq!(ses.send_email(b"{}").status(), 400);
        assert_eq!(ses.send_email(b"no").status(), 400);
    }
}
