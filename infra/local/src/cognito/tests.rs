mod accounts;
mod profile;
mod srp;

use serde_json::json;

use super::*;
use crate::options::Data;

fn cognito() -> Cognito {
    let inbox = Arc::new(Inbox::open(&Data::Memory).unwrap());
    let store = Store::open(&Data::Memory, "us-east-1").unwrap();
    let pool = Pool {
        minimum_length: 8,
        custom: [("custom:organization_name".to_owned(), Some(20))].into(),
        required: vec!["email".to_owned()],
        email_is_username: true,
        ..Pool::default()
    };
    let client = PoolClient {
        write_attributes: Some(["email", "name", "custom:organization_name"].map(str::to_owned).to_vec()),
        flows: ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "REFRESH_TOKEN_AUTH", "ADMIN_USER_PASSWORD_AUTH"]
            .map(|flow| format!("ALLOW_{flow}"))
            .to_vec(),
        access_validity: 900,
        id_validity: 900,
        refresh_validity: 3600,
        hides_users: true,
    };
    let key = store.signing_key().unwrap();
    let clients = vec![store.identity().client_id, "mobile".to_owned()];
    Cognito {
        store,
        key,
        pool,
        client,
        clients,
        issuer: "https://issuer".to_owned(),
        triggers: Triggers::none(),
        inbox,
        challenges: Challenges::default(),
        attempts: Attempts::default(),
    }
}

/// Calls an operation; ids of the pool and the client are filled in.
async fn call(cognito: &Cognito, operation: &str, mut body: Value) -> Answer {
    let identity = cognito.store.identity();
    for (name, id) in [("UserPoolId", identity.pool_id), ("ClientId", identity.client_id)] {
        if body.get(name).is_none() {
            body[name] = json!(id);
        }
    }
    cognito.attempt(operation, &Request(body)).await
}

#[track_caller]
fn refused(answer: &Answer, name: &str, words: &str) {
    let error = answer.as_ref().unwrap_err();
    assert_eq!(error.name, name, "{error:?}");
    assert!(error.message.contains(words), "{error:?}");
}

/// The code in the last mail.
fn code(cognito: &Cognito) -> String {
    let mails = cognito.inbox.list(None);
    let text = mails["items"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned();
    text.rsplit(' ').next().unwrap().to_owned()
}

const PASSWORD: &str = "correct horse";

async fn sign_up(cognito: &Cognito, email: &str) -> Value {
    let request = json!({"Username": email, "Password": PASSWORD, "UserAttributes": [{"Name": "name", "Value": "A"}]});
    call(cognito, "SignUp", request).await.unwrap()
}

async fn sign_in(cognito: &Cognito, email: &str, password: &str) -> Answer {
    let parameters = json!({"USERNAME": email, "PASSWORD": password});
    call(cognito, "InitiateAuth", json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})).await
}

async fn confirmed(cognito: &Cognito, email: &str) -> Value {
    sign_up(cognito, email).await;
    let request = json!({"Username": email, "ConfirmationCode": code(cognito)});
    call(cognito, "ConfirmSignUp", request).await.unwrap();
    sign_in(cognito, email, PASSWORD).await.unwrap()["AuthenticationResult"].clone()
}

#[tokio::test]
async fn somebody_signs_up_confirms_and_signs_in() {
    let cognito = cognito();
    let answer = sign_up(&cognito, "a@example.com").await;
    assert_eq!(answer["UserConfirmed"], false);
    assert_eq!(
        answer["CodeDeliveryDetails"],
        json!({"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "a***@e***"})
    );
    refused(&sign_in(&cognito, "a@example.com", PASSWORD).await, "UserNotConfirmedException", "not confirmed");

    let confirm = json!({"Username": "A@Example.com", "ConfirmationCode": code(&cognito)});
    assert_eq!(call(&cognito, "ConfirmSignUp", confirm.clone()).await.unwrap(), json!({}));
    refused(&call(&cognito, "ConfirmSignUp", confirm).await, "NotAuthorizedException", "Current status is CONFIRMED");

    let result = sign_in(&cognito, "A@EXAMPLE.com", PASSWORD).await.unwrap()["AuthenticationResult"].clone();
    assert_eq!(result["ExpiresIn"], 900);
    let sub = answer["UserSub"].clone();
    let identity = cognito.store.identity();
    let access = cognito.key.verify(result["AccessToken"].as_str().unwrap()).unwrap();
    for (name, value) in
        [("sub", &sub), ("username", &sub), ("token_use", &json!("access")), ("client_id", &json!(identity.client_id))]
    {
        assert_eq!(&access[name], value, "{name}");
    }
    assert!(!access.contains_key("email") && !access.contains_key("aud"));
    let id = cognito.key.verify(result["IdToken"].as_str().unwrap()).unwrap();
    for (name, value) in [
        ("token_use", json!("id")),
        ("aud", json!(identity.client_id)),
        ("email", json!("a@example.com")),
        ("email_verified", json!(true)),
        ("name", json!("A")),
    ] {
        assert_eq!(id[name], value, "{name}");
    }
    let user = call(&cognito, "GetUser", json!({"AccessToken": result["AccessToken"]})).await.unwrap();
    assert_eq!(user["Username"], sub);
}

#[tokio::test]
async fn codes_must_be_right_and_count_once() {
    let cognito = cognito();
    sign_up(&cognito, "a@example.com").await;
    let first = code(&cognito);
    let confirm =
        |code: &str| call(&cognito, "ConfirmSignUp", json!({"Username": "a@example.com", "ConfirmationCode": code}));
    let wrong = if first == "000000" { "000001" } else { "000000" };
    refused(&confirm(wrong).await, "CodeMismatchException", "Invalid verification code");
    call(&cognito, "ResendConfirmationCode", json!({"Username": "a@example.com"})).await.unwrap();
    let second = code(&cognito);
    if first != second {
        refused(&confirm(&first).await, "CodeMismatchException", "");
    }
    confirm(&second).await.unwrap();
}

#[tokio::test]
async fn sign_ups_that_break_a_rule_are_refused() {
    let cognito = cognito();
    sign_up(&cognito, "taken@example.com").await;
    let attribute = |name: &str, value: &str| json!([{"Name": name, "Value": value}]);
    for (request, name, words) in [
        (json!({"Username": "TAKEN@example.com", "Password": PASSWORD}), "UsernameExistsException", "already exists"),
        (json!({"Username": "nobody", "Password": PASSWORD}), "InvalidParameterException", "should be an email"),
        (json!({"Username": "a@example.com", "Password": "short"}), "InvalidPasswordException", "not long enough"),
        (json!({"Username": "a@example.com"}), "InvalidParameterException", "'password'"),
        (
            json!({"Username": "a@example.com", "Password": PASSWORD, "UserAttributes": attribute("custom:role", "admin")}),
            "InvalidParameterException",
            "custom:role",
        ),
        (
            json!({"Username": "a@example.com", "Password": PASSWORD, "UserAttributes": attribute("email_verified", "true")}),
            "NotAuthorizedException",
            "unauthorized attribute",
        ),
        (
            json!({"Username": "a@example.com", "Password": PASSWORD, "UserAttributes": attribute("custom:organization_name", "a name beyond twenty")}),
            "ok",
            "",
        ),
        (
            json!({"Username": "b@example.com", "Password": PASSWORD, "UserAttributes": attribute("custom:organization_name", "a name beyond twenty!")}),
            "InvalidParameterException",
            "no longer than 20",
        ),
        (
            json!({"Username": "c@example.com", "Password": PASSWORD, "ClientId": "other"}),
            "ResourceNotFoundException",
            "other does not exist",
        ),
    ] {
        let answer = call(&cognito, "SignUp", request).await;
        if name == "ok" {
            answer.unwrap();
        } else {
            refused(&answer, name, words);
        }
    }
}

#[tokio::test]
async fn a_stranger_learns_nothing_about_who_is_there() {
    let cognito = cognito();
    confirmed(&cognito, "a@example.com").await;
    let mails = || cognito.inbox.list(None)["items"].as_array().unwrap().len();
    let before = mails();
    refused(
        &sign_in(&cognito, "a@example.com", "wrong password").await,
        "NotAuthorizedException",
        "Incorrect username or password.",
    );
    refused(
        &sign_in(&cognito, "b@example.com", PASSWORD).await,
        "NotAuthorizedException",
        "Incorrect username or password.",
    );
    let answer = call(&cognito, "ForgotPassword", json!({"Username": "b@example.com"})).await.unwrap();
    assert_eq!(answer["CodeDeliveryDetails"]["Destination"], "b***@e***");
    assert_eq!(mails(), before);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let cognito = cognito();
    confirmed(&cognito, "a@example.com").await;
    call(&cognito, "ForgotPassword", json!({"Username": "a@example.com"})).await.unwrap();
    let request = json!({"Username": "a@example.com", "ConfirmationCode": code(&cognito), "Password": "another horse"});
    call(&cognito, "ConfirmForgotPassword", request).await.unwrap();
    sign_in(&cognito, "a@example.com", "another horse").await.unwrap();
    refused(&sign_in(&cognito, "a@example.com", PASSWORD).await, "NotAuthorizedException", "");
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    let cognito = cognito();
    let result = confirmed(&cognito, "a@example.com").await;
    let refresh =
        json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": result["RefreshToken"]}});
    let renewed = call(&cognito, "InitiateAuth", refresh.clone()).await.unwrap();
    assert_eq!(renewed["AuthenticationResult"].get("RefreshToken"), None);
    let token = json!({"AccessToken": result["AccessToken"]});
    call(&cognito, "GlobalSignOut", token.clone()).await.unwrap();
    refused(&call(&cognito, "GetUser", token).await, "NotAuthorizedException", "revoked");
    refused(&call(&cognito, "InitiateAuth", refresh).await, "NotAuthorizedException", "Invalid Refresh Token");
    refused(
        &call(&cognito, "GetUser", json!({"AccessToken": result["IdToken"]})).await,
        "NotAuthorizedException",
        "Invalid Access Token",
    );
}

#[tokio::test]
async fn administrators_create_find_and_change_users() {
    let cognito = cognito();
    let created = call(&cognito, "AdminCreateUser", json!({"Username": "a@example.com", "MessageAction": "SUPPRESS"}))
        .await
        .unwrap();
    assert_eq!(created["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let set = json!({"Username": "a@example.com", "Password": PASSWORD, "Permanent": true});
    call(&cognito, "AdminSetUserPassword", set).await.unwrap();
    sign_in(&cognito, "a@example.com", PASSWORD).await.unwrap();

    let change = |email: &str, more: Value| {
        let mut attributes = vec![json!({"Name": "email", "Value": email})];
        attributes.extend(more.as_array().unwrap().clone());
        json!({"Username": created["User"]["Username"], "UserAttributes": attributes})
    };
    sign_up(&cognito, "b@example.com").await;
    refused(
        &call(&cognito, "AdminUpdateUserAttributes", change("b@example.com", json!([]))).await,
        "AliasExistsException",
        "",
    );
    call(
        &cognito,
        "AdminUpdateUserAttributes",
        change("c@example.com", json!([{"Name": "email_verified", "Value": "true"}])),
    )
    .await
    .unwrap();
    let found = call(&cognito, "AdminGetUser", json!({"Username": "C@example.com"})).await.unwrap();
    assert_eq!(found["UserStatus"], "CONFIRMED");
    assert!(found["UserAttributes"].as_array().unwrap().contains(&json!({"Name": "email_verified", "Value": "true"})));
    assert!(found["UserCreateDate"].is_f64());

    let list = call(&cognito, "ListUsers", json!({"Filter": "email = \"c@example.com\""})).await.unwrap();
    assert_eq!(list["Users"].as_array().unwrap().len(), 1);
    assert_eq!(
        call(&cognito, "ListUsers", json!({"Filter": "email ^= \"b\""})).await.unwrap()["Users"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    refused(&call(&cognito, "ListUsers", json!({"Filter": "email"})).await, "InvalidParameterException", "filter");
    refused(&call(&cognito, "AdminGetUser", json!({"Username": "z@example.com"})).await, "UserNotFoundException", "");
    refused(
        &call(&cognito, "AdminGetUser", json!({"Username": "c@example.com", "UserPoolId": "x"})).await,
        "ResourceNotFoundException",
        "x does not exist",
    );
}

#[test]
fn the_state_survives_a_restart() {
    let directory = std::env::temp_dir().join(format!("local-stack-test-{}", crate::entropy::simple_id()));
    std::fs::create_dir_all(&directory).unwrap();
    let data = Data::Directory(directory.clone());
    let first = Store::open(&data, "us-east-1").unwrap();
    first
        .change(|state| {
            state.users.add(users::User::new("a@example.com", Default::default(), users::Status::Confirmed))
        })
        .unwrap();
    let second = Store::open(&data, "us-east-1").unwrap();
    assert_eq!(second.identity(), first.identity());
    assert!(second.read(|state| state.users.find("a@example.com").is_some()));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn what_is_not_emulated_says_so() {
    refused(
        &call(&cognito(), "CreateUserPool", json!({})).await,
        "UnknownOperationException",
        "does not emulate CreateUserPool",
    );
}

#[tokio::test]
async fn a_session_belongs_to_its_app_client() {
    let cognito = cognito();
    confirmed(&cognito, "a@example.com").await;
    let parameters = json!({"USERNAME": "a@example.com", "PASSWORD": PASSWORD});
    let request = json!({"ClientId": "mobile", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    let tokens = call(&cognito, "InitiateAuth", request).await.unwrap()["AuthenticationResult"].clone();
    let refresh = |client: &str| {
        let body = json!({"ClientId": client, "RefreshToken": tokens["RefreshToken"]});
        call(&cognito, "GetTokensFromRefreshToken", body)
    };
    let refreshed = refresh("mobile").await.unwrap()["AuthenticationResult"].clone();
    for tokens in [&tokens, &refreshed] {
        let claims = |name: &str| cognito.key.verify(tokens[name].as_str().unwrap()).unwrap();
        assert_eq!(
            (&claims("AccessToken")["client_id"], &claims("IdToken")["aud"]),
            (&json!("mobile"), &json!("mobile"))
        );
    }
    let own = cognito.store.identity().client_id;
    refused(&refresh(&own).await, "NotAuthorizedException", "Invalid Refresh Token");
    let listed = call(&cognito, "ListUserPoolClients", json!({})).await.unwrap();
    assert_eq!(listed["UserPoolClients"].as_array().unwrap().len(), 2);
}
