use base64::{Engine, prelude::BASE64_STANDARD};

use super::*;

/// The client's half, for the tests of the sign-in.
pub(in crate::cognito) struct Client(BigUint);

impl Client {
    pub(in crate::cognito) fn new() -> Self {
        Self(BigUint::from_bytes_be(&entropy::bytes::<32>()))
    }

    /// `SRP_A`.
    pub(in crate::cognito) fn public(&self) -> String {
        G.modpow(&self.0, &N).to_str_radix(16)
    }

    /// `PASSWORD_CLAIM_SIGNATURE`, decoded.
    pub(in crate::cognito) fn sign(&self, password: &str, salt: &str, server: &str, claim: &Claim) -> Vec<u8> {
        let server = number(server).unwrap();
        let identity = Sha256::digest(format!("{}{}:{password}", pool_name(claim.pool_id), claim.user_id));
        let x = hash(&[&shortest(&number(salt).unwrap()), &identity]);
        let u = hash(&[&shortest(&G.modpow(&self.0, &N)), &shortest(&server)]);
        let blinded = (&server + &*N * &*K - &*K * G.modpow(&x, &N)) % &*N;
        let shared = blinded.modpow(&(&self.0 + &u * &x), &N);
        let mut key = [0; 16];
        Hkdf::<Sha256>::new(Some(&shortest(&u)), &shortest(&shared)).expand(b"Caldera Derived Key", &mut key).unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let mac = mac.chain_update(pool_name(claim.pool_id)).chain_update(claim.user_id).chain_update(claim.block);
        mac.chain_update(claim.timestamp).finalize().into_bytes().to_vec()
    }
}

const POOL: &str = "us-east-1_Ab3dEf9Gh";
const USER: &str = "4b1c9d0e-8f7a-4c2b-9e6d-0a1b2c3d4e5f";
const TIMESTAMP: &str = "Tue Nov 24 22:44:07 UTC 2026";

fn claim(signature: &[u8]) -> Claim<'_> {
    Claim { pool_id: POOL, user_id: USER, block: b"a secret block", timestamp: TIMESTAMP, signature }
}

/// pycognito 2024.5.1 answered this challenge so; every number here was given to it.
#[test]
fn a_known_answer_of_another_client_is_a_proof() {
    let verifier = Verifier::with_salt("9f0e1d2c3b4a59687786950413223140", POOL, USER, "correct horse battery");
    let client = G.modpow(&number(&"1f".repeat(32)).unwrap(), &N).to_str_radix(16);
    assert!(client.starts_with("89830aec1b6010b91bc65e075a7732b2a68cb03f"));
    let secret = number(&"2e".repeat(32)).unwrap();
    let handshake = Handshake::with_secret(&verifier, &client, secret).unwrap();
    assert!(handshake.public().starts_with("18770dbee366f4b1c795ffbfce3c2984f1af0012"));
    let signature = BASE64_STANDARD.decode("dA+VLJRjTyVJ/IoKci9+FzfQoSHfzV0cp9HpN0PmTWQ=").unwrap();
    assert!(handshake.proves(&claim(&signature)));
    assert!(!handshake.proves(&Claim { timestamp: "Tue Nov 24 22:44:08 UTC 2026", ..claim(&signature) }));
    assert!(!handshake.proves(&Claim { user_id: "somebody-else", ..claim(&signature) }));
}

#[test]
fn only_the_password_proves_itself() {
    let verifier = Verifier::new(POOL, USER, "correct horse battery");
    for (password, expected) in [("correct horse battery", true), ("correct horse batterz", false)] {
        let client = Client::new();
        let handshake = Handshake::new(&verifier, &client.public()).unwrap();
        let signature = client.sign(password, &verifier.salt, &handshake.public(), &claim(&[]));
        assert_eq!(handshake.proves(&claim(&signature)), expected, "{password}");
    }
}

#[test]
fn numbers_that_make_the_key_known_are_refused() {
    let verifier = Verifier::new(POOL, USER, "correct horse battery");
    for client in ["0", GROUP, "", "not a number"] {
        assert!(Handshake::new(&verifier, client).is_none(), "{client}");
    }
}

#[test]
fn a_salt_reads_the_same_as_text_and_as_a_number() {
    for bytes in [[0; 16], [0xff; 16]] {
        let salt = salt(&bytes);
        assert_eq!((salt.len(), number(&salt).unwrap().to_str_radix(16)), (32, salt));
    }
}
