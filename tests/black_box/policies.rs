//! Calls signed as a function, which the local stack has to refuse as AWS would. On a stack of its own: on the suite's, a
//! refusal is a failure.

use acceptance::suite::Test;
use acceptance::{Target, tests};
use local_stack::{LocalStack, Options};
use serde_json::{Value, json};

pub(crate) fn tests() -> Vec<Test> {
    tests![a_function_may_do_what_its_policy_says_and_nothing_else]
}

/// A stack, and requests to its AWS port with somebody's key.
struct Caller<'a> {
    http: &'a reqwest::Client,
    url: &'a str,
}

impl Caller<'_> {
    /// Status, error type without its namespace, and body.
    async fn post(&self, key: &str, path: &str, target: &str, body: &Value) -> (u16, String, Value) {
        // Of its form only: the stack knows callers by their key and checks no signature.
        let credential = format!("Credential={key}/20260101/us-east-1/any/aws4_request");
        let signature = format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host;x-amz-date, Signature=0");
        let request = self.http.post(format!("{}{path}", self.url)).header("authorization", signature);
        let request =
            request.header("content-type", "application/x-amz-json-1.0").header("x-amz-date", "20260101T000000Z");
        let answer = request.header("x-amz-target", target).body(body.to_string()).send().await.unwrap();
        let (status, header) = (answer.status().as_u16(), answer.headers().get("x-amzn-errortype").cloned());
        let body: Value = answer.json().await.unwrap();
        let kind = header.map_or_else(
            || body["__type"].as_str().unwrap_or_default().to_owned(),
            |kind| kind.to_str().unwrap().to_owned(),
        );
        (status, kind.rsplit('#').next().unwrap_or_default().to_owned(), body)
    }

    async fn dynamodb(&self, key: &str, operation: &str, body: &Value) -> (u16, String, Value) {
        self.post(key, "/", &format!("DynamoDB_20120810.{operation}"), body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }
}

async fn a_function_may_do_what_its_policy_says_and_nothing_else(target: Target) {
    let stack = LocalStack::start(Options::default()).await.unwrap_or_else(|error| panic!("{error}"));
    let config = stack.config().clone();
    let caller = Caller { http: target.http(), url: &config.aws_endpoint_url };
    let table = config.table_name.as_str();
    let item = |pk: &str| json!({"pk": {"S": pk}, "sk": {"S": "META"}});
    let put = |pk: &str| json!({"TableName": table, "Item": item(pk)});
    let denied = |status: u16| (status, "AccessDeniedException".to_owned());

    // Nothing but reading, and only organizations.
    let (status, kind, body) = caller.dynamodb("settings", "PutItem", &put("ORG#1")).await;
    assert_eq!((status, kind), denied(400), "{body}");
    let message = body["Message"].as_str().unwrap();
    assert!(message.contains("/settings is not authorized to perform: dynamodb:PutItem on resource: "), "{message}");
    for (partition, allowed) in [("ORG#1", true), ("USER#1", false)] {
        let keys = json!({"RequestItems": {table: {"Keys": [item(partition)]}}});
        let (status, kind, body) = caller.dynamodb("settings", "BatchGetItem", &keys).await;
        assert_eq!(status == 200, allowed, "{partition}: {kind} {body}");
    }

    // Writes in transactions alone, and all of one or none of it.
    let write = json!({"TransactItems": [{"Put": put("ORG#2")}]});
    assert_eq!(caller.dynamodb("roles", "TransactWriteItems", &write).await.0, 200);
    assert_eq!(caller.dynamodb("roles", "PutItem", &put("ORG#2")).await.0, 400);
    let key = json!({"TableName": table, "Key": item("ORG#2")});
    let mixed = json!({"TransactItems": [{"Put": put("ORG#3")}, {"Delete": key}]});
    let (status, kind, body) = caller.dynamodb("roles", "TransactWriteItems", &mixed).await;
    assert_eq!((status, kind), denied(400), "{body}");
    let written = caller.dynamodb("developer", "Scan", &json!({"TableName": table})).await;
    assert_eq!(
        (written.0, &written.2["Count"]),
        (200, &json!(1)),
        "nobody else is restricted, and one item is written"
    );

    // The other services, in their own words.
    let user = json!({"UserPoolId": config.user_pool_id, "Username": "nobody"});
    let operation = "AWSCognitoIdentityProviderService.AdminGetUser";
    let (status, kind, _) = caller.post("settings", "/", operation, &user).await;
    assert_eq!((status, kind), denied(400));
    assert_eq!(caller.post("onboarding", "/", operation, &user).await.1, "UserNotFoundException");
    let mail = json!({
        "FromEmailAddress": acceptance::SENDER_ADDRESS,
        "Destination": {"ToAddresses": ["somebody@example.com"]},
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    });
    let (status, kind, _) = caller.post("members", "/v2/email/outbound-emails", "", &mail).await;
    assert_eq!((status, kind), denied(403));
    let invoke = "/2015-03-31/functions/settings/invocations";
    let (status, kind, _) = caller.post("members", invoke, "", &json!({})).await;
    assert_eq!((status, kind), denied(403));
    assert_eq!(caller.get("/_local/inbox.json").await["items"], json!([]));

    // And all of it is on record.
    let report = caller.get("/_local/permissions.json").await;
    let refused = report["refused"].as_array().unwrap().iter();
    let refused: Vec<_> =
        refused.map(|one| (one["function"].as_str().unwrap(), one["action"].as_str().unwrap())).collect();
    let expected = [
        ("members", "lambda:InvokeFunction"),
        ("members", "ses:SendEmail"),
        ("roles", "dynamodb:DeleteItem"),
        ("roles", "dynamodb:PutItem"),
        ("settings", "cognito-idp:AdminGetUser"),
        ("settings", "dynamodb:BatchGetItem"),
        ("settings", "dynamodb:PutItem"),
    ];
    assert_eq!(refused, expected);
    // What Lambda does on the functions' roles when they start is used by then, and the schedules may have come.
    let used = report["used"].as_array().unwrap().iter().filter(|grant| grant["function"] != "invitation-sweeper");
    let used = used.map(|grant| grant["action"].as_str().unwrap());
    let by_itself = |action: &&str| {
        let (service, operation) = action.split_once(':').unwrap();
        ["logs", "xray", "sqs"].contains(&service)
            || *action == "dynamodb:Scan"
            || ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].contains(&operation)
    };
    let used: Vec<_> = used.filter(|action| !by_itself(action)).collect();
    assert_eq!(used, ["cognito-idp:AdminGetUser", "dynamodb:PutItem", "dynamodb:BatchGetItem"]);
    let count = |list: &str| report[list].as_array().unwrap().len();
    assert_eq!(count("granted"), count("used") + count("unused"));
    stack.stop().await;
}
