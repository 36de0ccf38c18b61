use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// An address that a mail can be sent to: an ASCII local part and a public domain, the domain in ASCII and lower case.
///
/// Quoted local parts, domain literals and display names are refused: Cognito and SES do not agree on them, and two
/// readings of one address are a way into somebody else's invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    text: String,
}

impl EmailAddress {
    /// From the table: it was an address when it was written, and stays one whatever the rules have become since.
    pub(crate) fn stored(text: String) -> Self {
        Self { text }
    }

    /// The address, the local part as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What makes two addresses the same one.
    pub fn key(&self) -> AddressKey {
        let hash = Sha256::digest(self.text.to_ascii_lowercase().as_bytes());
        AddressKey(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether both are the same mailbox, upper and lower case aside. Plus addresses stay distinct.
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

/// Addresses are never logged (I11), not even by accident.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

/// A text that is not an address that mail can be sent to.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("must be an email address such as name@example.com")]
pub struct InvalidEmailAddress;

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim_matches(' ');
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmailAddress)?;
        if !local.is_ascii() || local.contains('"') {
            return Err(InvalidEmailAddress);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmailAddress)?;
        // A number at the end is an IP address without its brackets.
        if domain.rsplit('.').next().is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(InvalidEmailAddress);
        }
        let text = format!("{local}@{domain}");
        let options =
            email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
        match email_address::EmailAddress::parse_with_options(&text, options) {
            Ok(_) if text.len() <= 254 => Ok(Self { text }),
            _ => Err(InvalidEmailAddress),
        }
    }
}

/// The SHA-256 of an address in lower case, as hex: what keys and indexes hold, so that no address is in a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressKey(String);

impl AddressKey {
    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AddressKey {
    type Err = InvalidAddressKey;

    fn from_str(text: &str) -> Result<Self, InvalidAddressKey> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(is_digit) { Ok(Self(text.to_owned())) } else { Err(InvalidAddressKey) }
    }
}

/// A text that is not the key of an address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("is not the key of an address")]
pub struct InvalidAddressKey;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> AddressKey {
        text.parse::<EmailAddress>().unwrap().key()
    }

    #[test]
    fn one_mailbox_has_one_key() {
        assert_eq!(key("Ada@Example.com"), key("ada@example.COM"));
        assert_eq!(key("ada@bücher.example"), key("ada@xn--bcher-kva.example"));
        assert_ne!(key("ada+work@example.com"), key("ada@example.com"));
    }

    #[test]
    fn what_mail_systems_read_in_two_ways_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "a da@example.com",
            "\"a b\"@example.com",
            "ada@[192.0.2.1]",
            "ada@192.0.2.1",
            "Ada <ada@example.com>",
            "ada@example.com\r\nBcc: eve@example.com",
            "ädä@example.com",
            "a@b@example.com",
            &long,
            "ada@exa\u{200b}mple..com",
        ] {
            assert_eq!(wrong.parse::<EmailAddress>(), Err(InvalidEmailAddress), "{wrong:?}");
        }
    }
}
