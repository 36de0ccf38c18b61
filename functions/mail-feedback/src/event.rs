use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use shared::feedback::{Feedback, MailTags};

/// A report of SES about an email of an invitation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) tags: MailTags,
    pub(crate) feedback: Feedback,
}

/// An event of EventBridge, with the event record of SES in `detail`. The types of `aws_lambda_events` are for notifications,
/// which have no tags. Most fields name people, and these types leave them out.
#[derive(Deserialize)]
struct Event {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    delivery_delay: Option<Delay>,
}

#[derive(Deserialize)]
struct Mail {
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_feedback_type: Option<String>,
    complaint_sub_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delay {
    delay_type: String,
}

impl Report {
    /// `None`: the event is of another kind, or says nothing about an invitation.
    pub(crate) fn from_event(event: &Value) -> Option<Self> {
        let Detail { event_type, mail, bounce, complaint, delivery_delay } = Event::deserialize(event).ok()?.detail;
        let feedback = match event_type.as_str() {
            "Delivery" => Feedback::Delivered,
            "DeliveryDelay" => Feedback::delayed(&delivery_delay?.delay_type),
            "Bounce" => bounce.map(|bounce| Feedback::bounced(&bounce.bounce_type, &bounce.bounce_sub_type))?,
            "Complaint" => {
                let Complaint { complaint_feedback_type, complaint_sub_type } = complaint?;
                Feedback::complained(complaint_feedback_type.as_deref(), complaint_sub_type.as_deref())?
            }
            "Reject" => Feedback::Failed("Reject".to_owned()),
            "Rendering Failure" => Feedback::Failed("RenderingFailure".to_owned()),
            _ => return None,
        };
        let tags = MailTags::read(|name| mail.tags.get(name)?.first().map(String::as_str))?;
        Some(Self { tags, feedback })
    }
}
