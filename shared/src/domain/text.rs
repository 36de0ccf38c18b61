//! Texts that users write and others read in emails and pages. The product stores the NFC of a text. The rules apply to
//! that text and, for links and markup, to a compatibility-normalized copy.
//!
//! These are rules for writing. A stored text is read without them (`stored`), so they can become stricter.

mod links;
#[cfg(test)]
mod names;
mod shown;

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use shown::{Flaw, flaw};

/// The reason why a text is rejected, in words for the user who wrote it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidText {
    /// The text has only white space.
    #[error("must not be empty")]
    Empty,
    /// The message has too many lines.
    #[error("must have at most 40 lines")]
    TooManyLines,
    /// The text has too many characters after normalization.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// The text has characters that are invisible or change how others are displayed. They make a name look like
    /// another one.
    #[error("must not contain control, invisible or direction-changing characters")]
    Invisible,
    /// The text has a combining mark at the start of a word, which combines with the text before it on a page. Or it
    /// has many marks on one character, which cover other lines.
    #[error("must not contain combining marks that stand alone, or many of them on one character")]
    Marks,
    /// The name has markup. Emails and pages show names.
    #[error("must not contain < or >")]
    Markup,
    /// The name has a URL or an email address. It would turn an invitation email into advertising.
    #[error("must not contain a URL or an email address")]
    WebAddress,
    /// The text is not a language tag.
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

/// Checks a text that is in NFC and in its stored form.
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

/// Returns the text as one line in NFC, without white space around it and with single spaces in it.
fn line(text: &str, longest: usize) -> Result<String, InvalidText> {
    // Before they are folded: a line break is white space, and no part of a name.
    if text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(InvalidText::Invisible);
    }
    let text = nfc(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    check(&text, longest)?;
    Ok(text)
}

/// Parses a line that others see as a name: it must have no markup and no URL.
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
            /// The rule that the text breaks.
            pub fn parse(text: &str) -> Result<Self, InvalidText> {
                $parse(text).map(Self)
            }

            /// A text from the table, without a check. It followed the rules when it was written, and the rules may
            /// have changed since.
            pub(crate) fn stored(text: String) -> Self {
                Self(text)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Hides the text, so that no log line can contain it (I11).
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

text_type!(
    /// The name of an organization: 1 to 100 characters.
    OrganizationName, |text| label(text, 100)
);
text_type!(
    /// The name of a workspace: 1 to 100 characters.
    WorkspaceName, |text| label(text, 100)
);
text_type!(
    /// The inviter's message in an invitation email: up to 1,000 characters, with line breaks.
    InvitationMessage, message
);
text_type!(
    /// The language of an invitation email, as a BCP 47 tag.
    Locale, locale
);
text_type!(
    /// The name of a person, in a form that others can see.
    PersonName, |text| label(text, 100)
);

impl PersonName {
    /// Reads a name from an attribute of the user pool, which nothing has checked. It removes what others cannot see
    /// instead of rejecting the name, because a name must never fail a sign-up.
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

impl Locale {
    /// Reads the attribute `locale` of the user pool, which nothing has checked. Some identity providers write `de_AT`.
    pub fn from_attribute(text: &str) -> Option<Self> {
        Self::parse(&text.trim().replace('_', "-")).ok()
    }
}

/// The maximum number of lines in a message.
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
        assert_eq!(Locale::from_attribute("de_AT").unwrap().as_str(), "de-AT");
        assert!(Locale::from_attribute("").is_none() && Locale::from_attribute("C.UTF-8").is_none());
        assert!(Locale::parse("english please").is_err() && Locale::parse("e").is_err());
    }
}
