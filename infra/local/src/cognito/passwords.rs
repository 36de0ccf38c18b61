//! Passwords: the pool's policy, resetting, and setting by an administrator.

use serde_json::json;

use super::{
    Answer, Cognito,
    codes::{Code, Purpose, delivery},
    errors::CognitoError,
    request::Request,
    users::Status,
};

/// A reset code lives this long, in seconds.
pub(super) const RESET_VALIDITY: i64 = 3600;

impl Cognito {
    pub(super) fn check_password(&self, password: &str) -> Result<(), CognitoError> {
        let policy = &self.pool;
        let has = |wanted: bool, holds: fn(char) -> bool| !wanted || password.chars().any(holds);
        let rules = [
            (password.chars().count() >= policy.minimum_length, "Password not long enough"),
            (has(policy.lowercase, |c| c.is_ascii_lowercase()), "Password must have lowercase characters"),
            (has(policy.uppercase, |c| c.is_ascii_uppercase()), "Password must have uppercase characters"),
            (has(policy.numbers, |c| c.is_ascii_digit()), "Password must have numeric characters"),
            (has(policy.symbols, |c| c.is_ascii_punctuation()), "Password must have symbol characters"),
        ];
        match rules.iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, rule)) => Err(CognitoError::new(
                "InvalidPasswordException",
                format!("Password did not conform with policy: {rule}"),
            )),
        }
    }

    pub(super) fn forgot_password(&self, request: &Request) -> Answer {
        self.client_of(request)?;
        let name = request.text("Username")?;
        let sent = self.store.change(|state| {
            let Some(user) = state.users.find_mut(name) else { return Ok(None) };
            user.may_reset_password()?;
            let code = Code::new(RESET_VALIDITY);
            user.reset = Some(code.clone());
            Ok(Some((user.email().to_owned(), code)))
        })?;
        let details = match sent {
            Some((email, code)) => self.send_code(&email, Purpose::Reset, &code),
            // An unknown user gets the same answer, and no mail.
            None if self.client.hides_users => delivery(name),
            None => return Err(CognitoError::user_not_found()),
        };
        Ok(json!({ "CodeDeliveryDetails": details }))
    }

    pub(super) async fn confirm_forgot_password(&self, request: &Request) -> Answer {
        let client = self.client_of(request)?;
        let (name, code, password) =
            (request.text("Username")?, request.text("ConfirmationCode")?, request.text("Password")?);
        let pool_id = self.store.identity().pool_id;
        let user = self.store.change(|state| {
            let user = state.users.find_mut(name).ok_or_else(|| self.unknown_user_with_code())?;
            Code::check(user.reset.as_ref(), code)?;
            self.check_password(password)?;
            user.reset = None;
            user.set_password(&pool_id, password);
            user.status = Status::Confirmed;
            Ok(user.clone())
        })?;
        self.fire_post_confirmation(
            "PostConfirmation_ConfirmForgotPassword",
            &user,
            client,
            request.map("ClientMetadata"),
        )
        .await?;
        Ok(json!({}))
    }

    pub(super) fn admin_set_user_password(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let (name, password) = (request.text("Username")?, request.text("Password")?);
        self.check_password(password)?;
        let pool_id = self.store.identity().pool_id;
        self.store.change(|state| {
            let user = state.users.find_mut(name).ok_or_else(CognitoError::user_not_found)?;
            user.set_password(&pool_id, password);
            user.status = if request.flag("Permanent") { Status::Confirmed } else { Status::ForceChangePassword };
            Ok(json!({}))
        })
    }

    pub(super) fn change_password(&self, request: &Request) -> Answer {
        let holder = self.holder(request.text("AccessToken")?)?;
        let (previous, proposed) = (request.text("PreviousPassword")?, request.text("ProposedPassword")?);
        if !holder.password.is_some_and(|hash| hash.matches(previous)) {
            return Err(CognitoError::incorrect_credentials());
        }
        self.check_password(proposed)?;
        let pool_id = self.store.identity().pool_id;
        self.store.change(|state| {
            let user = state.users.find_mut(&holder.sub).ok_or_else(CognitoError::user_not_found)?;
            user.set_password(&pool_id, proposed);
            Ok(json!({}))
        })
    }

    /// Somebody who does not exist has no code either.
    pub(super) fn unknown_user_with_code(&self) -> CognitoError {
        if self.client.hides_users { CognitoError::expired_code() } else { CognitoError::user_not_found() }
    }
}
