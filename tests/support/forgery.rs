//! Tokens that the gateway must refuse.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::rand_core::OsRng;
use serde_json::{Value, json};

use crate::Person;

/// The key of a pool that is not the target's; made in every run, so that no private key lies in the repository.
static FOREIGN_KEY: OnceLock<EncodingKey> = OnceLock::new();

/// The person's token as another pool would issue it: well-formed, in time, for the same client, signed by that pool's key.
#[must_use]
pub fn of_another_pool(person: &Person) -> String {
    let mut claims = claims(&person.access_token);
    claims["iss"] = json!("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Elsewhere");
    signed_by_another_pool("elsewhere", &claims)
}

/// The person's token with the target's own issuer and key id, signed by another key.
#[must_use]
pub fn signed_by_another_key(person: &Person) -> String {
    let header: Value = segment(&person.access_token, 0);
    signed_by_another_pool(header["kid"].as_str().unwrap_or_default(), &claims(&person.access_token))
}

/// The person's token without a signature and saying so.
#[must_use]
pub fn unsigned(person: &Person) -> String {
    let header = encoded(&json!({"alg": "none", "typ": "JWT"}));
    let payload = person.access_token.split('.').nth(1).unwrap_or_default().to_owned();
    format!("{header}.{payload}.")
}

/// The person's token with another user's id written into it, under the old signature.
#[must_use]
pub fn for_another_user(person: &Person, user_id: &str) -> String {
    let mut claims = claims(&person.access_token);
    claims["sub"] = json!(user_id);
    claims["username"] = json!(user_id);
    let parts: Vec<_> = person.access_token.split('.').collect();
    format!("{}.{}.{}", parts[0], encoded(&claims), parts[2])
}

/// The claims in a token.
#[must_use]
pub fn claims(token: &str) -> Value {
    segment(token, 1)
}

fn signed_by_another_pool(key_id: &str, claims: &Value) -> String {
    let key = FOREIGN_KEY.get_or_init(|| {
        let key = RsaPrivateKey::new(&mut OsRng, 2048).expect("an RSA key");
        EncodingKey::from_rsa_der(key.to_pkcs1_der().expect("an RSA key as DER").as_bytes())
    });
    let header = Header { kid: Some(key_id.to_owned()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, key).expect("a token")
}

fn segment(token: &str, index: usize) -> Value {
    let segment = token.split('.').nth(index).expect("a token of three segments");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(segment).expect("Base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}
