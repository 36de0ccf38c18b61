//! Sign-in by a proof of the password: the challenge and its answer.

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::fmt::strtime;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    Answer, Cognito,
    challenges::Challenge,
    errors::CognitoError,
    request::Request,
    respond::RESPONSES,
    srp::{self, Claim, Handshake, Verifier},
    users::User,
};

impl Cognito {
    /// The first step of SRP. Nobody learns from it whether there is such a user, if the app client hides that.
    pub(super) fn pose_srp(&self, name: &str, client: &str, in_session: bool) -> Answer {
        let user = self.store.read(|state| state.users.find(name).cloned());
        let (sub, user_id, verifier) = match user {
            Some(user) => {
                let sub = user.sub.clone();
                (Some(sub.clone()), sub, verifier_of(user)?)
            }
            None if self.client.hides_users => {
                let (user_id, verifier) = self.made_up(name);
                (None, user_id, verifier)
            }
            None => return Err(CognitoError::user_not_found()),
        };
        let handshake = Handshake::new(&verifier, client)
            .ok_or_else(|| CognitoError::invalid_parameter("SRP_A is not a number of the group"))?;
        let mut parameters = json!({
            "SALT": verifier.salt,
            "SRP_B": handshake.public(),
            "USER_ID_FOR_SRP": user_id,
            "USERNAME": user_id,
        });
        let handshake = Box::new(handshake);
        let block = self.challenges.pose(Challenge::PasswordVerifier { sub, user_id, handshake });
        parameters["SECRET_BLOCK"] = json!(block);
        let mut answer = json!({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters});
        if in_session {
            answer["Session"] = json!(block);
        }
        Ok(answer)
    }

    /// What somebody who does not exist would have: always the same, and from something that nobody else knows.
    fn made_up(&self, name: &str) -> (String, Verifier) {
        let key = self.store.read(|state| state.secret().to_owned());
        let [first, second] = ["user", "salt"].map(|what| {
            let digest: [u8; 32] = Sha256::digest(format!("{what}{}{key}", name.to_lowercase())).into();
            let (half, _) = digest.split_at(16);
            <[u8; 16]>::try_from(half).unwrap_or_default()
        });
        let user_id = uuid::Builder::from_random_bytes(first).into_uuid().to_string();
        let mut verifier = Verifier::new(&self.store.identity().pool_id, &user_id, &key);
        verifier.salt = srp::salt(&second);
        (user_id, verifier)
    }

    /// The second step.
    pub(super) fn verify_password(&self, client: &str, request: &Request) -> Answer {
        let response = |name: &str| request.parameter(RESPONSES, name);
        let (block, timestamp) = (response("PASSWORD_CLAIM_SECRET_BLOCK")?, response("TIMESTAMP")?);
        // Cognito's own words: a page in another language formats its dates otherwise.
        if strtime::parse("%a %b %e %H:%M:%S UTC %Y", timestamp).is_err() {
            return Err(CognitoError::invalid_parameter(
                "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
            ));
        }
        let signature = BASE64_STANDARD.decode(response("PASSWORD_CLAIM_SIGNATURE")?).unwrap_or_default();
        let Challenge::PasswordVerifier { sub, user_id, handshake } = self.challenges.find(block)? else {
            return Err(CognitoError::invalid_session());
        };
        // One answer a challenge.
        self.challenges.forget(block);
        let decoded = BASE64_STANDARD.decode(block).map_err(|_| CognitoError::invalid_session())?;
        let pool_id = self.store.identity().pool_id;
        let claim = Claim { pool_id: &pool_id, user_id: &user_id, block: &decoded, timestamp, signature: &signature };
        let user = sub.filter(|_| handshake.proves(&claim));
        let user = user.and_then(|sub| self.store.read(|state| state.users.find(&sub).cloned()));
        self.enter(&user.ok_or_else(CognitoError::incorrect_credentials)?, client)
    }
}

fn verifier_of(user: User) -> Result<Verifier, CognitoError> {
    user.password.and_then(|hash| hash.srp).ok_or_else(|| {
        CognitoError::invalid_parameter(
            "This user's password was set before the local stack knew USER_SRP_AUTH. Sign in with USER_PASSWORD_AUTH once, \
             or set the password again.",
        )
    })
}
