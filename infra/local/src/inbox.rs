//! Every mail that Cognito and SES sent: codes and links are here and nowhere else.

use std::{
    io::Write,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{error::StartError, options::Data};

/// A mail that was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) to: Vec<String>,
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) at: Timestamp,
}

/// All mails, oldest first; with a data directory also a file, a mail a line.
#[derive(Debug)]
pub(crate) struct Inbox {
    mails: Mutex<Vec<Mail>>,
    file: Option<PathBuf>,
}

impl Inbox {
    pub(crate) fn open(data: &Data) -> Result<Self, StartError> {
        let Data::Directory(directory) = data else { return Ok(Self { mails: Mutex::default(), file: None }) };
        let file = directory.join("inbox.jsonl");
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(StartError::Data { path: file, reason: error.to_string() }),
        };
        // A line that was cut off when the machine went down is no mail.
        let mails = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(Self { mails: Mutex::new(mails), file: Some(file) })
    }

    pub(crate) fn add(&self, mail: Mail) {
        let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &self.file
            && let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(file)
        {
            // What cannot be kept is still shown until the stack stops.
            let _ = writeln!(file, "{}", json!(mail));
        }
        mails.push(mail);
    }

    /// `{"items": […]}`, newest last, optionally those to one address.
    pub(crate) fn list(&self, to: Option<&str>) -> Value {
        let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |mail: &&Mail| to.is_none_or(|to| mail.to.iter().any(|address| address.eq_ignore_ascii_case(to)));
        let items: Vec<Value> = mails
            .iter()
            .filter(wanted)
            .map(|mail| {
                json!({
                    "to": mail.to.join(", "), "from": mail.from, "subject": mail.subject,
                    "text": mail.text, "html": mail.html, "at": mail.at.to_string(),
                })
            })
            .collect();
        json!({ "items": items })
    }

    /// The last ones, newest first.
    pub(crate) fn newest(&self, most: usize) -> Vec<Mail> {
        let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.iter().rev().take(most).cloned().collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        Mail {
            to: vec![to.to_owned()],
            from: "a@example.com".to_owned(),
            subject: subject.to_owned(),
            text: Some("<b>".to_owned()),
            html: Some("<script>alert(\"x\")</script>".to_owned()),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn mails_are_listed_oldest_first() {
        let inbox = Inbox::open(&Data::Memory).unwrap();
        inbox.add(mail("b@example.com", "one"));
        inbox.add(mail("c@example.com", "two"));
        assert_eq!(inbox.list(None)["items"][0]["subject"], "one");
        assert_eq!(inbox.list(Some("C@example.com"))["items"].as_array().unwrap().len(), 1);
        assert_eq!(inbox.list(None)["items"][0]["at"], "1970-01-01T00:00:00Z");
    }
}
