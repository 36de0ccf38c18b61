//! The codes that are mailed to users.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Cognito, errors::CognitoError};
use crate::{clock, entropy, inbox::Mail};

/// A code of six digits, until when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Code {
    digits: String,
    expires: i64,
}

impl Code {
    pub(super) fn new(seconds: i64) -> Self {
        Self { digits: entropy::text(b"0123456789", 6), expires: clock::now_seconds() + seconds }
    }

    /// The digits, while they can be used.
    pub(super) fn pending(&self) -> Option<&str> {
        (self.expires > clock::now_seconds()).then_some(self.digits.as_str())
    }

    /// Checks what a user typed. A code that was used is gone.
    pub(super) fn check(code: Option<&Self>, typed: &str) -> Result<(), CognitoError> {
        match code {
            None => Err(CognitoError::expired_code()),
            Some(code) if code.expires <= clock::now_seconds() => Err(CognitoError::expired_code()),
            Some(code) if code.digits != typed => Err(CognitoError::code_mismatch()),
            Some(_) => Ok(()),
        }
    }
}

impl Cognito {
    /// Mails a code and says where it went, as Cognito does.
    pub(super) fn send_code(&self, email: &str, purpose: Purpose, code: &Code) -> Value {
        let (subject, text) = match purpose {
            Purpose::Confirmation => ("Your verification code", format!("Your confirmation code is {}", code.digits)),
            Purpose::Verification => ("Your verification code", format!("Your verification code is {}", code.digits)),
            Purpose::Reset => ("Your verification code", format!("Your password reset code is {}", code.digits)),
        };
        self.send(email, subject, text);
        delivery(email)
    }

    pub(super) fn send(&self, email: &str, subject: &str, text: String) {
        self.inbox.add(Mail {
            to: vec![email.to_owned()],
            from: "no-reply@verificationemail.com".to_owned(),
            subject: subject.to_owned(),
            text: Some(text),
            html: None,
            at: clock::now(),
        });
    }
}

/// What a code is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Confirmation,
    Reset,
    Verification,
}

/// `CodeDeliveryDetails`, the address hidden as Cognito hides it.
pub(super) fn delivery(email: &str) -> Value {
    let hide = |text: &str| format!("{}***", text.chars().take(1).collect::<String>());
    let destination = email
        .split_once('@')
        .map_or_else(|| hide(email), |(local, domain)| format!("{}@{}", hide(local), hide(domain)));
    json!({"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": destination})
}
