use aws_sdk_sesv2::{
    Client,
    error::ProvideErrorMetadata,
    types::{Body, Content, Destination, EmailContent, Message},
};
use shared::{
    configuration::InvalidConfiguration,
    domain::EmailAddress,
    post_office::{Handover, Mail, NotTaken, PostOffice},
    start::Start,
};

/// Amazon SES.
pub(crate) struct Ses {
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
    pub(crate) fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        let variables = &start.variables;
        Ok(Self {
            client: Client::new(&start.sdk),
            sender: variables.text("SENDER_ADDRESS")?,
            configuration_set: variables.text("CONFIGURATION_SET")?,
        })
    }

    async fn hand_over(&self, to: &EmailAddress, mail: Mail) -> Result<(), NotTaken> {
        let content = |text: String| {
            Content::builder().data(text).charset("UTF-8").build().map_err(|error| NotTaken::ForGood(error.to_string()))
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
                Some(code) if FINAL.contains(&code) => Err(NotTaken::ForGood(code.to_owned())),
                _ => Err(NotTaken::ForNow(error.into())),
            },
        }
    }
}

impl PostOffice for Ses {
    fn post<'a>(&'a self, to: &'a EmailAddress, mail: Mail) -> Handover<'a> {
        Box::pin(self.hand_over(to, mail))
    }
}
