//! Mails, as their recipients read them.

use serde::Deserialize;

use crate::{Target, eventually, seen};

/// One item of the local stack's inbox.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    /// Recipient.
    pub to: String,
    /// Sender.
    pub from: String,
    /// Subject line.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part; Cognito's mails need none.
    pub html: Option<String>,
    /// When it was sent.
    pub at: String,
}

impl Mail {
    /// Whether it went to this address; upper and lower case are the same mailbox here.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        self.to.eq_ignore_ascii_case(address)
    }

    /// The code that Cognito sent: six digits that stand alone.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        let mut words = self.text.split(|letter: char| !letter.is_ascii_alphanumeric());
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        words.find(is_code).map(str::to_owned)
    }

    /// The token in an invitation's link.
    #[must_use]
    pub fn invitation_token(&self) -> Option<String> {
        let (_, rest) = self.text.split_once("/invitations/accept#token=")?;
        let token = rest.split(|letter: char| letter.is_whitespace() || "<>\"'()".contains(letter)).next()?;
        seen::invitation_token(token);
        Some(token.to_owned())
    }
}

impl Target {
    /// The newest mail to an address that something can be read out of, waited for; `known` mails are passed over.
    pub async fn read_mail<T>(&self, address: &str, known: usize, read: impl Fn(&Mail) -> Option<T>) -> T {
        eventually(&format!("mail {} to {address}", known + 1), async || {
            let inbox = self.inbox().await;
            let news: Vec<_> = inbox.iter().filter(|mail| mail.is_to(address)).skip(known).collect();
            news.into_iter().rev().find_map(&read)
        })
        .await
    }
}
