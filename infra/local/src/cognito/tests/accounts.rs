//! What administrators do to accounts, and what they read about the pool.

use super::*;

#[tokio::test]
async fn a_disabled_user_is_out_until_enabled_again() {
    let cognito = cognito();
    let result = confirmed(&cognito, "a@example.com").await;
    let name = json!({"Username": "a@example.com"});
    call(&cognito, "AdminDisableUser", name.clone()).await.unwrap();
    assert_eq!(call(&cognito, "AdminGetUser", name.clone()).await.unwrap()["Enabled"], false);
    refused(&sign_in(&cognito, "a@example.com", PASSWORD).await, "NotAuthorizedException", "User is disabled.");
    let own = json!({"AccessToken": result["AccessToken"]});
    refused(&call(&cognito, "GetUser", own).await, "NotAuthorizedException", "revoked");
    refused(&call(&cognito, "ForgotPassword", name.clone()).await, "NotAuthorizedException", "User is disabled.");
    let renew = json!({"RefreshToken": result["RefreshToken"]});
    refused(&call(&cognito, "GetTokensFromRefreshToken", renew).await, "NotAuthorizedException", "");
    call(&cognito, "AdminEnableUser", name.clone()).await.unwrap();
    assert_eq!(call(&cognito, "AdminGetUser", name).await.unwrap()["Enabled"], true);
    sign_in(&cognito, "a@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_reset_password_is_replaced_with_the_code() {
    let cognito = cognito();
    confirmed(&cognito, "a@example.com").await;
    let name = json!({"Username": "a@example.com"});
    call(&cognito, "AdminResetUserPassword", name.clone()).await.unwrap();
    assert_eq!(call(&cognito, "AdminGetUser", name).await.unwrap()["UserStatus"], "RESET_REQUIRED");
    refused(&sign_in(&cognito, "a@example.com", PASSWORD).await, "PasswordResetRequiredException", "");
    let request = json!({"Username": "a@example.com", "ConfirmationCode": code(&cognito), "Password": "another horse"});
    call(&cognito, "ConfirmForgotPassword", request).await.unwrap();
    sign_in(&cognito, "a@example.com", "another horse").await.unwrap();
    sign_up(&cognito, "b@example.com").await;
    let unverified = call(&cognito, "AdminResetUserPassword", json!({"Username": "b@example.com"})).await;
    refused(&unverified, "InvalidParameterException", "no registered/verified email");
}

#[tokio::test]
async fn administrators_sign_users_in_and_out() {
    let cognito = cognito();
    let request = json!({"Username": "a@example.com", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
    call(&cognito, "AdminCreateUser", request).await.unwrap();
    let parameters = json!({"USERNAME": "a@example.com", "PASSWORD": PASSWORD});
    let start = |operation: &'static str, flow: &str| {
        call(&cognito, operation, json!({"AuthFlow": flow, "AuthParameters": parameters}))
    };
    let wrong = start("InitiateAuth", "ADMIN_USER_PASSWORD_AUTH").await;
    refused(&wrong, "InvalidParameterException", "not supported");
    refused(&start("AdminInitiateAuth", "USER_PASSWORD_AUTH").await, "InvalidParameterException", "not supported");
    let answer = start("AdminInitiateAuth", "ADMIN_USER_PASSWORD_AUTH").await.unwrap();
    let request = json!({
        "ChallengeName": answer["ChallengeName"],
        "Session": answer["Session"],
        "ChallengeResponses": {"USERNAME": "a@example.com", "NEW_PASSWORD": "another horse"},
    });
    let answer = call(&cognito, "AdminRespondToAuthChallenge", request).await.unwrap();
    call(&cognito, "AdminUserGlobalSignOut", json!({"Username": "a@example.com"})).await.unwrap();
    let own = json!({"AccessToken": answer["AuthenticationResult"]["AccessToken"]});
    refused(&call(&cognito, "GetUser", own).await, "NotAuthorizedException", "revoked");
}

#[tokio::test]
async fn the_pool_and_its_client_are_described() {
    let cognito = cognito();
    let identity = cognito.store.identity();
    let pool = call(&cognito, "DescribeUserPool", json!({})).await.unwrap();
    assert_eq!(pool["UserPool"]["Id"], identity.pool_id);
    assert_eq!(pool["UserPool"]["Policies"]["PasswordPolicy"]["MinimumLength"], 8);
    let client = call(&cognito, "DescribeUserPoolClient", json!({})).await.unwrap();
    assert_eq!(client["UserPoolClient"]["ClientId"], identity.client_id);
    assert_eq!(client["UserPoolClient"]["AccessTokenValidity"], 900);
    let pools = call(&cognito, "ListUserPools", json!({"MaxResults": 10})).await.unwrap();
    assert_eq!(pools["UserPools"][0]["Id"], identity.pool_id);
    let clients = call(&cognito, "ListUserPoolClients", json!({})).await.unwrap();
    assert_eq!(clients["UserPoolClients"][0]["ClientId"], identity.client_id);
    let other = call(&cognito, "DescribeUserPool", json!({"UserPoolId": "other"})).await;
    refused(&other, "ResourceNotFoundException", "other");
}

#[tokio::test]
async fn a_refusal_names_what_is_missing_and_the_list() {
    let cognito = cognito();
    for operation in ["AssociateSoftwareToken", "CreateGroup"] {
        let answer = call(&cognito, operation, json!({})).await;
        refused(&answer, "UnknownOperationException", &format!("does not emulate {operation}"));
        refused(&answer, "UnknownOperationException", "infra/local/README.md#cognito");
    }
    let request = json!({"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "x"});
    refused(
        &call(&cognito, "RespondToAuthChallenge", request).await,
        "UnknownOperationException",
        "SOFTWARE_TOKEN_MFA",
    );
}

#[tokio::test]
async fn guessing_ends_after_five_wrong_codes() {
    let cognito = cognito();
    sign_up(&cognito, "a@example.com").await;
    let right = code(&cognito);
    let confirm =
        |code: &str| call(&cognito, "ConfirmSignUp", json!({"Username": "a@example.com", "ConfirmationCode": code}));
    for _ in 0..5 {
        refused(&confirm("x").await, "CodeMismatchException", "");
    }
    refused(&confirm(&right).await, "LimitExceededException", "Attempt limit exceeded");
    // Others have attempts of their own.
    confirmed(&cognito, "b@example.com").await;
}
