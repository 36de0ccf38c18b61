//! Sessions: tokens, renewing them, ending them.

use serde_json::{Value, json};

use super::{Answer, Cognito, errors::CognitoError, request::Request, store::Session, tokens, users::User};
use crate::{clock, entropy};

impl Cognito {
    /// Whoever gets here has proved who they are.
    pub(super) fn open_session(&self, user: &User, client: &str) -> Answer {
        let refresh_token = tokens::refresh_token();
        let now = clock::now_seconds();
        let session = Session {
            sub: user.sub.clone(),
            client_id: client.to_owned(),
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
        let mut result = self.issue(user, &origin, &session)?;
        result["RefreshToken"] = json!(refresh_token);
        Ok(authenticated(result))
    }

    /// Takes no flow: it is not one.
    pub(super) fn get_tokens_from_refresh_token(&self, request: &Request) -> Answer {
        self.refresh(self.client_of(request)?, request.text("RefreshToken")?)
    }

    pub(super) fn refresh(&self, client: &str, token: &str) -> Answer {
        let fingerprint = tokens::fingerprint(token);
        let found = self.store.read(|state| {
            let issued = |session: &Session| session.refresh_token == fingerprint && session.client_id == client;
            let (origin, session) = state.sessions.iter().find(|(_, session)| issued(session))?;
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
            client_id: &session.client_id,
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
        self.client_of(request)?;
        let fingerprint = tokens::fingerprint(request.text("Token")?);
        self.store.change(|state| {
            state.sessions.retain(|_, session| session.refresh_token != fingerprint);
            Ok(json!({}))
        })
    }

    /// Whose access token this is, if it still counts.
    pub(super) fn holder(&self, token: &str) -> Result<User, CognitoError> {
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
