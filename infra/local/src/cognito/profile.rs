//! What users change about themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Answer, Cognito,
    codes::{Code, Purpose},
    errors::CognitoError,
    request::Request,
};

/// A verification code lives this long, in seconds.
const VERIFICATION_VALIDITY: i64 = 24 * 3600;

/// An address that is to be verified: the user's own, or one that takes its place then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Verification {
    pub(super) code: Code,
    email: String,
}

impl Verification {
    fn new(email: &str) -> Self {
        Self { code: Code::new(VERIFICATION_VALIDITY), email: email.to_owned() }
    }
}

impl Cognito {
    /// A new address gets a code. Where the pool wants it verified first, the user keeps the old one until then.
    pub(super) fn update_user_attributes(&self, request: &Request) -> Answer {
        let holder = self.holder(request.text("AccessToken")?)?;
        let mut attributes = request.attributes("UserAttributes")?;
        self.check_schema(&attributes)?;
        self.check_writable(&attributes)?;
        let verification =
            attributes.get("email").filter(|email| *email != holder.email()).map(|email| Verification::new(email));
        if verification.is_some() {
            if self.pool.verified_before_update.iter().any(|name| name == "email") {
                attributes.remove("email");
            } else {
                attributes.insert("email_verified".to_owned(), "false".to_owned());
            }
        }
        self.store.change(|state| {
            if let Some(verification) = &verification {
                state.users.check_email_is_free(&verification.email, &holder.sub)?;
            }
            let user = state.users.find_mut(&holder.sub).ok_or_else(CognitoError::user_not_found)?;
            user.verification = verification.clone().or(user.verification.take());
            user.write(attributes);
            Ok(())
        })?;
        let sent: Vec<Value> = verification.iter().map(|verification| self.send_verification(verification)).collect();
        Ok(json!({ "CodeDeliveryDetailsList": sent }))
    }

    /// Another code: for the address that waits for it, or for the user's own.
    pub(super) fn get_user_attribute_verification_code(&self, request: &Request) -> Answer {
        let holder = self.holder(request.text("AccessToken")?)?;
        must_be_email(request)?;
        let email =
            holder.verification.as_ref().map_or_else(|| holder.email().to_owned(), |waiting| waiting.email.clone());
        let verification = Verification::new(&email);
        self.store.change(|state| {
            let user = state.users.find_mut(&holder.sub).ok_or_else(CognitoError::user_not_found)?;
            user.verification = Some(verification.clone());
            Ok(())
        })?;
        Ok(json!({ "CodeDeliveryDetails": self.send_verification(&verification) }))
    }

    fn send_verification(&self, verification: &Verification) -> Value {
        self.send_code(&verification.email, Purpose::Verification, &verification.code)
    }

    pub(super) fn verify_user_attribute(&self, request: &Request) -> Answer {
        let holder = self.holder(request.text("AccessToken")?)?;
        must_be_email(request)?;
        let code = request.text("Code")?;
        self.store.change(|state| {
            let user = state.users.find(&holder.sub).ok_or_else(CognitoError::user_not_found)?;
            Code::check(user.verification.as_ref().map(|verification| &verification.code), code)?;
            let verification = user.verification.clone().ok_or_else(CognitoError::expired_code)?;
            // Somebody else may have taken the address in the meantime.
            state.users.check_email_is_free(&verification.email, &holder.sub)?;
            let user = state.users.find_mut(&holder.sub).ok_or_else(CognitoError::user_not_found)?;
            user.verification = None;
            user.write(
                [("email".to_owned(), verification.email.clone()), ("email_verified".to_owned(), "true".to_owned())]
                    .into(),
            );
            Ok(json!({}))
        })
    }

    pub(super) fn delete_user_attributes(&self, request: &Request) -> Answer {
        let holder = self.holder(request.text("AccessToken")?)?;
        let names = request.0.get("UserAttributeNames").and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        let removed: BTreeMap<String, String> = names.map(|name| (name.to_owned(), String::new())).collect();
        if let Some(name) = self.pool.required.iter().find(|name| removed.contains_key(*name)) {
            return Err(CognitoError::invalid_parameter(format!("Cannot delete required attribute {name}")));
        }
        self.check_schema(&removed)?;
        self.check_writable(&removed)?;
        self.store.change(|state| {
            state.users.find_mut(&holder.sub).ok_or_else(CognitoError::user_not_found)?.write(removed);
            Ok(json!({}))
        })
    }

    pub(super) fn delete_user(&self, request: &Request) -> Answer {
        let holder = self.holder(request.text("AccessToken")?)?;
        self.remove_user(&holder.sub)
    }
}

fn must_be_email(request: &Request) -> Result<(), CognitoError> {
    match request.text("AttributeName")? {
        "email" => Ok(()),
        other => Err(CognitoError::not_emulated(&format!("the verification of {other}"))),
    }
}
