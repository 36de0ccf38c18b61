//! Signing in, staying signed in, signing out.

use serde_json::{Value, json};

use super::{
    Answer, Cognito,
    errors::CognitoError,
    request::Request,
    store::Session,
    tokens,
    users::{Status, User},
};
use crate::{clock, entropy};

impl Cognito {
    pub(super) fn initiate_auth(&self, request: &Request) -> Answer {
        self.check_client(request)?;
        let flow = request.text("AuthFlow")?;
        let flow = if flow == "REFRESH_TOKEN" { "REFRESH_TOKEN_AUTH" } else { flow };
        if !self.client.flows.iter().any(|allowed| allowed.trim_start_matches("ALLOW_") == flow) {
            return Err(CognitoError::invalid_parameter(format!("{flow} flow not enabled for this client")));
        }
        let parameter = |name: &str| {
            let value = request.in_map("AuthParameters", name).filter(|value| !value.is_empty());
            value.ok_or_else(|| CognitoError::invalid_parameter(format!("Missing required parameter {name}")))
        };
        match flow {
            "USER_PASSWORD_AUTH" => self.sign_in(parameter("USERNAME")?, parameter("PASSWORD")?),
            "REFRESH_TOKEN_AUTH" => self.refresh(parameter("REFRESH_TOKEN")?),
            other => Err(CognitoError::invalid_parameter(format!(
                "The local stack does not emulate {other}: sign in with USER_PASSWORD_AUTH."
            ))),
        }
    }

    fn sign_in(&self, name: &str, password: &str) -> Answer {
        let user = self.store.read(|state| state.users.find(name).cloned());
        let Some(user) = user else {
            return Err(if self.client.hides_users {
                CognitoError::incorrect_credentials()
            } else {
                CognitoError::user_not_found()
            });
        };
        if !user.password.as_ref().is_some_and(|hash| hash.matches(password)) {
            return Err(CognitoError::incorrect_credentials());
        }
        match user.status {
            Status::Unconfirmed => {
                return Err(CognitoError::new("UserNotConfirmedException", "User is not confirmed."));
            }
            Status::ForceChangePassword => {
                return Ok(json!({
                    "ChallengeName": "NEW_PASSWORD_REQUIRED",
                    "Session": entropy::simple_id(),
                    "ChallengeParameters": {"USER_ID_FOR_SRP": user.sub, "requiredAttributes": "[]", "userAttributes": "{}"},
                }));
            }
            Status::Confirmed => {}
        }
        let refresh_token = tokens::refresh_token();
        let now = clock::now_seconds();
        let session = Session {
            sub: user.sub.clone(),
            refresh_token: tokens::fingerprint(&refresh_token),
            signed_in: now,
            expires: now + self.client.refresh_validity,
        };
        let origin = entropy::uuid();
        self.store.change(|state| {
            state.sessions.retain(|_, session| session.expires > now);
            state.sessions.insert(origin.clone(), session.clone());
            Ok(())
        })?;
        let mut result = self.issue(&user, &origin, &session)?;
        result["RefreshToken"] = json!(refresh_token);
        Ok(authenticated(result))
    }

    fn refresh(&self, token: &str) -> Answer {
        let fingerprint = tokens::fingerprint(token);
        let found = self.store.read(|state| {
            let (origin, session) = state.sessions.iter().find(|(_, session)| session.refresh_token == fingerprint)?;
            Some((origin.clone(), session.clone(), state.users.find(&session.sub).cloned()))
        });
        match found {
            None => Err(CognitoError::not_authorized("Invalid Refresh Token.")),
            Some((_, session, _)) if session.expires <= clock::now_seconds() => {
                Err(CognitoError::not_authorized("Refresh Token has expired"))
            }
            Some((_, _, None)) => Err(CognitoError::user_not_found()),
            Some((origin, session, Some(user))) => Ok(authenticated(self.issue(&user, &origin, &session)?)),
        }
    }

    fn issue(&self, user: &User, origin: &str, session: &Session) -> Answer {
        let claims = tokens::Claims {
            user,
            origin,
            client_id: &self.store.identity().client_id,
            issuer: &self.issuer,
            signed_in: session.signed_in,
            event_id: entropy::uuid(),
        };
        let sign = |claims: &Value| self.key.sign(claims).map_err(|_| CognitoError::internal());
        Ok(json!({
            "AccessToken": sign(&claims.access(self.client.access_validity))?,
            "IdToken": sign(&claims.id(self.client.id_validity))?,
            "ExpiresIn": self.client.access_validity,
            "TokenType": "Bearer",
        }))
    }

    pub(super) fn get_user(&self, request: &Request) -> Answer {
        let user = self.holder(request.text("AccessToken")?)?;
        Ok(json!({"Username": user.sub, "UserAttributes": user.attribute_list()}))
    }

    pub(super) fn global_sign_out(&self, request: &Request) -> Answer {
        let user = self.holder(request.text("AccessToken")?)?;
        self.store.change(|state| {
            state.sessions.retain(|_, session| session.sub != user.sub);
            Ok(json!({}))
        })
    }

    pub(super) fn revoke_token(&self, request: &Request) -> Answer {
        self.check_client(request)?;
        let fingerprint = tokens::fingerprint(request.text("Token")?);
        self.store.change(|state| {
            state.sessions.retain(|_, session| session.refresh_token != fingerprint);
            Ok(json!({}))
        })
    }

    /// Whose access token this is, if it still counts.
    fn holder(&self, token: &str) -> Result<User, CognitoError> {
        let claims = self.key.verify(token).ok_or_else(|| CognitoError::not_authorized("Invalid Access Token"))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("token_use") != "access" {
            return Err(CognitoError::not_authorized("Invalid Access Token"));
        }
        if claims.get("exp").and_then(Value::as_i64).is_none_or(|expiry| expiry <= clock::now_seconds()) {
            return Err(CognitoError::not_authorized("Access Token has expired"));
        }
        let origin = text("origin_jti");
        self.store.read(|state| {
            let user = state.users.find(text("sub")).ok_or_else(CognitoError::user_not_found)?;
            if !state.sessions.contains_key(origin) {
                return Err(CognitoError::not_authorized("Access Token has been revoked"));
            }
            Ok(user.clone())
        })
    }
}

fn authenticated(result: Value) -> Value {
    json!({"AuthenticationResult": result, "ChallengeParameters": {}})
}
