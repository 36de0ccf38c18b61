//! Events as SES sends them to EventBridge, with made-up people.

use serde_json::{Value, json};
use shared::feedback::Feedback;

use crate::event::Report;

const MAIL: &str = "018f6e2a-7c1b-7e2f-9a53-0f2f5f0f6a03";

fn event(detail_type: &str, event_type: &str, name: &str, detail: Value) -> Value {
    let mut event = json!({
        "version": "0", "id": "5d5a9a3e-0a2b-4f2e-8a3a-0b3d0f2e7c11", "detail-type": detail_type, "source": "aws.ses",
        "account": "111122223333", "time": "2026-01-02T03:04:05Z", "region": "eu-west-1",
        "resources": ["arn:aws:ses:eu-west-1:111122223333:configuration-set/set"],
        "detail": {
            "eventType": event_type,
            "mail": {
                "timestamp": "2026-01-02T03:04:04.000Z", "source": "Example <no-reply@example.com>",
                "sourceArn": "arn:aws:ses:eu-west-1:111122223333:identity/example.com", "sendingAccountId": "111122223333",
                "messageId": "0102018c-example-000000", "destination": ["eve@example.org"], "headersTruncated": false,
                "headers": [{"name": "To", "value": "eve@example.org"}],
                "commonHeaders": {"from": ["Example <no-reply@example.com>"], "to": ["eve@example.org"], "subject": "Join"},
                "tags": {
                    "ses:operation": ["SendEmail"], "ses:configuration-set": ["set"], "ses:from-domain": ["example.com"],
                    "ses:source-ip": ["192.0.2.1"], "ses:caller-identity": ["mailer"], "mail": [MAIL],
                    "organization": ["org_018f6e2a-7c1b-7e2f-9a53-0f2f5f0f6a01"],
                    "invitation": ["inv_018f6e2a-7c1b-7e2f-9a53-0f2f5f0f6a02"],
                },
            },
        },
    });
    event["detail"][name] = detail;
    event
}

fn bounce(kind: &str, subtype: &str) -> Value {
    let recipient = json!({"emailAddress": "eve@example.org", "action": "failed", "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 eve@example.org: user unknown"});
    event(
        "Email Bounced",
        "Bounce",
        "bounce",
        json!({
        "feedbackId": "0102018c-feedback-000000", "bounceType": kind, "bounceSubType": subtype,
        "bouncedRecipients": [recipient], "timestamp": "2026-01-02T03:04:05.000Z", "reportingMTA": "dsn; smtp-out.example"}),
    )
}

fn complaint(kind: Value, subtype: Value) -> Value {
    event(
        "Email Complaint Received",
        "Complaint",
        "complaint",
        json!({
        "feedbackId": "0102018c-feedback-000000", "complaintSubType": subtype, "complaintFeedbackType": kind,
        "complainedRecipients": [{"emailAddress": "eve@example.org"}], "timestamp": "2026-01-02T03:04:05.000Z",
        "userAgent": "ExampleCorp Feedback Loop (V0.01)", "arrivalDate": "2026-01-02T03:04:05.000Z"}),
    )
}

fn feedback(event: &Value) -> Option<Feedback> {
    let report = Report::from_event(event)?;
    assert_eq!(report.tags.mail, MAIL);
    Some(report.feedback)
}

#[test]
fn every_kind_of_event_is_understood() {
    let delivery = event(
        "Email Delivered",
        "Delivery",
        "delivery",
        json!({
        "timestamp": "2026-01-02T03:04:05.000Z", "processingTimeMillis": 420, "recipients": ["eve@example.org"],
        "smtpResponse": "250 2.6.0 Message received", "remoteMtaIp": "192.0.2.2", "reportingMTA": "smtp-out.example"}),
    );
    let delay = event(
        "Email Delivery Delayed",
        "DeliveryDelay",
        "deliveryDelay",
        json!({
        "timestamp": "2026-01-02T03:04:05.000Z", "delayType": "TransientCommunicationFailure",
        "expirationTime": "2026-01-02T17:04:05.000Z", "reportingMTA": "smtp-out.example", "delayedRecipients":
        [{"emailAddress": "eve@example.org", "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect"}]}),
    );
    let reject = event("Email Rejected", "Reject", "reject", json!({"reason": "Bad content"}));
    let rendering = event(
        "Email Rendering Failed",
        "Rendering Failure",
        "failure",
        json!({
        "templateName": "none", "errorMessage": "Attribute 'name' of eve@example.org is not present"}),
    );
    let said = |feedback: &str, reason: &str| Some((feedback.to_owned(), reason.to_owned()));
    for (event, expected) in [
        (delivery, said("delivered", "")),
        (delay, said("sent", "DeliveryDelay/TransientCommunicationFailure")),
        (bounce("Permanent", "General"), said("bounced", "Permanent/General")),
        (bounce("Permanent", "OnAccountSuppressionList"), said("bounced", "Permanent/OnAccountSuppressionList")),
        (bounce("Transient", "MailboxFull"), said("bounced", "Transient/MailboxFull")),
        (complaint(json!("abuse"), Value::Null), said("complained", "abuse")),
        (complaint(Value::Null, Value::Null), said("complained", "complaint")),
        (complaint(Value::Null, json!("OnAccountSuppressionList")), said("complained", "OnAccountSuppressionList")),
        (complaint(json!("not-spam"), Value::Null), None),
        (reject, said("failed", "Reject")),
        (rendering, said("failed", "RenderingFailure")),
        (event("Email Opened", "Open", "open", json!({"ipAddress": "192.0.2.1"})), None),
    ] {
        let found = feedback(&event);
        let found = found.map(|it| (it.status().name().to_owned(), it.reason().unwrap_or_default().to_owned()));
        assert_eq!(found, expected, "{event}");
    }
    assert!(matches!(feedback(&bounce("Transient", "General")), Some(Feedback::Returned(_))));
}

#[test]
fn an_event_that_says_nothing_about_an_invitation_is_none() {
    let good = bounce("Permanent", "General");
    for (pointer, broken) in [
        ("", json!([])),
        ("/detail", json!("text")),
        ("/detail/eventType", Value::Null),
        ("/detail/bounce", Value::Null),
        ("/detail/bounce/bounceType", json!(1)),
        ("/detail/mail", Value::Null),
        ("/detail/mail/tags", json!({})),
        ("/detail/mail/tags/mail", json!([])),
        ("/detail/mail/tags/organization", json!(["org_1"])),
        ("/detail/mail/tags/invitation", json!("inv_1")),
    ] {
        let mut event = good.clone();
        *event.pointer_mut(pointer).unwrap() = broken;
        assert_eq!(Report::from_event(&event), None, "{pointer}");
    }
    assert!(Report::from_event(&good).is_some());
}
