//! What a front end does through Cognito's API.

use aws_sdk_cognitoidentityprovider::types::{AttributeType, AuthFlowType};

use crate::{Target, seen};

/// An access token and an ID token, for an address and a password.
pub(crate) async fn tokens(target: &Target, email: &str, password: &str) -> (String, String) {
    let answer = target
        .cognito()
        .initiate_auth()
        .client_id(&target.configuration().user_pool_client_id)
        .auth_flow(AuthFlowType::UserPasswordAuth)
        .auth_parameters("USERNAME", email)
        .auth_parameters("PASSWORD", password)
        .send()
        .await
        .expect("InitiateAuth");
    let result = answer.authentication_result.expect("tokens");
    let (access, id) = (result.access_token.expect("an access token"), result.id_token.expect("an ID token"));
    seen::token(&access);
    seen::token(&id);
    if let Some(refresh) = &result.refresh_token {
        seen::secret("token", refresh);
    }
    (access, id)
}

/// A user attribute.
pub(crate) fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder().name(name).value(value).build().expect("an attribute")
}
