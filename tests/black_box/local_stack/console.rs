//! The pages for people. On a stack of its own, since nobody else's users and items are to be on them.

use local_stack::{LocalStack, Options};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use acceptance::suite::Test;
use acceptance::{Target, tests};

pub(super) fn tests() -> Vec<Test> {
    tests![the_page_shows_what_runs_and_what_happened_and_runs_none_of_it]
}

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

struct Browser<'a> {
    http: &'a reqwest::Client,
    aws: &'a str,
}

impl Browser<'_> {
    async fn send(&self, path: &str, target: &str, body: &Value) {
        let request = self.http.post(format!("{}{path}", self.aws)).header("x-amz-target", target);
        let request = request.header("content-type", "application/x-amz-json-1.0");
        let key = "AWS4-HMAC-SHA256 Credential=me/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0";
        let request = request.header("authorization", key).header("x-amz-date", "20260101T000000Z");
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{target}: {}", answer.text().await.unwrap());
    }

    async fn json(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.aws)).send().await.unwrap().json().await.unwrap()
    }

    async fn open(&self, path: &str) -> (HeaderMap, String) {
        let request = self.http.get(format!("{}{path}", self.aws)).header("accept", "text/html,*/*;q=0.8");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        (answer.headers().clone(), answer.text().await.unwrap())
    }
}

async fn the_page_shows_what_runs_and_what_happened_and_runs_none_of_it(target: Target) {
    let stack = LocalStack::start(Options::default()).await.unwrap_or_else(|error| panic!("{error}"));
    let config = stack.config().clone();
    let browser = Browser { http: target.http(), aws: &config.aws_endpoint_url };

    let name = [json!({"Name": "email", "Value": "eve@example.com"}), json!({"Name": "name", "Value": HOSTILE})];
    let user = json!({"ClientId": config.user_pool_client_id, "Username": "eve@example.com",
                      "Password": "a phrase to sign in", "UserAttributes": name});
    browser.send("/", "AWSCognitoIdentityProviderService.SignUp", &user).await;
    let item = |sk: &str, entity: &str| {
        let item = json!({"pk": {"S": "ORG#1"}, "sk": {"S": sk}, "entity": {"S": entity}, "name": {"S": HOSTILE},
                          "organization_id": {"S": "1"}, "seats": {"N": "3"}, "roles": {"L": [{"S": "member"}]}});
        json!({"TableName": config.table_name, "Item": item})
    };
    browser.send("/", "DynamoDB_20120810.PutItem", &item("META", "organization")).await;
    browser.send("/", "DynamoDB_20120810.PutItem", &item("MEMBER#1", HOSTILE)).await;
    let text = format!("http://localhost/#token=x {HOSTILE} https://{HOSTILE}");
    let words = json!({"Subject": {"Data": HOSTILE}, "Body": {"Text": {"Data": text}, "Html": {"Data": HOSTILE}}});
    let mail =
        json!({"FromEmailAddress": HOSTILE, "Destination": {"ToAddresses": [HOSTILE]}, "Content": {"Simple": words}});
    browser.send("/v2/email/outbound-emails", "", &mail).await;
    // A request that a function answers, and one that none does.
    let preview = target.http().post(format!("{}/invitations/preview", config.api_url)).body("{\"token\": \"x\"}");
    let preview =
        preview.header("content-type", "application/json").header("user-agent", HOSTILE).send().await.unwrap();
    assert!(preview.status().is_client_error(), "{preview:?}");
    let hostile = format!("GET /nothing?q={} HTTP/1.1\r\nHost: localhost\r\n\r\n", HOSTILE.replace(' ', "+"));
    acceptance::raw::Connection::to(&config.api_url).await.unwrap().send(hostile.as_bytes()).await.unwrap();

    let requests = browser.json("/_local/requests.json").await;
    let request = requests["items"].as_array().unwrap().iter().find(|it| it["path"] == "/invitations/preview").unwrap();
    assert_eq!(
        (&request["function"], &request["status"]),
        (&json!("invitation-replies"), &json!(preview.status().as_u16()))
    );
    let line: Value = serde_json::from_str(request["lines"][0].as_str().unwrap()).unwrap();
    assert_eq!(line["correlation_id"], request["requestId"], "{request}");
    let user = &browser.json("/_local/users.json").await["items"][0];
    let (sub, code) = (user["sub"].as_str().unwrap(), user["codes"][0]["code"].as_str().unwrap());
    assert_eq!(browser.json("/_local/organizations.json").await["items"][0]["name"], HOSTILE);
    let items = browser.json("/_local/items.json?pk=ORG%231").await;
    assert_eq!((&items["items"][0]["seats"], &items["items"][0]["roles"]), (&json!(3), &json!(["member"])), "{items}");

    let (_, page) = browser.open("/").await;
    for shown in
        ["eve@example.com", sub, code, "ORG%231", "POST /invitations/preview", "correlation_id", "post-confirmation"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(page.contains("<a href=\"http://localhost/#token=x\" rel"), "a link in an email can be followed: {page}");
    for path in
        ["/", "/_local", "/_local/", "/_local/items?pk=ORG%231", "/_local/items?pk=%3Cscript%3E", "/_local/inbox"]
    {
        let (headers, page) = browser.open(path).await;
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        let policy = headers.get("content-security-policy").map(HeaderValue::to_str).unwrap().unwrap();
        let directives: Vec<_> = policy.split("; ").collect();
        assert!(
            directives.contains(&"default-src 'none'") && directives.contains(&"frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("script-src") && (!policy.contains("unsafe") || path == "/_local/inbox"), "{policy}");
        for acting in ["<script", "<img", "<b>", "\"'>"] {
            assert!(!page.contains(acting), "{path} has {acting}: {page}");
        }
        assert!(page.contains("&#60;script"), "{path} shows the text: {page}");
    }
}
