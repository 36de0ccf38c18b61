//! Whatever takes mails to deliver. The function that sends mails has the one for SES.

use std::pin::Pin;

use crate::domain::EmailAddress;

/// A mail, ready to be sent.
#[derive(Clone, Debug)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It will not be, however often it is tried. The text names the reason, nobody and nothing else.
    #[error("SES refused the mail for good: {0}")]
    ForGood(String),
    /// It may be, later: throttled, paused, unreachable.
    #[error("SES does not take the mail now")]
    ForNow(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What becomes of handing a mail over.
pub type Handover<'a> = Pin<Box<dyn Future<Output = Result<(), NotTaken>> + Send + 'a>>;

pub trait PostOffice: Send + Sync {
    fn post<'a>(&'a self, to: &'a EmailAddress, mail: Mail) -> Handover<'a>;
}
