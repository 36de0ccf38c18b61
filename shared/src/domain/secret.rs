use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{InvitationId, OrganizationId};

/// The number of random bytes in a secret: 256 bits (R14).
const SECRET: usize = 32;
/// The number of bytes in a token: organization, invitation and secret.
const TOKEN: usize = 16 + 16 + SECRET;

/// The token in an invitation email. It contains the location of the invitation, and the secret that proves that the
/// recipient received the email (R13, R14).
///
/// Its text exists only in the email and in the requests that reply to it.
pub struct InvitationToken {
    organization: OrganizationId,
    invitation: InvitationId,
    secret: SecretBox<[u8; SECRET]>,
}

/// The text is not a token of an invitation email.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("is not an invitation token")]
pub struct InvalidToken;

impl InvitationToken {
    /// Creates the token of an invitation from 32 random bytes.
    pub fn new(organization: OrganizationId, invitation: InvitationId, secret: [u8; SECRET]) -> Self {
        Self { organization, invitation, secret: SecretBox::new(Box::new(secret)) }
    }

    /// # Errors
    /// When the text does not have the form of a token.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidToken)?;
        let bytes: [u8; TOKEN] = bytes.try_into().map_err(|_| InvalidToken)?;
        let (organization, rest) = bytes.split_first_chunk().ok_or(InvalidToken)?;
        let (invitation, secret) = rest.split_first_chunk().ok_or(InvalidToken)?;
        let secret = secret.try_into().map_err(|_| InvalidToken)?;
        Ok(Self::new(
            OrganizationId::new(Uuid::from_bytes(*organization)),
            InvitationId::new(Uuid::from_bytes(*invitation)),
            secret,
        ))
    }

    /// The text for the email: 86 characters that need no escaping in a URL.
    pub fn expose(&self) -> String {
        let parts = [
            self.organization.as_uuid().as_bytes(),
            self.invitation.as_uuid().as_bytes(),
            self.secret.expose_secret().as_slice(),
        ];
        URL_SAFE_NO_PAD.encode(parts.concat())
    }

    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn invitation(&self) -> InvitationId {
        self.invitation
    }

    /// The hash of the secret, which the table stores.
    pub fn hash(&self) -> SecretHash {
        let hash = Sha256::digest(self.secret.expose_secret());
        SecretHash(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The SHA-256 hash of a secret, as hex. The secret is random, so a plain hash is sufficient (R14).
#[derive(Clone)]
pub struct SecretHash(String);

impl SecretHash {
    /// The hash as 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the hash is one of the `stored` hashes. The time of the comparison does not depend on the position or on
    /// the number of equal characters.
    pub fn is_one_of(&self, stored: &[String]) -> bool {
        stored
            .iter()
            .fold(subtle::Choice::from(0), |found, hash| found | hash.as_bytes().ct_eq(self.0.as_bytes()))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(secret: u8) -> InvitationToken {
        let id = Uuid::from_u128(0x0190_a6a4_7b3c_7def_8123_4567_89ab_cdef);
        InvitationToken::new(OrganizationId::new(id), InvitationId::new(id), [secret; SECRET])
    }

    #[test]
    fn a_token_survives_the_mail() {
        let text = token(7).expose();
        let read = InvitationToken::parse(&text).unwrap();
        assert_eq!((read.organization(), read.invitation()), (token(7).organization(), token(7).invitation()));
        assert!(read.hash().is_one_of(&[token(1).hash().0, token(7).hash().0]));
        assert!(!read.hash().is_one_of(&[token(1).hash().0]) && !read.hash().is_one_of(&[]));
    }

    #[test]
    fn anything_else_is_no_token() {
        let text = token(7).expose();
        for wrong in ["", "x", &text[1..], &format!("{text}A"), &format!("{text}="), &text.replace('B', "+")] {
            if wrong != text {
                assert!(InvitationToken::parse(wrong).is_err(), "{wrong}");
            }
        }
    }
}
