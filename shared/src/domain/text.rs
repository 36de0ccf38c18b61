//! Words that people write, and others read in mails and pages. What is kept is the NFC of what was sent; what is looked at
//! is that and, for links and markup, a compatibility-normalized copy.
//!
//! These are rules for writing. What is stored is read by none of them (`stored`), so they can become stricter.

mod links;
#[cfg(test)]
mod names;
mod shown;

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use shown::{Flaw, flaw};

/// Why a text cannot be used, worded for the person who wrote it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// A message that scrolls.
    #[error("must have at most 40 lines")]
    TooManyLines,
    /// Counted in characters after normalization.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// Characters that nobody sees, or that change how others are seen, make a name look like another one.
    #[error("must not contain control, invisible or direction-changing characters")]
    Invisible,
    /// A mark at the start of a word combines with whatever a page shows before it; a pile of marks covers other lines.
    #[error("must not contain combining marks that stand alone, or many of them on one character")]
    Marks,
    /// Names are shown in mails and pages.
    #[error("must not contain < or >")]
    Markup,
    /// A name that is an address turns an invitation mail into somebody else's advertisement.
    #[error("must not contain a URL or an email address")]
    WebAddress,
    /// Not a language tag.
    #[error("must be a language tag such as en or pt-BR")]
    NotALocale,
}

impl From<Flaw> for InvalidText {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Invisible => Self::Invisible,
            Flaw::Mark => Self::Marks,
        }
    }
}

fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// `text` is in NFC and as it will be kept.
fn check(text: &str, longest: usize) -> Result<(), InvalidText> {
    match text.chars().count() {
        0 => return Err(InvalidText::Empty),
        count if count > longest => return Err(InvalidText::TooLong(longest)),
        _ => {}
    }
    let characters: Vec<char> = text.chars().collect();
    let line_break = |at: usize| characters[at] == '\n';
    let flaw = (0..characters.len()).filter(|at| !line_break(*at)).find_map(|at| flaw(&characters, at));
    flaw.map_or(Ok(()), |flaw| Err(flaw.into()))
}

/// One line in NFC, trimmed, white space folded to single spaces.
fn line(text: &str, longest: usize) -> Result<String, InvalidText> {
    // Before they are folded: a line break is white space, and no part of a name.
    if text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(InvalidText::Invisible);
    }
    let text = nfc(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    check(&text, longest)?;
    Ok(text)
}

/// A line that is shown to others under somebody's name: no markup, no web address.
pub(super) fn label(text: &str, longest: usize) -> Result<String, InvalidText> {
    let text = line(text, longest)?;
    let folded = links::folded(&text);
    if folded.contains(['<', '>']) {
        return Err(InvalidText::Markup);
    }
    if links::is_in(&folded) {
        return Err(InvalidText::WebAddress);
    }
    Ok(text)
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// Why the text cannot be used.
            pub fn parse(text: &str) -> Result<Self, InvalidText> {
                $parse(text).map(Self)
            }

            /// From the table: the rules held when it was written, and whatever has become of them since, it can be read.
            pub(crate) fn stored(text: String) -> Self {
                Self(text)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Names are never logged (I11), not even by accident.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

text_type!(
    /// What an organization is called: 1 to 100 characters.
    OrganizationName, |text| label(text, 100)
);
text_type!(
    /// What a workspace is called: 1 to 100 characters.
    WorkspaceName, |text| label(text, 100)
);
text_type!(
    /// Words of the inviter's own in an invitation mail: up to 1,000 characters, line breaks allowed.
    InvitationMessage, message
);
text_type!(
    /// The language that an invitation mail is wanted in, as a BCP 47 tag.
    Locale, locale
);
text_type!(
    /// What a person is called, as far as it can be shown to others.
    PersonName, |text| label(text, 100)
);

impl PersonName {
    /// From a user pool's attribute, which nobody has checked: what cannot be shown is taken out, not refused, because
    /// a name must never fail a sign-up.
    pub fn from_attribute(text: &str) -> Option<Self> {
        let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let plain = |c: &char| !matches!(c, '<' | '>' | '\u{fe64}' | '\u{fe65}' | '\u{ff1c}' | '\u{ff1e}');
        let mut shown: Vec<char> = nfc(&spaced).chars().filter(plain).collect();
        // Twice a character may have been fine only beside one that is gone now. Whoever needs more goes without a name.
        for _ in 0..3 {
            shown = (0..shown.len()).filter(|at| flaw(&shown, *at).is_none()).map(|at| shown[at]).collect();
            shown.truncate(100);
        }
        Self::parse(&String::from_iter(shown)).ok()
    }
}

/// Lines of a message.
const LONGEST_MESSAGE: usize = 40;

fn message(text: &str) -> Result<String, InvalidText> {
    let text = nfc(text.replace("\r\n", "\n").trim());
    check(&text, 1000)?;
    if text.lines().count() > LONGEST_MESSAGE {
        return Err(InvalidText::TooManyLines);
    }
    // Nobody pushes the product's own words off the screen with nothing.
    let mut folded: Vec<&str> = text.lines().map(str::trim_end).collect();
    folded.dedup_by(|line, before| line.is_empty() && before.is_empty());
    Ok(folded.join("\n"))
}

fn locale(text: &str) -> Result<String, InvalidText> {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    let is_language = (2..=3).contains(&language.len()) && language.chars().all(|c| c.is_ascii_alphabetic());
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    if is_language && text.len() <= 35 && parts.all(is_subtag) {
        Ok(text.to_owned())
    } else {
        Err(InvalidText::NotALocale)
    }
}

#[cfg(test)]
pub(super) use names::second_opinion;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        assert_eq!(OrganizationName::parse("  Caf\u{65}\u{301}   Nord ").unwrap().as_str(), "Café Nord");
    }

    #[test]
    fn names_that_deceive_are_refused() {
        let cases = [
            ("", InvalidText::Empty),
            (" \t ", InvalidText::Invisible),
            ("  ", InvalidText::Empty),
            ("Acme\r\nBcc: x", InvalidText::Invisible),
            ("Acme\u{202e}emca", InvalidText::Invisible),
            ("Ac\u{200b}me", InvalidText::Invisible),
            ("<b>Acme</b>", InvalidText::Markup),
            ("Win at https://evil.example", InvalidText::WebAddress),
            ("WWW.evil.example", InvalidText::WebAddress),
            ("Prizes at evil.example/login", InvalidText::WebAddress),
            ("mailto:eve@evil.example", InvalidText::WebAddress),
        ];
        for (text, expected) in cases {
            assert_eq!(OrganizationName::parse(text), Err(expected), "{text:?}");
        }
        for name in ["Acme.io", "AC/DC", "Smith & Sons: Est. 1900", "1/2 Price"] {
            assert!(OrganizationName::parse(name).is_ok(), "{name}");
        }
        assert_eq!(OrganizationName::parse(&"x".repeat(101)), Err(InvalidText::TooLong(100)));
        assert!(OrganizationName::parse(&"ö".repeat(100)).is_ok());
    }

    #[test]
    fn a_message_may_have_lines_but_no_control_characters() {
        assert_eq!(InvitationMessage::parse("Hello\r\nAda").unwrap().as_str(), "Hello\nAda");
        assert_eq!(InvitationMessage::parse("Hello\n\n \n\nAda").unwrap().as_str(), "Hello\n\nAda");
        assert_eq!(InvitationMessage::parse(&"a\n".repeat(41)), Err(InvalidText::TooManyLines));
        assert_eq!(InvitationMessage::parse("bell\u{7}"), Err(InvalidText::Invisible));
        assert_eq!(InvitationMessage::parse("a\rb"), Err(InvalidText::Invisible));
    }

    #[test]
    fn a_pools_name_is_made_showable() {
        assert_eq!(PersonName::from_attribute("Ada\u{202e} <i>Lovelace").unwrap().as_str(), "Ada iLovelace");
        assert!(PersonName::from_attribute("\u{200b}").is_none());
    }

    #[test]
    fn locales_are_language_tags() {
        assert!(Locale::parse("pt-BR").is_ok() && Locale::parse("de").is_ok());
        assert!(Locale::parse("english please").is_err() && Locale::parse("e").is_err());
    }
}
