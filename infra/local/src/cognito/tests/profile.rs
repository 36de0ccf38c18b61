//! What users change about themselves, and what keeps them signed in.

use super::*;

async fn user(cognito: &Cognito, email: &str) -> (Value, Value) {
    let result = confirmed(cognito, email).await;
    let user = call(cognito, "GetUser", json!({"AccessToken": result["AccessToken"]})).await.unwrap();
    (result["AccessToken"].clone(), user["Username"].clone())
}

async fn attribute(cognito: &Cognito, token: &Value, name: &str) -> Option<String> {
    let user = call(cognito, "GetUser", json!({"AccessToken": token})).await.unwrap();
    let all = user["UserAttributes"].as_array().unwrap();
    all.iter().find(|held| held["Name"] == name).map(|held| held["Value"].as_str().unwrap().to_owned())
}

async fn update(cognito: &Cognito, token: &Value, name: &str, value: &str) -> Answer {
    let request = json!({"AccessToken": token, "UserAttributes": [{"Name": name, "Value": value}]});
    call(cognito, "UpdateUserAttributes", request).await
}

async fn verify(cognito: &Cognito, token: &Value, code: &str) -> Answer {
    call(cognito, "VerifyUserAttribute", json!({"AccessToken": token, "AttributeName": "email", "Code": code})).await
}

#[tokio::test]
async fn a_new_address_takes_effect_when_it_is_verified() {
    let mut cognito = cognito();
    cognito.pool.verified_before_update = vec!["email".to_owned()];
    let (token, _) = user(&cognito, "a@example.com").await;
    let answer = update(&cognito, &token, "email", "new@example.com").await.unwrap();
    assert_eq!(answer["CodeDeliveryDetailsList"][0]["Destination"], "n***@e***");
    assert_eq!(attribute(&cognito, &token, "email").await.unwrap(), "a@example.com");
    assert_eq!(attribute(&cognito, &token, "email_verified").await.unwrap(), "true");
    let first = code(&cognito);
    refused(&verify(&cognito, &token, "x").await, "CodeMismatchException", "");
    let again = json!({"AccessToken": token, "AttributeName": "email"});
    let answer = call(&cognito, "GetUserAttributeVerificationCode", again).await.unwrap();
    assert_eq!(answer["CodeDeliveryDetails"]["Destination"], "n***@e***");
    let second = code(&cognito);
    if first != second {
        refused(&verify(&cognito, &token, &first).await, "CodeMismatchException", "");
    }
    verify(&cognito, &token, &second).await.unwrap();
    assert_eq!(attribute(&cognito, &token, "email").await.unwrap(), "new@example.com");
    refused(&verify(&cognito, &token, &second).await, "ExpiredCodeException", "");
    sign_in(&cognito, "new@example.com", PASSWORD).await.unwrap();
    refused(&sign_in(&cognito, "a@example.com", PASSWORD).await, "NotAuthorizedException", "Incorrect");
}

#[tokio::test]
async fn without_that_setting_it_takes_effect_at_once_and_is_unverified() {
    let cognito = cognito();
    let (token, _) = user(&cognito, "a@example.com").await;
    update(&cognito, &token, "email", "new@example.com").await.unwrap();
    assert_eq!(attribute(&cognito, &token, "email").await.unwrap(), "new@example.com");
    assert_eq!(attribute(&cognito, &token, "email_verified").await.unwrap(), "false");
    verify(&cognito, &token, &code(&cognito)).await.unwrap();
    assert_eq!(attribute(&cognito, &token, "email_verified").await.unwrap(), "true");
}

#[tokio::test]
async fn an_address_that_is_taken_before_it_is_verified_stays_with_whoever_took_it() {
    let mut cognito = cognito();
    cognito.pool.verified_before_update = vec!["email".to_owned()];
    let (token, _) = user(&cognito, "a@example.com").await;
    user(&cognito, "b@example.com").await;
    refused(&update(&cognito, &token, "email", "B@example.com").await, "AliasExistsException", "");
    update(&cognito, &token, "email", "c@example.com").await.unwrap();
    let waiting = code(&cognito);
    sign_up(&cognito, "c@example.com").await;
    refused(&verify(&cognito, &token, &waiting).await, "AliasExistsException", "");
}

#[tokio::test]
async fn attributes_are_written_and_deleted_as_the_client_lets_users() {
    let cognito = cognito();
    let (token, _) = user(&cognito, "a@example.com").await;
    assert_eq!(update(&cognito, &token, "name", "Ada").await.unwrap(), json!({"CodeDeliveryDetailsList": []}));
    refused(&update(&cognito, &token, "email_verified", "true").await, "NotAuthorizedException", "unauthorized");
    let delete = |name: &str| {
        let request = json!({"AccessToken": token, "UserAttributeNames": [name]});
        call(&cognito, "DeleteUserAttributes", request)
    };
    delete("name").await.unwrap();
    assert_eq!(attribute(&cognito, &token, "name").await, None);
    refused(&delete("email").await, "InvalidParameterException", "email");
    refused(&delete("custom:unknown").await, "InvalidParameterException", "custom:unknown");
}

#[tokio::test]
async fn users_change_their_password_and_delete_themselves() {
    let cognito = cognito();
    let (token, _) = user(&cognito, "a@example.com").await;
    let change = |previous: &str, proposed: &str| {
        let request = json!({"AccessToken": token, "PreviousPassword": previous, "ProposedPassword": proposed});
        call(&cognito, "ChangePassword", request)
    };
    refused(&change("wrong", "another horse").await, "NotAuthorizedException", "Incorrect");
    refused(&change(PASSWORD, "short").await, "InvalidPasswordException", "");
    change(PASSWORD, "another horse").await.unwrap();
    refused(&sign_in(&cognito, "a@example.com", PASSWORD).await, "NotAuthorizedException", "");
    sign_in(&cognito, "a@example.com", "another horse").await.unwrap();
    let own = json!({"AccessToken": token});
    call(&cognito, "DeleteUser", own.clone()).await.unwrap();
    refused(&call(&cognito, "GetUser", own).await, "UserNotFoundException", "");
    refused(&sign_in(&cognito, "a@example.com", "another horse").await, "NotAuthorizedException", "Incorrect");
}

#[tokio::test]
async fn a_refresh_token_renews_a_session_in_three_ways() {
    let cognito = cognito();
    let token = confirmed(&cognito, "a@example.com").await["RefreshToken"].clone();
    for flow in ["REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"] {
        let request = json!({"AuthFlow": flow, "AuthParameters": {"REFRESH_TOKEN": token}});
        call(&cognito, "InitiateAuth", request).await.unwrap();
    }
    let renew = |token: Value| call(&cognito, "GetTokensFromRefreshToken", json!({"RefreshToken": token}));
    let answer = renew(token.clone()).await.unwrap();
    let result = &answer["AuthenticationResult"];
    assert!(result["AccessToken"].is_string() && result["IdToken"].is_string(), "{answer}");
    assert_eq!(result.get("RefreshToken"), None, "it is not rotated");
    refused(&renew(json!("unknown")).await, "NotAuthorizedException", "Invalid Refresh Token");
    let expire = cognito.store.change(|state| {
        state.sessions.values_mut().for_each(|session| session.expires = 0);
        Ok(())
    });
    expire.unwrap();
    refused(&renew(token).await, "NotAuthorizedException", "Refresh Token has expired");
}
