//! What SES reports about the mails that it accepted: every mail is delivered, and the addresses of the mailbox simulator
//! behave as SES documents them.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html>

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use serde_json::{Map, Value, json};
use stack_template::ACCOUNT;

use crate::{clock, entropy, event_bus::EventBus};

/// What the recipient's server takes. SES answers whoever sent the mail before.
const MOMENT: Duration = Duration::from_millis(50);

pub(crate) struct MailEvents {
    pub(crate) region: String,
    /// The types of the events that leave SES, by configuration set.
    pub(crate) wanted: BTreeMap<String, BTreeSet<String>>,
    pub(crate) bus: Arc<EventBus>,
}

impl MailEvents {
    /// Reports about a mail, one event after the other.
    pub(crate) fn report(&self, request: &Value, message_id: &str) {
        let set = request.get("ConfigurationSetName").and_then(Value::as_str).unwrap_or_default();
        let Some(wanted) = self.wanted.get(set) else { return };
        let to = request.pointer("/Destination/ToAddresses/0").and_then(Value::as_str).unwrap_or_default();
        let happened = happens(to).into_iter().filter(|event| wanted.contains(event.kind));
        let events: Vec<Value> = happened.map(|event| self.event(event, request, set, message_id)).collect();
        let bus = Arc::clone(&self.bus);
        tokio::spawn(async move {
            for event in events {
                tokio::time::sleep(MOMENT).await;
                bus.put(&event);
            }
        });
    }

    fn event(&self, event: Happened, request: &Value, set: &str, message_id: &str) -> Value {
        let now = clock::now().to_string();
        let text = |name: &str| request.get(name).cloned().unwrap_or_default();
        let mut tags = Map::from_iter([("ses:configuration-set".to_owned(), json!([set]))]);
        for tag in request.get("EmailTags").and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = tag.get("Name").and_then(Value::as_str) {
                tags.insert(name.to_owned(), json!([tag.get("Value")]));
            }
        }
        let mut detail = json!({
            "eventType": event.name,
            "mail": {
                "timestamp": now, "source": text("FromEmailAddress"), "sendingAccountId": ACCOUNT, "messageId": message_id,
                "destination": request.pointer("/Destination/ToAddresses"), "headersTruncated": false, "tags": tags,
            },
        });
        let mut about = event.about;
        about["timestamp"] = json!(now);
        detail[event.kind] = about;
        json!({
            "version": "0", "id": entropy::uuid(), "detail-type": event.title, "source": "aws.ses", "account": ACCOUNT,
            "time": now, "region": self.region,
            "resources": [format!("arn:aws:ses:{}:{ACCOUNT}:configuration-set/{set}", self.region)],
            "detail": detail,
        })
    }
}

/// An event: its type in an event destination, which is also its field, its names on the bus and in SES, and its own fields.
struct Happened {
    kind: &'static str,
    title: &'static str,
    name: &'static str,
    about: Value,
}

/// What becomes of a mail to this address.
fn happens(to: &str) -> Vec<Happened> {
    let delivered = Happened {
        kind: "delivery",
        title: "Email Delivered",
        name: "Delivery",
        about: json!({"recipients": [to], "smtpResponse": "250 2.6.0 Message received"}),
    };
    let bounced = |kind: &str, subtype: &str| Happened {
        kind: "bounce",
        title: "Email Bounced",
        name: "Bounce",
        about: json!({"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [{"emailAddress": to}]}),
    };
    let local = to.strip_suffix("@simulator.amazonses.com").unwrap_or_default();
    match local.split('+').next().unwrap_or_default() {
        "bounce" => vec![bounced("Permanent", "General")],
        "suppressionlist" => vec![bounced("Permanent", "Suppressed")],
        // An automatic reply, which SES takes for a bounce.
        "ooto" => vec![delivered, bounced("Transient", "General")],
        "complaint" => {
            let about = json!({"complaintFeedbackType": "abuse", "complainedRecipients": [{"emailAddress": to}]});
            let complained =
                Happened { kind: "complaint", title: "Email Complaint Received", name: "Complaint", about };
            vec![delivered, complained]
        }
        _ => vec![delivered],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_the_simulator_behave_as_documented_with_and_without_a_label() {
        for (local, expected) in [
            ("success", &["delivery"][..]),
            ("bounce", &["bounce"]),
            ("complaint", &["delivery", "complaint"]),
            ("suppressionlist", &["bounce"]),
            ("ooto", &["delivery", "bounce"]),
        ] {
            for to in [format!("{local}@simulator.amazonses.com"), format!("{local}+label@simulator.amazonses.com")] {
                let kinds: Vec<&str> = happens(&to).iter().map(|event| event.kind).collect();
                assert_eq!(kinds, expected, "{to}");
            }
            assert_eq!(happens(&format!("{local}@example.com"))[0].kind, "delivery");
        }
    }
}
