//! The events that invoke the functions, as AWS sends them.

use axum::body::Bytes;
use serde_json::{Map, Value, json};

/// The app client whose tokens the functions accept.
pub(crate) const CLIENT: &str = "client";

/// A request to the HTTP API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) user: &'a str,
    /// `GET /organizations/{organizationId}`
    pub(crate) route: &'a str,
    /// What stands for the names in the route.
    pub(crate) path: &'a [(&'a str, &'a str)],
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) body: Option<Value>,
}

impl Request<'_> {
    /// API Gateway's payload format 2.0, with the headers that a browser sends.
    pub(crate) fn event(&self) -> Bytes {
        let (method, mut path) = match self.route.split_once(' ') {
            Some((method, path)) => (method, path.to_owned()),
            None => ("GET", self.route.to_owned()),
        };
        for (name, value) in self.path {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        let query: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36";
        let mut event = json!({
            "version": "2.0", "routeKey": self.route, "rawPath": path, "rawQueryString": query.join("&"),
            "headers": {
                "accept": "*/*", "accept-encoding": "gzip, deflate, br", "host": "api.example.com", "user-agent": agent,
                "authorization": format!("Bearer {}", "x".repeat(900)), "content-type": "application/json",
                "x-amzn-trace-id": "Root=1-00000000-000000000000000000000000", "x-forwarded-for": "203.0.113.7",
                "x-forwarded-port": "443", "x-forwarded-proto": "https"
            },
            "requestContext": {
                "accountId": "000000000000", "apiId": "local", "domainName": "api.example.com", "domainPrefix": "api",
                "requestId": "JKJaXmPLvHcESHA=", "routeKey": self.route, "stage": "$default",
                "time": "24/Nov/2026:12:00:00 +0000", "timeEpoch": 1_795_521_600_000_u64,
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": agent},
                "authorizer": {"jwt": {"claims": claims(self.user), "scopes": null}}
            },
            "isBase64Encoded": false
        });
        // Its routes require the header.
        if method == "PATCH" {
            event["headers"]["if-match"] = json!("*");
        }
        if !self.path.is_empty() {
            event["pathParameters"] = object(self.path);
        }
        if !self.query.is_empty() {
            event["queryStringParameters"] = object(self.query);
        }
        if let Some(body) = &self.body {
            event["body"] = json!(body.to_string());
        }
        event.to_string().into()
    }
}

/// The claims of an access token, which API Gateway hands on as texts.
fn claims(user: &str) -> Value {
    json!({
        "sub": user, "username": user, "client_id": CLIENT, "token_use": "access",
        "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example", "scope": "aws.cognito.signin.user.admin",
        "origin_jti": "00000000-0000-4000-8000-000000000007", "event_id": "00000000-0000-4000-8000-000000000008",
        "jti": "00000000-0000-4000-8000-000000000009", "auth_time": "1795521600", "exp": "1795522500", "iat": "1795521600"
    })
}

fn object(pairs: &[(&str, &str)]) -> Value {
    Value::Object(pairs.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<Map<_, _>>())
}

/// Cognito's post confirmation trigger, for a user who names an organization or none.
pub(crate) fn post_confirmation(user: &str, organization: Option<&str>) -> Bytes {
    let metadata = organization.map_or_else(|| json!({}), |name| json!({"organizationName": name}));
    let event = json!({
        "version": "1", "triggerSource": "PostConfirmation_ConfirmSignUp", "region": "us-east-1",
        "userPoolId": "us-east-1_Example", "userName": user,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": CLIENT},
        "request": {
            "userAttributes": {
                "sub": user, "email": format!("{user}@example.com"), "email_verified": "true", "given_name": "Ada",
                "family_name": "Lovelace", "cognito:user_status": "CONFIRMED"
            },
            "clientMetadata": metadata
        },
        "response": {}
    });
    event.to_string().into()
}

/// What EventBridge brings about a mail that was delivered. `mail`: the request that sent it.
pub(crate) fn delivered(mail: &Value) -> Bytes {
    let tags = mail["EmailTags"].as_array().into_iter().flatten();
    let mut tags: serde_json::Map<String, Value> =
        tags.map(|tag| (tag["Name"].as_str().unwrap_or_default().to_owned(), json!([tag["Value"]]))).collect();
    tags.insert("ses:configuration-set".to_owned(), json!(["set"]));
    let to = &mail["Destination"]["ToAddresses"];
    let event = json!({
        "version": "0", "id": "1", "detail-type": "Email Delivered", "source": "aws.ses", "account": "000000000000",
        "time": "2026-11-25T00:00:00Z", "region": "us-east-1", "resources": [],
        "detail": {
            "eventType": "Delivery",
            "mail": {
                "timestamp": "2026-11-25T00:00:00.000Z", "source": mail["FromEmailAddress"], "messageId": "1",
                "destination": to, "headersTruncated": false, "headers": [{"name": "Subject", "value": "Join us"}],
                "commonHeaders": {"to": to, "subject": "Join us"}, "tags": tags
            },
            "delivery": {
                "timestamp": "2026-11-25T00:00:00.000Z", "processingTimeMillis": 500, "recipients": to,
                "smtpResponse": "250 2.6.0 Message received", "reportingMTA": "smtp-out.example"
            }
        }
    });
    event.to_string().into()
}

/// What the table's stream says of a new item.
pub(crate) fn stream(item: &Value) -> Bytes {
    let record = json!({
        "eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/organizations/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_521_600, "SequenceNumber": "1", "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE", "Keys": {"pk": item["pk"], "sk": item["sk"]}, "NewImage": item
        }
    });
    json!({"Records": [record]}).to_string().into()
}
