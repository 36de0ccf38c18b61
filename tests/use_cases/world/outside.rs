use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use shared::directory::{Directory, DirectoryError, Identity};

/// The user pool: who there is, and with which address.
#[derive(Default)]
pub(crate) struct Pool(Mutex<HashMap<String, (String, bool)>>, AtomicUsize);

impl Pool {
    pub(crate) fn add(&self, user: &str, email: &str) {
        self.0.lock().unwrap().insert(user.to_owned(), (email.to_owned(), true));
    }

    /// The account is deleted or disabled: nobody can tell the difference from outside.
    pub(crate) fn remove(&self, user: &str) {
        self.0.lock().unwrap().remove(user);
    }

    /// How often anybody was asked about since this was last asked.
    pub(crate) fn questions(&self) -> usize {
        self.1.swap(0, Ordering::SeqCst)
    }

    pub(crate) fn add_unverified(&self, user: &str, email: &str) {
        self.0.lock().unwrap().insert(user.to_owned(), (email.to_owned(), false));
    }
}

impl Directory for Pool {
    fn identity<'a>(&'a self, username: &'a str) -> shared::directory::Answer<'a> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let known = self.0.lock().unwrap().get(username).cloned();
        Box::pin(async move {
            let (email, verified) = known.ok_or(DirectoryError::Unknown)?;
            let attribute = |name: &str| match name {
                "email" => Some(email.as_str()),
                "email_verified" => Some(if verified { "true" } else { "false" }),
                "name" => Some(username),
                _ => None,
            };
            Identity::from_attributes(attribute)
        })
    }
}

/// An invitation, or the note of an acceptance, as the stream shows it when its email was asked for.
pub(crate) fn stream_record(item: &Value) -> Value {
    let text = |name: &str| json!({ "S": item[name] });
    let mut record = json!({
        "eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/organizations/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000, "SequenceNumber": format!("{}", item["mail_id"]), "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE", "Keys": { "pk": text("pk"), "sk": text("sk") },
            "NewImage": {
                "entity": text("entity"), "delivery_status": { "S": "queued" }, "organization_id": text("organization_id"),
                "invitation_id": text("invitation_id"), "invited_by": text("invited_by"), "mail_id": text("mail_id"),
                "delivery_at": text("delivery_at"), "mail_due_at": text("mail_due_at"), "mail_attempts": { "N": "0" }
            }
        }
    });
    for name in ["joined_id", "mail_kind"].into_iter().filter(|name| item[name].is_string()) {
        record["dynamodb"]["NewImage"][name] = text(name);
    }
    record
}
