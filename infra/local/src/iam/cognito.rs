//! What a call of Cognito has to be allowed: nothing, for what an app client may call without credentials.

use serde_json::Value;
use stack_template::ACCOUNT;

use super::{condition::Context, statement::Request};

/// The operations that Cognito authorizes by a token, a code or a password instead.
const PUBLIC: [&str; 17] = [
    "ChangePassword",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "DeleteUser",
    "DeleteUserAttributes",
    "ForgotPassword",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GlobalSignOut",
    "InitiateAuth",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SignUp",
    "UpdateUserAttributes",
    "VerifyUserAttribute",
];

pub(super) fn requests(region: &str, operation: &str, body: &Value) -> Vec<Request> {
    if PUBLIC.contains(&operation) {
        return Vec::new();
    }
    let pool = body.get("UserPoolId").and_then(Value::as_str);
    let resource = match pool {
        Some(pool) => format!("arn:aws:cognito-idp:{region}:{ACCOUNT}:userpool/{pool}"),
        None => "*".to_owned(),
    };
    vec![Request { action: format!("cognito-idp:{operation}"), resource, context: Context::new() }]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_operations_on_behalf_of_an_administrator_take_a_policy() {
        let found = requests("us-east-1", "AdminGetUser", &json!({"UserPoolId": "us-east-1_1", "Username": "x"}));
        let [request] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(request.action, "cognito-idp:AdminGetUser");
        assert_eq!(request.resource, "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_1");
        assert!(requests("us-east-1", "SignUp", &json!({"ClientId": "x"})).is_empty());
        assert_eq!(requests("us-east-1", "ListUserPools", &json!({}))[0].resource, "*");
    }
}
