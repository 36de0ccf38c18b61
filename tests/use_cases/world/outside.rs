use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use shared::{
    directory::{Directory, DirectoryError, Identity},
    domain::EmailAddress,
    post_office::{Handover, Mail, NotTaken, PostOffice},
};

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

/// What the post office does with the next mail.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behaviour {
    RefuseForNow,
    RefuseForGood,
    /// Takes the mail, and the answer is lost on the way.
    TakeAndLoseTheAnswer,
}

/// Takes every mail, unless told otherwise.
#[derive(Clone, Default)]
pub(crate) struct Inbox {
    mails: Arc<Mutex<Vec<(String, String)>>>,
    next: Arc<Mutex<VecDeque<Behaviour>>>,
}

impl Inbox {
    pub(crate) fn behave(&self, behaviour: impl IntoIterator<Item = Behaviour>) {
        self.next.lock().unwrap().extend(behaviour);
    }

    /// The texts of all mails to an address.
    pub(crate) fn texts(&self, email: &str) -> Vec<String> {
        let mails = self.mails.lock().unwrap();
        mails.iter().filter(|(to, _)| to.eq_ignore_ascii_case(email)).map(|(_, text)| text.clone()).collect()
    }

    /// The token in the last mail to an address.
    pub(crate) fn token(&self, email: &str) -> String {
        let text = self.texts(email).pop().expect("a mail");
        let rest = text.split("#token=").nth(1).expect("a link");
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

impl PostOffice for Inbox {
    fn post<'a>(&'a self, to: &'a EmailAddress, mail: Mail) -> Handover<'a> {
        let behaviour = self.next.lock().unwrap().pop_front();
        Box::pin(async move {
            if !matches!(behaviour, Some(Behaviour::RefuseForNow | Behaviour::RefuseForGood)) {
                self.mails.lock().unwrap().push((to.as_str().to_owned(), mail.text));
            }
            match behaviour {
                None => Ok(()),
                Some(Behaviour::RefuseForGood) => Err(NotTaken::ForGood("MessageRejected".to_owned())),
                Some(_) => Err(NotTaken::ForNow("TooManyRequestsException".into())),
            }
        })
    }
}

/// An invitation as the stream shows it when its mail was asked for.
pub(crate) fn stream_record(item: &Value) -> Value {
    let text = |name: &str| json!({ "S": item[name] });
    json!({
        "eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/organizations/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000, "SequenceNumber": format!("{}", item["mail_id"]), "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE", "Keys": { "pk": text("pk"), "sk": text("sk") },
            "NewImage": {
                "entity": text("entity"), "delivery_status": { "S": "queued" }, "organization_id": text("organization_id"),
                "invitation_id": text("invitation_id"), "invited_by": text("invited_by"), "mail_id": text("mail_id"),
                "delivery_at": text("delivery_at")
            }
        }
    })
}
