use serde_json::{Value, json};
use shared::{feedback::MailTags, telemetry::Invocation};

use super::World;

/// What SES reports about an email, from what counts least to what counts most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reported {
    Delay,
    AutomaticReply,
    Delivery,
    Reject,
    Bounce,
    Complaint,
}

impl Reported {
    pub(crate) const ALL: [Self; 6] =
        [Self::Delay, Self::AutomaticReply, Self::Delivery, Self::Reject, Self::Bounce, Self::Complaint];

    /// The delivery status and reason, if nothing that counts more is reported.
    pub(crate) fn delivery(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Delay => ("sent", Some("DeliveryDelay/MailboxFull")),
            Self::AutomaticReply => ("bounced", Some("Transient/General")),
            Self::Delivery => ("delivered", None),
            Self::Reject => ("failed", Some("Reject")),
            Self::Bounce => ("bounced", Some("Permanent/General")),
            Self::Complaint => ("complained", Some("abuse")),
        }
    }

    /// As EventBridge brings it.
    pub(crate) fn event(self, tags: &MailTags) -> Value {
        let bounce = |kind: &str| {
            let recipients = json!([{"emailAddress": "eve@planted.example", "diagnosticCode": "eve@planted.example"}]);
            json!({"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients})
        };
        let (kind, name, about) = match self {
            Self::Delay => ("DeliveryDelay", "deliveryDelay", json!({"delayType": "MailboxFull"})),
            Self::AutomaticReply => ("Bounce", "bounce", bounce("Transient")),
            Self::Delivery => ("Delivery", "delivery", json!({"recipients": ["eve@planted.example"]})),
            Self::Reject => ("Reject", "reject", json!({"reason": "Bad content"})),
            Self::Bounce => ("Bounce", "bounce", bounce("Permanent")),
            Self::Complaint => ("Complaint", "complaint", json!({"complaintFeedbackType": "abuse"})),
        };
        let tags: Value = tags.pairs().into_iter().map(|(name, value)| (name.to_owned(), json!([value]))).collect();
        let mail = json!({"destination": ["eve@planted.example"], "tags": tags});
        json!({"source": "aws.ses", "detail": {"eventType": kind, "mail": mail, name: about}})
    }
}

impl World {
    /// SES reports something about an email.
    pub(crate) async fn report(&self, reported: Reported, tags: &MailTags) {
        self.feedback.handle(&reported.event(tags), &Invocation::default()).await.unwrap();
    }

    /// The tags of the last email to an address.
    pub(crate) fn tags(&self, email: &str) -> MailTags {
        self.inbox.taken().into_iter().rfind(|mail| mail.to == email).expect("a mail").tags
    }
}
