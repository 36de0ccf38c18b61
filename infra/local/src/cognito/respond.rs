//! Answers to challenges.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Answer, Cognito, challenges::Challenge, errors::CognitoError, request::Request, users::Status};

pub(super) const RESPONSES: &str = "ChallengeResponses";

impl Cognito {
    pub(super) fn admin_respond_to_auth_challenge(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        self.respond_to_auth_challenge(request)
    }

    pub(super) fn respond_to_auth_challenge(&self, request: &Request) -> Answer {
        let client = self.client_of(request)?;
        match request.text("ChallengeName")? {
            "PASSWORD_VERIFIER" => self.verify_password(client, request),
            "NEW_PASSWORD_REQUIRED" => self.replace_password(client, request),
            "SELECT_CHALLENGE" => self.select(client, request),
            other => Err(CognitoError::not_emulated(&format!("the challenge {other}"))),
        }
    }

    fn replace_password(&self, client: &str, request: &Request) -> Answer {
        let session = request.text("Session")?;
        let Challenge::NewPassword(sub) = self.challenges.find(session)? else {
            return Err(CognitoError::invalid_session());
        };
        let password = request.parameter(RESPONSES, "NEW_PASSWORD")?;
        self.check_password(password)?;
        let attributes = user_attributes(request);
        self.check_schema(&attributes)?;
        self.check_writable(&attributes)?;
        let pool_id = self.store.identity().pool_id;
        let user = self.store.change(|state| {
            let user = state.users.find_mut(&sub).ok_or_else(CognitoError::user_not_found)?;
            if user.status != Status::ForceChangePassword {
                return Err(CognitoError::invalid_session());
            }
            user.attributes.extend(attributes);
            self.check_required(&user.attributes)?;
            user.set_password(&pool_id, password);
            user.status = Status::Confirmed;
            Ok(user.clone())
        })?;
        self.challenges.forget(session);
        self.enter(&user, client)
    }

    fn select(&self, client: &str, request: &Request) -> Answer {
        let session = request.text("Session")?;
        let Challenge::Select(name) = self.challenges.find(session)? else {
            return Err(CognitoError::invalid_session());
        };
        let answer = request.parameter(RESPONSES, "ANSWER")?;
        self.choose(answer, client, &name, |parameter| request.parameter(RESPONSES, parameter))
    }
}

/// `userAttributes.<name>` of the responses.
fn user_attributes(request: &Request) -> BTreeMap<String, String> {
    let responses = request.map(RESPONSES).and_then(Value::as_object);
    let attributes = responses.into_iter().flatten().filter_map(|(name, value)| {
        Some((name.strip_prefix("userAttributes.")?.to_owned(), value.as_str()?.to_owned()))
    });
    attributes.collect()
}
