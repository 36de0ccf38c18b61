//! Whatever takes mails to deliver. The function that sends mails has the one for SES.

use std::{fmt, pin::Pin};

use crate::domain::EmailAddress;

/// A mail, ready to be sent.
#[derive(Clone, Debug)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why a mail was not taken. It names the reason and never a person: SES's own messages repeat addresses (I11).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// SES will not take the mail, however often it is tried.
    #[error("SES refused the mail for good: {0}")]
    Never(Reason),
    /// SES has no room for any mail right now.
    #[error("SES takes no more mails at the moment: {0}")]
    Busy(Reason),
    /// SES may take the mail later.
    #[error("SES does not take the mail now: {0}")]
    NotNow(Reason),
    /// Whether SES took the mail is not known, so its secret may have left.
    #[error("SES did not say whether it took the mail: {0}")]
    Unknown(Reason),
}

impl NotTaken {
    /// SES's code and the HTTP status.
    pub const fn reason(&self) -> &Reason {
        match self {
            Self::Never(reason) | Self::Busy(reason) | Self::NotNow(reason) | Self::Unknown(reason) => reason,
        }
    }
}

/// A code of SES's and the HTTP status that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    code: String,
    status: Option<u16>,
}

impl Reason {
    /// Of `code`, only letters and digits are kept: a code has nothing else.
    pub fn new(code: &str, status: Option<u16>) -> Self {
        Self { code: code.chars().filter(char::is_ascii_alphanumeric).take(64).collect(), status }
    }

    /// For the invitation.
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

/// What becomes of handing a mail over.
pub type Handover<'a> = Pin<Box<dyn Future<Output = Result<(), NotTaken>> + Send + 'a>>;

pub trait PostOffice: Send + Sync {
    fn post<'a>(&'a self, to: &'a EmailAddress, mail: Mail) -> Handover<'a>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_holds_no_address() {
        let reason = Reason::new("Rejected: eve@planted.example\n", Some(400));
        assert_eq!(
            NotTaken::Never(reason).to_string(),
            "SES refused the mail for good: Rejectedeveplantedexample (400)"
        );
    }
}
