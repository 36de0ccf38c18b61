//! Signing up and confirming it.

use serde_json::json;

use super::{
    Answer, Cognito,
    codes::{Code, Purpose, delivery},
    errors::CognitoError,
    request::Request,
    users::{Status, User},
};

/// A confirmation code lives this long, in seconds.
const CONFIRMATION_VALIDITY: i64 = 24 * 3600;

impl Cognito {
    pub(super) async fn sign_up(&self, request: &Request) -> Answer {
        let client = self.client_of(request)?;
        let (name, password) = (request.text("Username")?, request.text("Password")?);
        self.check_new_name(name)?;
        let mut attributes = request.attributes("UserAttributes")?;
        attributes.insert("email".to_owned(), name.to_owned());
        self.check_schema(&attributes)?;
        self.check_writable(&attributes)?;
        self.check_required(&attributes)?;
        self.check_password(password)?;

        let mut user = User::new(name, attributes, Status::Unconfirmed);
        user.set_password(&self.store.identity().pool_id, password);
        let metadata = request.map("ClientMetadata");
        let decided = self.fire_pre_sign_up(&user, client, metadata, request).await?;
        if decided.verify_email {
            user.attributes.insert("email_verified".to_owned(), "true".to_owned());
        }
        if decided.confirm {
            user.status = Status::Confirmed;
            self.store.change(|state| state.users.add(user.clone()))?;
            self.fire_post_confirmation("PostConfirmation_ConfirmSignUp", &user, client, metadata).await?;
            return Ok(json!({"UserConfirmed": true, "UserSub": user.sub}));
        }
        let code = Code::new(CONFIRMATION_VALIDITY);
        user.confirmation = Some(code.clone());
        self.store.change(|state| state.users.add(user.clone()))?;
        let details = self.send_code(user.email(), Purpose::Confirmation, &code);
        Ok(json!({"UserConfirmed": false, "UserSub": user.sub, "CodeDeliveryDetails": details}))
    }

    pub(super) async fn confirm_sign_up(&self, request: &Request) -> Answer {
        let client = self.client_of(request)?;
        let (name, code) = (request.text("Username")?, request.text("ConfirmationCode")?);
        let user = self.store.change(|state| {
            let user = state.users.find_mut(name).ok_or_else(|| self.unknown_user_with_code())?;
            must_be_unconfirmed(user)?;
            Code::check(user.confirmation.as_ref(), code)?;
            user.confirmation = None;
            user.status = Status::Confirmed;
            user.attributes.insert("email_verified".to_owned(), "true".to_owned());
            user.touch();
            Ok(user.clone())
        })?;
        // The user is confirmed, whatever the trigger says: so it is with Cognito.
        self.fire_post_confirmation("PostConfirmation_ConfirmSignUp", &user, client, request.map("ClientMetadata"))
            .await?;
        Ok(json!({}))
    }

    /// Confirms the account, not the address: that one stays unverified.
    pub(super) async fn admin_confirm_sign_up(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let name = request.text("Username")?;
        let user = self.store.change(|state| {
            let user = state.users.find_mut(name).ok_or_else(CognitoError::user_not_found)?;
            must_be_unconfirmed(user)?;
            user.confirmation = None;
            user.status = Status::Confirmed;
            user.touch();
            Ok(user.clone())
        })?;
        self.fire_post_confirmation(
            "PostConfirmation_ConfirmSignUp",
            &user,
            "CLIENT_ID_NOT_APPLICABLE",
            request.map("ClientMetadata"),
        )
        .await?;
        Ok(json!({}))
    }

    pub(super) fn resend_confirmation_code(&self, request: &Request) -> Answer {
        self.client_of(request)?;
        let name = request.text("Username")?;
        let sent = self.store.change(|state| {
            let Some(user) = state.users.find_mut(name) else { return Ok(None) };
            if user.status != Status::Unconfirmed {
                return Err(CognitoError::invalid_parameter("User is already confirmed."));
            }
            let code = Code::new(CONFIRMATION_VALIDITY);
            user.confirmation = Some(code.clone());
            Ok(Some((user.email().to_owned(), code)))
        })?;
        let details = match sent {
            Some((email, code)) => self.send_code(&email, Purpose::Confirmation, &code),
            None if self.client.hides_users => delivery(name),
            None => return Err(CognitoError::user_not_found()),
        };
        Ok(json!({ "CodeDeliveryDetails": details }))
    }
}

fn must_be_unconfirmed(user: &User) -> Result<(), CognitoError> {
    if user.status == Status::Unconfirmed {
        return Ok(());
    }
    Err(CognitoError::not_authorized(&format!("User cannot be confirmed. Current status is {}", user.status.name())))
}
