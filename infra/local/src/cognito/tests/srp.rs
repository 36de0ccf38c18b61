//! Sign-in by a proof of the password, and by choice.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::*;
use crate::cognito::srp::{Claim, tests::Client};

const TIMESTAMP: &str = "Tue Nov 3 22:44:07 UTC 2026";

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer["ChallengeParameters"][name].as_str().unwrap_or_else(|| panic!("{name}: {answer}"))
}

async fn respond(cognito: &Cognito, challenge: &str, session: &Value, responses: Value) -> Answer {
    let request = json!({"ChallengeName": challenge, "Session": session, "ChallengeResponses": responses});
    call(cognito, "RespondToAuthChallenge", request).await
}

/// Answers a password challenge.
async fn prove(cognito: &Cognito, client: &Client, challenge: &Value, password: &str) -> Answer {
    assert_eq!(challenge["ChallengeName"], "PASSWORD_VERIFIER", "{challenge}");
    let (user, block) = (text(challenge, "USER_ID_FOR_SRP"), text(challenge, "SECRET_BLOCK"));
    let pool_id = cognito.store.identity().pool_id;
    let decoded = BASE64_STANDARD.decode(block).unwrap();
    let claim = Claim { pool_id: &pool_id, user_id: user, block: &decoded, timestamp: TIMESTAMP, signature: &[] };
    let signature = client.sign(password, text(challenge, "SALT"), text(challenge, "SRP_B"), &claim);
    let responses = json!({
        "USERNAME": user,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "PASSWORD_CLAIM_SIGNATURE": BASE64_STANDARD.encode(signature),
        "TIMESTAMP": TIMESTAMP,
    });
    respond(cognito, "PASSWORD_VERIFIER", &challenge["Session"], responses).await
}

async fn challenge(cognito: &Cognito, client: &Client, name: &str) -> Value {
    let parameters = json!({"USERNAME": name, "SRP_A": client.public()});
    call(cognito, "InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await.unwrap()
}

async fn sign_in_by_proof(cognito: &Cognito, name: &str, password: &str) -> Answer {
    let client = Client::new();
    let challenge = challenge(cognito, &client, name).await;
    prove(cognito, &client, &challenge, password).await
}

#[tokio::test]
async fn a_proof_of_the_password_signs_in() {
    let cognito = cognito();
    sign_up(&cognito, "a@example.com").await;
    refused(&sign_in_by_proof(&cognito, "a@example.com", "wrong").await, "NotAuthorizedException", "Incorrect");
    refused(&sign_in_by_proof(&cognito, "a@example.com", PASSWORD).await, "UserNotConfirmedException", "");
    let request = json!({"Username": "a@example.com", "ConfirmationCode": code(&cognito)});
    call(&cognito, "ConfirmSignUp", request).await.unwrap();
    let answer = sign_in_by_proof(&cognito, "A@example.com", PASSWORD).await.unwrap();
    let token = json!({"AccessToken": answer["AuthenticationResult"]["AccessToken"]});
    call(&cognito, "GetUser", token).await.unwrap();
}

#[tokio::test]
async fn a_challenge_is_answered_once() {
    let cognito = cognito();
    confirmed(&cognito, "a@example.com").await;
    let client = Client::new();
    let challenge = challenge(&cognito, &client, "a@example.com").await;
    prove(&cognito, &client, &challenge, PASSWORD).await.unwrap();
    refused(&prove(&cognito, &client, &challenge, PASSWORD).await, "NotAuthorizedException", "Invalid session");
}

#[tokio::test]
async fn somebody_who_does_not_exist_is_challenged_and_refused() {
    let cognito = cognito();
    let client = Client::new();
    let first = challenge(&cognito, &client, "nobody@example.com").await;
    let second = challenge(&cognito, &client, "NOBODY@example.com").await;
    assert_eq!(first["ChallengeParameters"]["SALT"], second["ChallengeParameters"]["SALT"]);
    assert_eq!(text(&first, "USER_ID_FOR_SRP"), text(&second, "USER_ID_FOR_SRP"));
    refused(
        &prove(&cognito, &client, &first, PASSWORD).await,
        "NotAuthorizedException",
        "Incorrect username or password",
    );
}

#[tokio::test]
async fn dates_of_another_language_are_refused_in_cognitos_words() {
    let cognito = cognito();
    let responses = json!({
        "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA",
        "PASSWORD_CLAIM_SIGNATURE": "AAAA",
        "TIMESTAMP": "Di 3. Nov 22:44:07 UTC 2026",
    });
    let answer = respond(&cognito, "PASSWORD_VERIFIER", &Value::Null, responses).await;
    refused(&answer, "InvalidParameterException", "in english");
}

#[tokio::test]
async fn a_temporary_password_is_replaced_in_both_flows() {
    let cognito = cognito();
    for (email, by_proof) in [("a@example.com", false), ("b@example.com", true)] {
        let request = json!({"Username": email, "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
        call(&cognito, "AdminCreateUser", request).await.unwrap();
        let answer = if by_proof {
            sign_in_by_proof(&cognito, email, PASSWORD).await.unwrap()
        } else {
            sign_in(&cognito, email, PASSWORD).await.unwrap()
        };
        assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED", "{answer}");
        assert_eq!(text(&answer, "requiredAttributes"), "[]");
        assert!(text(&answer, "userAttributes").contains(email));
        let session = &answer["Session"];
        let replace = |password: &str| {
            let responses = json!({"USERNAME": email, "NEW_PASSWORD": password, "userAttributes.name": "A"});
            respond(&cognito, "NEW_PASSWORD_REQUIRED", session, responses)
        };
        refused(&replace("short").await, "InvalidPasswordException", "not long enough");
        assert!(replace("another horse").await.unwrap()["AuthenticationResult"]["RefreshToken"].is_string());
        refused(&replace("third horse").await, "NotAuthorizedException", "Invalid session");
        sign_in_by_proof(&cognito, email, "another horse").await.unwrap();
    }
}

#[tokio::test]
async fn users_choose_between_password_and_proof() {
    let cognito = cognito();
    confirmed(&cognito, "a@example.com").await;
    let client = Client::new();
    let start = |more: Value| {
        let mut parameters = json!({"USERNAME": "a@example.com"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call(&cognito, "InitiateAuth", json!({"AuthFlow": "USER_AUTH", "AuthParameters": parameters}))
    };
    let answer = start(json!({"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD})).await.unwrap();
    assert!(answer["AuthenticationResult"].is_object(), "{answer}");
    let challenge = start(json!({"PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": client.public()})).await.unwrap();
    assert!(challenge["Session"].is_string(), "{challenge}");
    prove(&cognito, &client, &challenge, PASSWORD).await.unwrap();

    let list = start(json!({})).await.unwrap();
    assert_eq!(list["ChallengeName"], "SELECT_CHALLENGE");
    assert_eq!(list["AvailableChallenges"], json!(["PASSWORD", "PASSWORD_SRP"]));
    let select = |responses: Value| respond(&cognito, "SELECT_CHALLENGE", &list["Session"], responses);
    let answer = select(json!({"USERNAME": "a@example.com", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD})).await;
    assert!(answer.unwrap()["AuthenticationResult"].is_object());
    let challenge = select(json!({"ANSWER": "PASSWORD_SRP", "SRP_A": client.public()})).await.unwrap();
    prove(&cognito, &client, &challenge, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_password_of_an_earlier_version_gets_its_verifier_at_the_next_sign_in() {
    let cognito = cognito();
    confirmed(&cognito, "a@example.com").await;
    let old = json!({"salt": "salt", "hash": BASE64_STANDARD.encode(<sha2::Sha256 as sha2::Digest>::digest("saltcorrect horse"))});
    let change = cognito.store.change(|state| {
        state.users.find_mut("a@example.com").unwrap().password = serde_json::from_value(old).unwrap();
        Ok(())
    });
    change.unwrap();
    let parameters = json!({"USERNAME": "a@example.com", "SRP_A": Client::new().public()});
    let answer =
        call(&cognito, "InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})).await;
    refused(&answer, "InvalidParameterException", "USER_PASSWORD_AUTH once");
    sign_in(&cognito, "a@example.com", PASSWORD).await.unwrap();
    sign_in_by_proof(&cognito, "a@example.com", PASSWORD).await.unwrap();
}
