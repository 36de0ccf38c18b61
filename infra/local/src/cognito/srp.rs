//! The server's half of the Secure Remote Password protocol, as clients of Cognito speak it.
//!
//! The group is RFC 5054's of 3,072 bits. Cognito differs from that RFC in what it hashes: numbers in their shortest
//! form and not padded to the group's length, and names that begin with the pool's. So the `srp` crate does not fit, and
//! the crates for Cognito's variant have the client's half only.

use std::sync::LazyLock;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rsa::BigUint;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entropy;

const GENERATOR: u8 = 2;
const GROUP: &str = "\
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
    EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F\
    83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
    15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
    ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C\
    BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

static N: LazyLock<BigUint> = LazyLock::new(|| number(GROUP).unwrap_or_default());
static G: LazyLock<BigUint> = LazyLock::new(|| BigUint::from(GENERATOR));
static K: LazyLock<BigUint> = LazyLock::new(|| hash(&[&shortest(&N), &shortest(&G)]));

/// What is kept of a password for this protocol, in hexadecimal digits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Verifier {
    pub(super) salt: String,
    verifier: String,
}

impl Verifier {
    pub(super) fn new(pool_id: &str, user_id: &str, password: &str) -> Self {
        Self::with_salt(&salt(&entropy::bytes()), pool_id, user_id, password)
    }

    fn with_salt(salt: &str, pool_id: &str, user_id: &str, password: &str) -> Self {
        let secret = Sha256::digest(format!("{}{user_id}:{password}", pool_name(pool_id)));
        let x = hash(&[&shortest(&number(salt).unwrap_or_default()), &secret]);
        Self { salt: salt.to_owned(), verifier: G.modpow(&x, &N).to_str_radix(16) }
    }
}

/// Hexadecimal digits of a salt. The highest bit is set: some clients hash a salt as text and some as a number, and leading
/// zeros would tell them apart.
pub(super) fn salt(bytes: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*bytes) | 1 << 127)
}

/// One sign-in: the server has sent its public number and waits for the client's proof.
#[derive(Debug, Clone)]
pub(super) struct Handshake {
    client: BigUint,
    server: BigUint,
    secret: BigUint,
    verifier: BigUint,
}

impl Handshake {
    /// `None` if the client's number is none, or one that would make the key known without a password.
    pub(super) fn new(verifier: &Verifier, client: &str) -> Option<Self> {
        Self::with_secret(verifier, client, BigUint::from_bytes_be(&entropy::bytes::<32>()))
    }

    fn with_secret(verifier: &Verifier, client: &str, secret: BigUint) -> Option<Self> {
        let client = number(client).filter(|client| client % &*N != BigUint::default())?;
        let verifier = number(&verifier.verifier)?;
        let server = (&*K * &verifier + G.modpow(&secret, &N)) % &*N;
        Some(Self { client, server, secret, verifier })
    }

    /// `SRP_B`.
    pub(super) fn public(&self) -> String {
        self.server.to_str_radix(16)
    }

    fn key(&self) -> [u8; 16] {
        let u = hash(&[&shortest(&self.client), &shortest(&self.server)]);
        let shared = (&self.client * self.verifier.modpow(&u, &N)).modpow(&self.secret, &N);
        let mut key = [0; 16];
        // Fails for keys of more than 255 hashes.
        let _ = Hkdf::<Sha256>::new(Some(&shortest(&u)), &shortest(&shared)).expand(b"Caldera Derived Key", &mut key);
        key
    }

    /// Whether `PASSWORD_CLAIM_SIGNATURE` proves the password.
    pub(super) fn proves(&self, claim: &Claim) -> bool {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.key()) else { return false };
        let parts: [&[u8]; 4] =
            [pool_name(claim.pool_id).as_bytes(), claim.user_id.as_bytes(), claim.block, claim.timestamp.as_bytes()];
        parts.iter().fold(mac, |mac, part| mac.chain_update(part)).verify_slice(claim.signature).is_ok()
    }
}

/// What a client answers.
pub(super) struct Claim<'a> {
    pub(super) pool_id: &'a str,
    /// `USER_ID_FOR_SRP`.
    pub(super) user_id: &'a str,
    /// `PASSWORD_CLAIM_SECRET_BLOCK`, decoded.
    pub(super) block: &'a [u8],
    pub(super) timestamp: &'a str,
    pub(super) signature: &'a [u8],
}

/// The part of a pool's id behind its region.
fn pool_name(pool_id: &str) -> &str {
    pool_id.split_once('_').map_or(pool_id, |(_, name)| name)
}

fn number(hex: &str) -> Option<BigUint> {
    BigUint::parse_bytes(hex.as_bytes(), 16)
}

/// The bytes of a number as those of a signed one that is not negative.
fn shortest(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    bytes
}

fn hash(parts: &[&[u8]]) -> BigUint {
    let hasher = parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part));
    BigUint::from_bytes_be(&hasher.finalize())
}

#[cfg(test)]
pub(super) mod tests;
