use aws_sdk_sesv2::{
    Client, config,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
    types::{Body, Content, Destination, EmailContent, Message, MessageTag},
};
use shared::{
    configuration::{InvalidConfiguration, Variables},
    domain::EmailAddress,
    feedback::MailTags,
    post_office::{Handover, Mail, NotTaken, PostOffice, Reason},
    start::{OpenOnly, Start},
};

use crate::attempt::LONGEST_CALL;

/// Amazon SES.
pub(crate) struct Ses {
    client: Client,
    from: From,
    configuration_set: String,
}

/// What the headers of every mail say.
struct From {
    /// `Name <address>`, or the address alone. template.yaml allows only names that need no quotes.
    sender: String,
    reply_to: Option<String>,
}

impl From {
    fn new(variables: &Variables) -> Result<Self, InvalidConfiguration> {
        let address = variables.text("SENDER_ADDRESS")?;
        let sender = match variables.optional("SENDER_NAME") {
            Some(name) => format!("{name} <{address}>"),
            None => address,
        };
        Ok(Self { sender, reply_to: variables.optional("REPLY_TO_ADDRESS") })
    }
}

/// Refusals that a retry does not change: the mail, its recipient or the sender's set-up is at fault.
const FINAL: [&str; 5] = [
    "MessageRejected",
    "BadRequestException",
    "MailFromDomainNotVerifiedException",
    "NotFoundException",
    "AccountSuspendedException",
];

/// Refusals for want of room: the quota of a second or a day is used up.
const BUSY: [&str; 4] = ["TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException"];

impl Ses {
    /// A client that calls once: a mail that SES does not take waits in the table, and retries here would only add to what
    /// SES has too much of.
    pub(crate) fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        let variables = &start.variables;
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(LONGEST_CALL.unsigned_abs()).build();
        let config =
            config::Builder::from(&start.sdk).retry_config(RetryConfig::disabled()).timeout_config(timeouts).build();
        let client = Client::from_conf(config);
        start.connections.open(1, || client.send_email().customize().interceptor(OpenOnly).send());
        Ok(Self { client, from: From::new(variables)?, configuration_set: variables.text("CONFIGURATION_SET")? })
    }

    async fn hand_over(&self, to: &EmailAddress, tags: &MailTags, mail: Mail) -> Result<(), NotTaken> {
        let content = |text: String| {
            let content = Content::builder().data(text).charset("UTF-8").build();
            content.map_err(|_| NotTaken::Never(Reason::new("IncompleteContent", None)))
        };
        let tag = |(name, value)| MessageTag::builder().name(name).value(value).build().ok();
        let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
        let message = Message::builder().subject(content(mail.subject)?).body(body).build();
        let answer = self
            .client
            .send_email()
            .from_email_address(&self.from.sender)
            .set_reply_to_addresses(self.from.reply_to.clone().map(|address| vec![address]))
            .configuration_set_name(&self.configuration_set)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .set_email_tags(Some(tags.pairs().into_iter().filter_map(tag).collect()))
            .send()
            .await;
        answer.map(drop).map_err(|error| not_taken(&error))
    }
}

impl PostOffice for Ses {
    fn post<'a>(&'a self, to: &'a EmailAddress, tags: &'a MailTags, mail: Mail) -> Handover<'a> {
        Box::pin(self.hand_over(to, tags, mail))
    }
}

/// What an error of the SDK's says about the mail. Of SES's answer, the code and the status are kept, never the message.
fn not_taken<E: ProvideErrorMetadata>(
    error: &SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>,
) -> NotTaken {
    match error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let code = refusal.err().code().unwrap_or("UnknownError");
            let reason = Reason::new(code, Some(status));
            match code {
                _ if status >= 500 => NotTaken::Unknown(reason),
                code if FINAL.contains(&code) => NotTaken::Never(reason),
                code if BUSY.contains(&code) => NotTaken::Busy(reason),
                _ => NotTaken::NotNow(reason),
            }
        }
        SdkError::ConstructionFailure(_) => NotTaken::NotNow(Reason::new("ConstructionFailure", None)),
        SdkError::TimeoutError(_) => NotTaken::Unknown(Reason::new("Timeout", None)),
        SdkError::DispatchFailure(_) => NotTaken::Unknown(Reason::new("DispatchFailure", None)),
        _ => NotTaken::Unknown(Reason::new("ResponseError", None)),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::{error::ErrorMetadata, operation::send_email::SendEmailError};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};

    use super::*;

    fn answered(code: &str, status: u16) -> NotTaken {
        let message = "Email address is not verified: eve@planted.example";
        let error = SendEmailError::generic(ErrorMetadata::builder().code(code).message(message).build());
        let status = StatusCode::try_from(status).unwrap();
        not_taken(&SdkError::service_error(error, HttpResponse::new(status, "eve@planted.example".into())))
    }

    #[test]
    fn a_refusal_says_whether_the_mail_may_be_tried_again_and_never_repeats_ses() {
        assert!(matches!(answered("MessageRejected", 400), NotTaken::Never(_)));
        assert!(matches!(answered("TooManyRequestsException", 429), NotTaken::Busy(_)));
        assert!(matches!(answered("SendingPausedException", 400), NotTaken::NotNow(_)));
        assert!(matches!(answered("AccessDeniedException", 403), NotTaken::NotNow(_)));
        assert!(matches!(answered("InternalFailure", 500), NotTaken::Unknown(_)));
        assert!(matches!(answered("TooManyRequestsException", 503), NotTaken::Unknown(_)));
        for code in ["MessageRejected", "TooManyRequestsException", "SendingPausedException"] {
            let refusal = answered(code, 400);
            assert!(refusal.to_string().ends_with(&format!("{code} (400)")), "{refusal}");
            assert!(!format!("{refusal} {refusal:?}").contains("planted"), "{refusal:?}");
        }
    }

    #[test]
    fn a_call_without_an_answer_may_have_sent_the_mail() {
        let timeout: SdkError<SendEmailError, HttpResponse> = SdkError::timeout_error("eve@planted.example");
        assert_eq!(not_taken(&timeout), NotTaken::Unknown(Reason::new("Timeout", None)));
    }

    #[test]
    fn a_mail_is_from_the_sender_with_its_name_if_it_has_one() {
        let from = |variables: &[(&str, &str)]| {
            let address = [("SENDER_ADDRESS", "no-reply@example.com")];
            let From { sender, reply_to } = From::new(&address.iter().chain(variables).copied().collect()).unwrap();
            (sender, reply_to)
        };
        assert_eq!(from(&[("SENDER_NAME", ""), ("REPLY_TO_ADDRESS", "")]), ("no-reply@example.com".to_owned(), None));
        let (sender, reply_to) = from(&[("SENDER_NAME", "R & D"), ("REPLY_TO_ADDRESS", "help@example.com")]);
        assert_eq!(sender, "R & D <no-reply@example.com>");
        assert_eq!(reply_to.as_deref(), Some("help@example.com"));
    }
}
