//! The interface to an email service. The mailer implements it for SES.

use std::{fmt, pin::Pin};

use crate::{domain::EmailAddress, feedback::MailTags};

/// An email that is ready to send.
#[derive(Clone, Debug)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The reason why SES did not accept an email. It never names a person, although SES's messages contain addresses (I11).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// SES rejects the email, and a retry does not change that.
    #[error("SES rejected the email permanently: {0}")]
    Never(Reason),
    /// SES throttles: it accepts no email at the moment.
    #[error("SES accepts no emails at the moment: {0}")]
    Busy(Reason),
    /// SES did not accept this email, but may accept it later.
    #[error("SES did not accept the email this time: {0}")]
    NotNow(Reason),
    /// It is unknown whether SES accepted the email. So the recipient may have the secret.
    #[error("SES did not report whether it accepted the email: {0}")]
    Unknown(Reason),
}

impl NotTaken {
    /// The error code of SES and the HTTP status.
    pub const fn reason(&self) -> &Reason {
        match self {
            Self::Never(reason) | Self::Busy(reason) | Self::NotNow(reason) | Self::Unknown(reason) => reason,
        }
    }
}

/// An error code of SES with the HTTP status of the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    code: String,
    status: Option<u16>,
}

impl Reason {
    /// Keeps only the letters and digits of `code`, because a code has no other characters.
    pub fn new(code: &str, status: Option<u16>) -> Self {
        Self { code: code.chars().filter(char::is_ascii_alphanumeric).take(64).collect(), status }
    }

    /// The code, which the invitation stores as its delivery reason.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} ({status})", self.code),
            None => f.write_str(&self.code),
        }
    }
}

/// The future result of handing an email over to SES.
pub type Handover<'a> = Pin<Box<dyn Future<Output = Result<(), NotTaken>> + Send + 'a>>;

pub trait PostOffice: Send + Sync {
    fn post<'a>(&'a self, to: &'a EmailAddress, tags: &'a MailTags, mail: Mail) -> Handover<'a>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_holds_no_address() {
        let reason = Reason::new("Rejected: eve@planted.example\n", Some(400));
        assert_eq!(
            NotTaken::Never(reason).to_string(),
            "SES rejected the email permanently: Rejectedeveplantedexample (400)"
        );
    }
}
