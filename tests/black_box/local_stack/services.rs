//! What tools ask a service first, and what they are told where the stack has no such service: each in its own protocol.

use aws_sdk_sesv2::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    error::ProvideErrorMetadata,
};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use acceptance::suite::Test;
use acceptance::{Target, tests};

pub(super) fn tests() -> Vec<Test> {
    tests![
        sts_says_who_calls,
        lambda_lists_the_functions,
        ses_lists_the_sender,
        what_is_missing_is_named_in_the_protocol_of_its_client,
    ]
}

/// Sends a request as signed for a service, with a key.
async fn call(
    target: &Target,
    (key, service): (&str, &str),
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let url = format!("{}{path}", target.configuration().aws_endpoint_url);
    let scope = format!("AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{service}/aws4_request");
    let request = target.http().request(method, url).header("authorization", scope).body(body.to_owned());
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

async fn sts_says_who_calls(target: Target) {
    for (key, arn) in [
        ("me", "arn:aws:iam::000000000000:user/me"),
        ("<b>", "arn:aws:iam::000000000000:user/&lt;b&gt;"),
        ("members", "arn:aws:sts::000000000000:assumed-role/MembersRole/members"),
    ] {
        let body = "Action=GetCallerIdentity&Version=2011-06-15";
        let answer = call(&target, (key, "sts"), Method::POST, "/", &[FORM], body).await;
        assert_eq!((answer.status(), answer.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, "text/xml"));
        let body = answer.text().await.unwrap();
        assert!(
            body.contains(&format!("<Arn>{arn}</Arn>")) && body.contains("<Account>000000000000</Account>"),
            "{body}"
        );
    }
}

async fn lambda_lists_the_functions(target: Target) {
    let get = async |path: &str| call(&target, ("me", "lambda"), Method::GET, path, &[], "").await;
    for path in ["/2015-03-31/functions", "/2015-03-31/functions/"] {
        let list: Value = get(path).await.json().await.unwrap();
        let names: Vec<_> = list["Functions"].as_array().unwrap().iter().map(|it| it["FunctionName"].clone()).collect();
        assert_eq!(json!(names), json!(target.configuration().functions));
    }
    let whole: Value = get("/2015-03-31/functions/members").await.json().await.unwrap();
    let configuration = &whole["Configuration"];
    assert_eq!(configuration["Role"], "arn:aws:iam::000000000000:role/MembersRole");
    assert_eq!(configuration["Environment"]["Variables"]["TABLE_NAME"], target.configuration().table_name);
    let same: Value = get("/2015-03-31/functions/members:$LATEST/configuration").await.json().await.unwrap();
    assert_eq!(&same, configuration);
    let missing = get("/2015-03-31/functions/nobody").await;
    assert_eq!(
        (missing.status(), missing.headers()["x-amzn-errortype"].to_str().unwrap()),
        (StatusCode::NOT_FOUND, "ResourceNotFoundException")
    );
}

async fn ses_lists_the_sender(target: Target) {
    let configuration = target.configuration();
    let ses = aws_sdk_sesv2::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&configuration.aws_endpoint_url)
        .region(Region::new(configuration.region.clone()))
        .credentials_provider(Credentials::new("me", "me", None, None, "acceptance"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let ses = Client::from_conf(ses.build());
    let identities = ses.list_email_identities().send().await.unwrap().email_identities.unwrap_or_default();
    let sender = identities[0].identity_name.clone().unwrap();
    assert_eq!((identities.len(), sender.as_str()), (1, "no-reply@example.com"));
    let identity = ses.get_email_identity().email_identity(&sender).send().await.unwrap();
    assert!(identity.verified_for_sending_status);
    let missing = ses.get_email_identity().email_identity("eve@example.com").send().await.unwrap_err();
    assert_eq!(missing.code(), Some("NotFoundException"));
    let missing = ses.get_account().send().await.unwrap_err();
    assert_eq!(missing.code(), Some("UnknownOperationException"));
    assert!(missing.message().unwrap().contains("ses GET /v2/email/account"), "{missing:?}");
}

async fn what_is_missing_is_named_in_the_protocol_of_its_client(target: Target) {
    let json = ("x-amz-target", "secretsmanager.ListSecrets");
    let engine = ("x-amz-target", "DynamoDB_20120810.DescribeLimits");
    let cbor = ("smithy-protocol", "rpc-v2-cbor");
    let metrics = "/service/GraniteServiceVersion20100801/operation/ListMetrics";
    for (service, method, path, header, body, form, what) in [
        ("secretsmanager", Method::POST, "/", json, "{}", "\"message\":\"", "secretsmanager ListSecrets"),
        ("dynamodb", Method::POST, "/", engine, "{}", "\"message\":\"", "dynamodb DescribeLimits"),
        ("sts", Method::POST, "/", FORM, "Action=GetSessionToken", "<Code>InvalidAction</Code>", "sts GetSessionToken"),
        ("iam", Method::POST, "/", FORM, "Action=%3Cb%3E", "<Code>InvalidAction</Code>", "iam &lt;b&gt;"),
        ("monitoring", Method::POST, metrics, cbor, "", "\u{79}\0\u{7}message", "monitoring ListMetrics"),
        ("s3", Method::GET, "/", ("accept", "*/*"), "", "<Error><Type>", "s3 GET /"),
        ("apigateway", Method::GET, "/v2/apis", ("accept", "*/*"), "", "\"message\":\"", "apigateway GET /v2/apis"),
    ] {
        let headers = [header, ("content-type", "application/x-amz-json-1.0")];
        let headers = if header == FORM { &headers[..1] } else { &headers[..] };
        let answer = call(&target, ("me", service), method, path, headers, body).await;
        assert!(answer.status().is_client_error() || service == "s3", "{service}: {answer:?}");
        let body = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
        assert!(body.contains(form) && body.contains(&format!("does not emulate {what}")), "{service}: {body}");
        assert!(body.contains("infra/local/README.md#on-the-aws-port"), "{service}: {body}");
    }
}
