//! Signing in: the flows that the app client allows, and their first step.

use serde_json::{Value, json};

use super::{
    Answer, Cognito,
    challenges::Challenge,
    errors::CognitoError,
    password_hash::PasswordHash,
    request::Request,
    users::{Status, User},
};

const PARAMETERS: &str = "AuthParameters";

impl Cognito {
    pub(super) fn initiate_auth(&self, request: &Request) -> Answer {
        let client = self.client_of(request)?;
        match self.flow(request)? {
            "USER_PASSWORD_AUTH" => {
                let parameter = |name: &str| request.parameter(PARAMETERS, name);
                self.sign_in(client, parameter("USERNAME")?, parameter("PASSWORD")?)
            }
            "ADMIN_USER_PASSWORD_AUTH" => Err(not_this_way()),
            flow => self.begin(flow, client, request),
        }
    }

    pub(super) fn admin_initiate_auth(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let client = self.client_of(request)?;
        match self.flow(request)? {
            "ADMIN_USER_PASSWORD_AUTH" => {
                let parameter = |name: &str| request.parameter(PARAMETERS, name);
                self.sign_in(client, parameter("USERNAME")?, parameter("PASSWORD")?)
            }
            "USER_PASSWORD_AUTH" => Err(not_this_way()),
            flow => self.begin(flow, client, request),
        }
    }

    /// The flow of a request, if the app client has it.
    fn flow<'a>(&self, request: &'a Request) -> Result<&'a str, CognitoError> {
        let flow = request.text("AuthFlow")?;
        let flow = match flow {
            "REFRESH_TOKEN" => "REFRESH_TOKEN_AUTH",
            "ADMIN_NO_SRP_AUTH" => "ADMIN_USER_PASSWORD_AUTH",
            flow => flow,
        };
        if self.client.flows.iter().any(|allowed| allowed.trim_start_matches("ALLOW_") == flow) {
            return Ok(flow);
        }
        Err(CognitoError::invalid_parameter(format!("{flow} flow not enabled for this client")))
    }

    /// The flows that users and administrators share.
    fn begin(&self, flow: &str, client: &str, request: &Request) -> Answer {
        let parameter = |name: &str| request.parameter(PARAMETERS, name);
        match flow {
            "USER_SRP_AUTH" => self.pose_srp(parameter("USERNAME")?, parameter("SRP_A")?, false),
            "USER_AUTH" => {
                let preferred = request.in_map(PARAMETERS, "PREFERRED_CHALLENGE").unwrap_or_default();
                self.choose(preferred, client, parameter("USERNAME")?, |name| request.parameter(PARAMETERS, name))
            }
            "REFRESH_TOKEN_AUTH" => self.refresh(client, parameter("REFRESH_TOKEN")?),
            other => Err(CognitoError::not_emulated(&format!("the flow {other}"))),
        }
    }

    /// A user's choice of how to sign in; the list, if it is none that there is here.
    pub(super) fn choose<'a>(
        &self,
        choice: &str,
        client: &str,
        name: &str,
        parameter: impl Fn(&str) -> Result<&'a str, CognitoError>,
    ) -> Answer {
        match choice {
            "PASSWORD" => self.sign_in(client, name, parameter("PASSWORD")?),
            "PASSWORD_SRP" => self.pose_srp(name, parameter("SRP_A")?, true),
            _ => Ok(json!({
                "ChallengeName": "SELECT_CHALLENGE",
                "Session": self.challenges.pose(Challenge::Select(name.to_owned())),
                "ChallengeParameters": {},
                "AvailableChallenges": ["PASSWORD", "PASSWORD_SRP"],
            })),
        }
    }

    fn sign_in(&self, client: &str, name: &str, password: &str) -> Answer {
        let Some(user) = self.store.read(|state| state.users.find(name).cloned()) else {
            return Err(if self.client.hides_users {
                CognitoError::incorrect_credentials()
            } else {
                CognitoError::user_not_found()
            });
        };
        if !user.password.as_ref().is_some_and(|hash| hash.matches(password)) {
            return Err(CognitoError::incorrect_credentials());
        }
        if user.password.as_ref().is_some_and(|hash| hash.srp.is_none()) {
            self.complete(&user.sub, password)?;
        }
        self.enter(&user, client)
    }

    /// Makes the verifier that an earlier version did not keep.
    fn complete(&self, sub: &str, password: &str) -> Result<(), CognitoError> {
        let hash = PasswordHash::new(&self.store.identity().pool_id, sub, password);
        self.store.change(|state| {
            if let Some(user) = state.users.find_mut(sub) {
                user.password = Some(hash);
            }
            Ok(())
        })
    }

    /// After a password that was right: into the pool, or to what has to be done first.
    pub(super) fn enter(&self, user: &User, client: &str) -> Answer {
        if user.disabled {
            return Err(CognitoError::user_is_disabled());
        }
        match user.status {
            Status::ResetRequired => {
                Err(CognitoError::new("PasswordResetRequiredException", "Password reset required for the user"))
            }
            Status::Unconfirmed => Err(CognitoError::new("UserNotConfirmedException", "User is not confirmed.")),
            Status::ForceChangePassword => Ok(self.pose_new_password(user)),
            Status::Confirmed => self.open_session(user, client),
        }
    }

    fn pose_new_password(&self, user: &User) -> Value {
        let missing = self.pool.required.iter().filter(|name| !user.attributes.contains_key(*name));
        let missing: Vec<String> = missing.map(|name| format!("userAttributes.{name}")).collect();
        json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": self.challenges.pose(Challenge::NewPassword(user.sub.clone())),
            // Texts with JSON in them, as Cognito has it.
            "ChallengeParameters": {
                "USER_ID_FOR_SRP": user.sub,
                "requiredAttributes": json!(missing).to_string(),
                "userAttributes": json!(user.attributes).to_string(),
            },
        })
    }
}

/// Users and administrators have a flow with a password of their own each.
fn not_this_way() -> CognitoError {
    CognitoError::invalid_parameter("Initiate Auth method not supported.")
}
