//! The words of a mail in one language: the blocks of a file in the folder of that language.
//!
//! askama compiles each block into a type of its own. So a file, a block or a variable that is missing in one language is an
//! error of the compiler.

use std::ops::Deref;

use askama::Template;

use super::Language;

/// What a mail is about: the variables of its words. Those that users wrote hold no link (`plain.rs`).
pub(super) struct Content<'a> {
    /// The product's name.
    pub(super) product: &'a str,
    /// The organization's name.
    pub(super) organization: String,
    /// The name of the inviter; in the mail to the inviter, of who accepted.
    pub(super) person: Option<String>,
    /// The invited address.
    pub(super) email: String,
    /// The roles, as the end of a sentence.
    pub(super) roles: String,
    /// When the invitation expires.
    pub(super) expires: String,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Invitation,
    Reminder,
    Accepted,
}

pub(super) struct Words {
    pub(super) subject: String,
    /// What a mail program shows of the mail in a list, after the subject.
    pub(super) preheader: String,
    pub(super) heading: String,
    pub(super) lead: String,
    pub(super) message_intro: String,
    pub(super) button: String,
    pub(super) link_intro: String,
    pub(super) terms: String,
    pub(super) unexpected: String,
    /// The link that leads to declining.
    pub(super) decline: Option<String>,
}

/// One block of a file, rendered.
macro_rules! block {
    ($path:literal, $block:literal, $content:expr) => {{
        #[derive(Template)]
        #[template(path = $path, block = $block)]
        struct Block<'a>(&'a Content<'a>);

        impl<'a> Deref for Block<'a> {
            type Target = Content<'a>;

            fn deref(&self) -> &Content<'a> {
                self.0
            }
        }
        Block($content).render()?
    }};
}

/// The words of the mails to the invited person.
macro_rules! invitation {
    ($path:literal, $content:expr) => {
        Words {
            message_intro: block!($path, "message_intro", $content),
            decline: Some(block!($path, "decline", $content)),
            ..accepted!($path, $content)
        }
    };
}

/// The words that every mail has.
macro_rules! accepted {
    ($path:literal, $content:expr) => {
        Words {
            subject: block!($path, "subject", $content),
            preheader: block!($path, "preheader", $content),
            heading: block!($path, "heading", $content),
            lead: block!($path, "lead", $content),
            message_intro: String::new(),
            button: block!($path, "button", $content),
            link_intro: block!($path, "link_intro", $content),
            terms: block!($path, "terms", $content),
            unexpected: block!($path, "unexpected", $content),
            decline: None,
        }
    };
}

/// The words of a mail in a language. Those of a reminder are the invitation's with another subject and heading.
macro_rules! words {
    ($kind:ident, $content:ident, $invitation:literal, $reminder:literal, $accepted:literal) => {
        if matches!($kind, Kind::Accepted) {
            accepted!($accepted, $content)
        } else {
            let words = invitation!($invitation, $content);
            if matches!($kind, Kind::Reminder) {
                let subject = block!($reminder, "subject", $content);
                Words { subject, heading: block!($reminder, "heading", $content), ..words }
            } else {
                words
            }
        }
    };
}

/// # Errors
/// Never for the templates of this crate.
#[rustfmt::skip]
pub(super) fn words(language: Language, kind: Kind, content: &Content<'_>) -> Result<Words, askama::Error> {
    Ok(match language {
        Language::English => words!(kind, content, "en/invitation.txt", "en/reminder.txt", "en/accepted.txt"),
        Language::German => words!(kind, content, "de/invitation.txt", "de/reminder.txt", "de/accepted.txt"),
        Language::French => words!(kind, content, "fr/invitation.txt", "fr/reminder.txt", "fr/accepted.txt"),
        Language::Spanish => words!(kind, content, "es/invitation.txt", "es/reminder.txt", "es/accepted.txt"),
        Language::Portuguese => words!(kind, content, "pt/invitation.txt", "pt/reminder.txt", "pt/accepted.txt"),
        Language::Japanese => words!(kind, content, "ja/invitation.txt", "ja/reminder.txt", "ja/accepted.txt"),
    })
}
