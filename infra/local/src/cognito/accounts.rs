//! What administrators do to accounts: disable, enable, reset, sign out.

use serde_json::json;

use super::{
    Answer, Cognito,
    codes::{Code, Purpose},
    errors::CognitoError,
    passwords::RESET_VALIDITY,
    request::Request,
    users::Status,
};

impl Cognito {
    /// A disabled user is signed out everywhere, and cannot sign in.
    pub(super) fn admin_set_enabled(&self, request: &Request, enabled: bool) -> Answer {
        self.check_pool(request)?;
        let name = request.text("Username")?;
        self.store.change(|state| {
            let user = state.users.find_mut(name).ok_or_else(CognitoError::user_not_found)?;
            user.disabled = !enabled;
            user.touch();
            let sub = user.sub.clone();
            state.sessions.retain(|_, session| enabled || session.sub != sub);
            Ok(json!({}))
        })
    }

    pub(super) fn admin_user_global_sign_out(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let name = request.text("Username")?;
        self.store.change(|state| {
            let sub = state.users.find(name).ok_or_else(CognitoError::user_not_found)?.sub.clone();
            state.sessions.retain(|_, session| session.sub != sub);
            Ok(json!({}))
        })
    }

    /// The user gets a code, and cannot sign in before ConfirmForgotPassword has taken it.
    pub(super) fn admin_reset_user_password(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let name = request.text("Username")?;
        let code = Code::new(RESET_VALIDITY);
        let email = self.store.change(|state| {
            let user = state.users.find_mut(name).ok_or_else(CognitoError::user_not_found)?;
            user.may_reset_password()?;
            user.reset = Some(code.clone());
            user.status = Status::ResetRequired;
            user.touch();
            Ok(user.email().to_owned())
        })?;
        self.send_code(&email, Purpose::Reset, &code);
        Ok(json!({}))
    }
}
