use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// An email address with an ASCII local part and a public domain. The domain is in ASCII and lower case.
///
/// Quoted local parts, domain literals and display names are rejected. Cognito and SES read them differently, and a
/// second reading of an address could give another person's invitation away.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    text: String,
}

impl EmailAddress {
    /// An address from the table, without a check. It followed the rules when it was written, and the rules may have
    /// changed since.
    pub(crate) fn stored(text: String) -> Self {
        Self { text }
    }

    /// The text of the address. The local part is as the user wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key of the address. Two addresses are the same if their keys are equal.
    pub fn key(&self) -> AddressKey {
        let hash = Sha256::digest(self.text.to_ascii_lowercase().as_bytes());
        AddressKey(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether both addresses are the same mailbox, without regard to case. Plus addresses stay distinct.
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

/// Hides the address, so that no log line can contain it (I11).
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

/// The text is not an email address that the product accepts.
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

/// The SHA-256 hash of an address in lower case, as hex. Keys and indexes contain this hash, so that no address is in a
/// key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressKey(String);

impl AddressKey {
    /// The hash as 64 hexadecimal digits.
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

/// The text is not the key of an address.
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
