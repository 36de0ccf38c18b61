//! The pool's RSA key: signs tokens, and checks them for the gateway.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rsa::{
    RsaPrivateKey,
    pkcs1::EncodeRsaPrivateKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding},
    traits::PublicKeyParts,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::error::StartError;

const BITS: usize = 2048;

/// The private key.
#[derive(Clone)]
pub(crate) struct SigningKey {
    encoding: EncodingKey,
    kid: String,
    public: PublicKeys,
}

/// What is needed to check a signature: the keys of a pool.
#[derive(Debug, Clone)]
pub(crate) struct PublicKeys(Vec<PublicKey>);

#[derive(Debug, Clone, Deserialize)]
struct PublicKey {
    kid: String,
    #[serde(rename = "n")]
    modulus: String,
    #[serde(rename = "e")]
    exponent: String,
}

impl PublicKeys {
    /// Reads a JSON Web Key Set; `None` if there is no key in it.
    pub(super) fn of(set: &Value) -> Option<Self> {
        let keys = set.get("keys")?.as_array()?.iter();
        let keys: Vec<PublicKey> = keys.filter_map(|key| serde_json::from_value(key.clone()).ok()).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key of that id, if it is the pool's.
    pub(crate) fn find(&self, kid: &str) -> Option<DecodingKey> {
        let key = self.0.iter().find(|key| key.kid == kid)?;
        DecodingKey::from_rsa_components(&key.modulus, &key.exponent).ok()
    }

    /// A JSON Web Key Set.
    pub(super) fn set(&self) -> Value {
        let key = |key: &PublicKey| json!({"alg": "RS256", "e": key.exponent, "kid": key.kid, "kty": "RSA", "n": key.modulus, "use": "sig"});
        json!({"keys": self.0.iter().map(key).collect::<Vec<_>>()})
    }
}

impl SigningKey {
    /// Makes a new key, as PEM. Takes a moment: not for an async thread.
    pub(crate) fn generate() -> Result<String, StartError> {
        let wrong = |error: &dyn std::fmt::Display| StartError::SigningKey(error.to_string());
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BITS).map_err(|error| wrong(&error))?;
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| wrong(&error))?;
        Ok(pem.to_string())
    }

    /// Reads a key that [`SigningKey::generate`] made.
    pub(crate) fn from_pem(pem: &str) -> Result<Self, StartError> {
        let wrong = |error: &dyn std::fmt::Display| StartError::SigningKey(error.to_string());
        let key = RsaPrivateKey::from_pkcs8_pem(pem).map_err(|error| wrong(&error))?;
        let modulus = BASE64_URL_SAFE_NO_PAD.encode(key.n().to_bytes_be());
        let exponent = BASE64_URL_SAFE_NO_PAD.encode(key.e().to_bytes_be());
        let kid = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&modulus));
        Ok(Self {
            encoding: EncodingKey::from_rsa_der(key.to_pkcs1_der().map_err(|error| wrong(&error))?.as_bytes()),
            kid: kid.clone(),
            public: PublicKeys(vec![PublicKey { kid, modulus, exponent }]),
        })
    }

    pub(crate) fn public(&self) -> PublicKeys {
        self.public.clone()
    }

    pub(crate) fn sign(&self, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = None;
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &self.encoding)
    }

    /// The claims of a token that this key signed, expired or not.
    pub(crate) fn verify(&self, token: &str) -> Option<Map<String, Value>> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let key = self.public.find(&self.kid)?;
        decode::<Map<String, Value>>(token, &key, &validation).ok().map(|token| token.claims)
    }

    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self::from_pem(&Self::generate().unwrap()).unwrap()
    }
}
