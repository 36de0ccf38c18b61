//! The small part of Amazon Cognito that the functions and their clients touch. A development tool, nothing else:
//! its rules are the template's, its errors are Cognito's, and its codes go to the inbox.

mod accounts;
mod administration;
mod attempts;
mod attributes;
mod challenges;
mod codes;
mod description;
mod discovery;
mod elsewhere;
mod errors;
pub(crate) mod keys;
mod password_hash;
mod passwords;
mod profile;
mod proof;
mod request;
mod respond;
mod sessions;
mod sign_in;
mod sign_up;
mod srp;
mod store;
mod tokens;
mod triggers;
mod user_pool;
mod users;
mod view;

use std::sync::Arc;

use axum::{
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub(crate) use attempts::Attempts;
pub(crate) use challenges::Challenges;
pub(crate) use elsewhere::Elsewhere;
use errors::CognitoError;
use keys::SigningKey;
use request::Request;
use stack_template::{Pool, PoolClient};
pub(crate) use store::Store;
pub(crate) use triggers::Triggers;
pub(crate) use user_pool::UserPool;
pub(crate) use view::UserView;

use crate::inbox::Inbox;

type Answer = Result<Value, CognitoError>;

/// One user pool and its app clients, which all have the settings of the template's.
pub(crate) struct Cognito {
    pub(crate) store: Store,
    pub(crate) key: SigningKey,
    pub(crate) pool: Pool,
    pub(crate) client: PoolClient,
    /// The ids of the app clients: those that the API accepts.
    pub(crate) clients: Vec<String>,
    /// The `iss` of every token.
    pub(crate) issuer: String,
    pub(crate) triggers: Triggers,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) challenges: Challenges,
    pub(crate) attempts: Attempts,
}

impl Cognito {
    /// Answers `AWSCognitoIdentityProviderService.<operation>`.
    async fn answer(&self, operation: &str, body: &[u8]) -> Response {
        let answer = match serde_json::from_slice::<Value>(body) {
            Ok(body) => self.attempt(operation, &Request(body)).await,
            Err(_) => Err(CognitoError::new("SerializationException", "the request is not JSON")),
        };
        const JSON: (HeaderName, &str) = (header::CONTENT_TYPE, "application/x-amz-json-1.1");
        match answer {
            Ok(body) => ([JSON], body.to_string()).into_response(),
            Err(error) => {
                let kind = [JSON, (HeaderName::from_static("x-amzn-errortype"), error.name)];
                let body = json!({"__type": error.name, "message": error.message});
                (StatusCode::BAD_REQUEST, kind, body.to_string()).into_response()
            }
        }
    }

    /// Refuses who has guessed wrong too often.
    async fn attempt(&self, operation: &str, request: &Request) -> Answer {
        let Some(guesser) = Attempts::guesser(operation, request) else {
            return self.dispatch(operation, request).await;
        };
        self.attempts.check(&guesser)?;
        let answer = self.dispatch(operation, request).await;
        self.attempts.note(guesser, &answer);
        answer
    }

    async fn dispatch(&self, operation: &str, request: &Request) -> Answer {
        match operation {
            "SignUp" => self.sign_up(request).await,
            "ConfirmSignUp" => self.confirm_sign_up(request).await,
            "AdminConfirmSignUp" => self.admin_confirm_sign_up(request).await,
            "ResendConfirmationCode" => self.resend_confirmation_code(request),
            "InitiateAuth" => self.initiate_auth(request),
            "RespondToAuthChallenge" => self.respond_to_auth_challenge(request),
            "GetUser" => self.get_user(request),
            "GlobalSignOut" => self.global_sign_out(request),
            "RevokeToken" => self.revoke_token(request),
            "ForgotPassword" => self.forgot_password(request),
            "ConfirmForgotPassword" => self.confirm_forgot_password(request).await,
            "GetTokensFromRefreshToken" => self.get_tokens_from_refresh_token(request),
            "UpdateUserAttributes" => self.update_user_attributes(request),
            "GetUserAttributeVerificationCode" => self.get_user_attribute_verification_code(request),
            "VerifyUserAttribute" => self.verify_user_attribute(request),
            "DeleteUserAttributes" => self.delete_user_attributes(request),
            "ChangePassword" => self.change_password(request),
            "DeleteUser" => self.delete_user(request),
            "AdminInitiateAuth" => self.admin_initiate_auth(request),
            "AdminRespondToAuthChallenge" => self.admin_respond_to_auth_challenge(request),
            "AdminDisableUser" => self.admin_set_enabled(request, false),
            "AdminEnableUser" => self.admin_set_enabled(request, true),
            "AdminResetUserPassword" => self.admin_reset_user_password(request),
            "AdminUserGlobalSignOut" => self.admin_user_global_sign_out(request),
            "DescribeUserPool" => self.describe_user_pool(request),
            "DescribeUserPoolClient" => self.describe_user_pool_client(request),
            "ListUserPools" => Ok(self.list_user_pools()),
            "ListUserPoolClients" => self.list_user_pool_clients(request),
            "AdminGetUser" => self.admin_get_user(request),
            "AdminCreateUser" => self.admin_create_user(request),
            "AdminDeleteUser" => self.admin_delete_user(request),
            "AdminSetUserPassword" => self.admin_set_user_password(request),
            "AdminUpdateUserAttributes" => self.admin_update_user_attributes(request),
            "ListUsers" => self.list_users(request),
            other => Err(CognitoError::not_emulated(other)),
        }
    }

    /// The app client of a request, if it is one of the pool's.
    fn client_of<'a>(&self, request: &'a Request) -> Result<&'a str, CognitoError> {
        let id = request.text("ClientId")?;
        if self.clients.iter().any(|known| known == id) {
            return Ok(id);
        }
        Err(CognitoError::new("ResourceNotFoundException", format!("User pool client {id} does not exist.")))
    }

    /// Refuses another pool's id.
    fn check_pool(&self, request: &Request) -> Result<(), CognitoError> {
        let id = request.text("UserPoolId")?;
        if id == self.store.identity().pool_id {
            return Ok(());
        }
        Err(CognitoError::new("ResourceNotFoundException", format!("User pool {id} does not exist.")))
    }
}

#[cfg(test)]
mod tests;
