use std::pin::Pin;

use aws_sdk_sesv2::{
    Client,
    error::ProvideErrorMetadata,
    types::{Body, Content, Destination, EmailContent, Message},
};
use shared::domain::EmailAddress;

use crate::mail::Mail;

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It will not be, however often it is tried. The text names the reason, nobody and nothing else.
    #[error("SES refused the mail for good: {0}")]
    ForGood(String),
    /// It may be, later: throttled, paused, unreachable.
    #[error("SES does not take the mail now")]
    ForNow(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What becomes of handing a mail over.
pub type Handover<'a> = Pin<Box<dyn Future<Output = Result<(), Refused>> + Send + 'a>>;

/// Who takes mails.
pub trait PostOffice: Send + Sync {
    /// Hands a mail over.
    fn post<'a>(&'a self, to: &'a EmailAddress, mail: Mail) -> Handover<'a>;
}

/// Amazon SES.
pub struct Ses {
    client: Client,
    sender: String,
    configuration_set: String,
}

/// Refusals that a retry does not change: the mail, its recipient or the sender's set-up is at fault.
const FINAL: [&str; 5] = [
    "MessageRejected",
    "BadRequestException",
    "MailFromDomainNotVerifiedException",
    "NotFoundException",
    "AccountSuspendedException",
];

impl Ses {
    /// Sends from `sender`.
    pub fn new(client: Client, sender: String, configuration_set: String) -> Self {
        Self { client, sender, configuration_set }
    }

    async fn hand_over(&self, to: &EmailAddress, mail: Mail) -> Result<(), Refused> {
        let content = |text: String| {
            Content::builder().data(text).charset("UTF-8").build().map_err(|error| Refused::ForGood(error.to_string()))
        };
        let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
        let message = Message::builder().subject(content(mail.subject)?).body(body).build();
        let answer = self
            .client
            .send_email()
            .from_email_address(&self.sender)
            .configuration_set_name(&self.configuration_set)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                // The code only: SES's message may repeat the address.
                Some(code) if FINAL.contains(&code) => Err(Refused::ForGood(code.to_owned())),
                _ => Err(Refused::ForNow(error.into())),
            },
        }
    }
}

impl PostOffice for Ses {
    fn post<'a>(&'a self, to: &'a EmailAddress, mail: Mail) -> Handover<'a> {
        Box::pin(self.hand_over(to, mail))
    }
}
