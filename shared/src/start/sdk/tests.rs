use super::{super::server::*, *};

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT"), ("AWS_SECRET_ACCESS_KEY", "secret")];

#[tokio::test]
#[ignore = "the tests below run it in a process of its own"]
async fn a_process_of_another_test() {
    let sdk = load(&Variables::OfTheProcess).await;
    aws_sdk_dynamodb::Client::new(&sdk).list_tables().send().await.unwrap();
    let pools = aws_sdk_cognitoidentityprovider::Client::new(&sdk).list_user_pools();
    pools.max_results(1).send().await.unwrap();
}

async fn calls(variables: &[(&str, &str)]) -> bool {
    passes("start::sdk::tests::a_process_of_another_test", variables).await
}

/// Expects one request, signed with a key for a region and a service.
#[track_caller]
fn signed(server: &Server, scopes: &[(&str, &str)]) {
    let seen = server.seen();
    assert_eq!(seen.requests.len(), scopes.len(), "{seen:?}");
    for (request, (key, scope)) in seen.requests.iter().zip(scopes) {
        let credential = request.split("credential=").nth(1).unwrap().split(',').next().unwrap();
        assert!(credential.starts_with(&format!("{key}/")), "{credential}");
        assert!(credential.ends_with(&format!("/{scope}/aws4_request")), "{credential}");
    }
}

#[tokio::test]
async fn each_service_has_its_own_endpoint_and_the_keys_of_the_environment() {
    let [dynamodb, cognito] = [Server::start(None).await, Server::start(None).await];
    let endpoints = [
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &dynamodb.url),
        ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", &cognito.url),
    ];
    assert!(calls(&[KEYS.as_slice(), &endpoints].concat()).await);
    signed(&dynamodb, &[("akidenvironment", "eu-west-3/dynamodb")]);
    signed(&cognito, &[("akidenvironment", "eu-west-3/cognito-idp")]);
}

#[tokio::test]
async fn all_services_may_have_one_endpoint() {
    let server = Server::start(None).await;
    let variables = [("AWS_REGION", "eu-west-3"), ("AWS_ENDPOINT_URL", &server.url)];
    assert!(calls(&[KEYS.as_slice(), &variables].concat()).await);
    signed(&server, &[("akidenvironment", "eu-west-3/dynamodb"), ("akidenvironment", "eu-west-3/cognito-idp")]);
}

#[tokio::test]
async fn without_keys_in_the_environment_the_container_is_asked() {
    let credentials = r#"{"AccessKeyId":"AKIDCONTAINER","SecretAccessKey":"secret","Token":"token","Expiration":"2100-01-01T00:00:00Z"}"#;
    let [container, server] = [Server::answering(None, credentials).await, Server::start(None).await];
    let variables = [
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_ACCESS_KEY_ID", " "),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &container.url),
    ];
    assert!(calls(&variables).await);
    signed(&server, &[("akidcontainer", "eu-west-3/dynamodb"), ("akidcontainer", "eu-west-3/cognito-idp")]);
}

#[tokio::test]
async fn without_keys_in_the_environment_a_profile_is_used() {
    let server = Server::start(None).await;
    let file = std::env::temp_dir().join(format!("profile-{}", server.url.replace(|c: char| !c.is_numeric(), "")));
    let profile = "[named]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\nregion = eu-north-1\n";
    std::fs::write(&file, profile).unwrap();
    let variables = [
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_PROFILE", "named"),
        ("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()),
    ];
    let called = calls(&variables).await;
    let _ = std::fs::remove_file(&file);
    assert!(called);
    signed(&server, &[("akidprofile", "eu-north-1/dynamodb"), ("akidprofile", "eu-north-1/cognito-idp")]);
}
