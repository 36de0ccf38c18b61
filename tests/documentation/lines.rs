//! Log lines as the functions write them, one of every kind at least.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use invitation_mailer::InvitationMailer;
use invitation_sweeper::InvitationSweeper;
use jiff::SignedDuration;
use lambda_http::{Context, RequestExt};
use post_confirmation::PostConfirmation;
use serde_json::{Value, json};
use shared::{
    configuration::{InvalidConfiguration, Variables},
    deadline::Deadline,
    domain::Timestamp,
    environment::Environment,
    http::{Api, ApiRequest, Problem, Reply},
    routes,
    start::{Connections, Start},
    telemetry::{self, Invocation},
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A function that refuses every request.
struct Refusing;

routes! {
    Refusing {
        "GET /me" => refuse,
    }
}

impl Refusing {
    fn new(_: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self)
    }

    async fn refuse(&self, _: &ApiRequest) -> Result<Reply, Problem> {
        Err(Problem::organization_not_found())
    }
}

/// Functions whose table nobody answers for.
fn start(environment: Environment) -> Start {
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
        .retry_config(RetryConfig::disabled())
        .endpoint_url("http://127.0.0.1:9")
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let names =
        ["TABLE_NAME", "USER_POOL_CLIENT_IDS", "PRODUCT_NAME", "APP_URL", "SENDER_ADDRESS", "CONFIGURATION_SET"];
    let named = [
        ("DEFAULT_WORKSPACE_NAME", "Default workspace"),
        ("SEAT_LIMIT", "1"),
        ("AUDIT_RETENTION_DAYS", "0"),
        ("WORKSPACE_LIMIT", "1"),
        ("WORKSPACE_ROLES", "agent"),
        ("ACCENT_COLOR", "#0b57d0"),
        ("DEFAULT_LOCALE", "en"),
        ("INVITATION_REMINDER_HOURS", "24"),
        ("INVITATION_EMAILS_PER_ADDRESS_PER_DAY", "10"),
    ];
    let variables = Variables::from_iter(names.map(|name| (name, "any")).into_iter().chain(named));
    Start { variables, sdk, environment, directory: None, post_office: None, connections: Connections::default() }
}

async fn write_all() {
    // A clock on which every look is ten seconds later: nothing is worth a second try.
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let looks = AtomicI64::new(0);
    let clock = move || now.plus(SignedDuration::from_secs(10 * looks.fetch_add(1, Ordering::Relaxed)));
    let environment = Environment::new(clock, |bytes| bytes.fill(7));
    let mut context = Context::default();
    context.request_id = "f-1".to_owned();
    context.xray_trace_id = Some("Root=1-2-3;Parent=4;Sampled=1".to_owned());
    let event = json!({
        "version": "2.0", "routeKey": "GET /me", "rawPath": "/me", "rawQueryString": "", "headers": {}, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": "localhost", "domainPrefix": "localhost",
            "http": { "method": "GET", "path": "/me", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test" },
            "requestId": "request-1", "routeKey": "GET /me", "stage": "$default", "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 0
        }
    });
    let request = lambda_http::request::from_str(&event.to_string()).unwrap().with_lambda_context(context.clone());
    let start = start(environment);
    Api::<Refusing>::new("test", &start).unwrap().respond(request).await;

    let invocation = Invocation::from(&context);
    let event = json!({
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": { "userAttributes": { "sub": "u-1", "email": "ada@example.com", "custom:organization_name": "Acme" } }
    });
    PostConfirmation::new(&start).unwrap().handle(event, &invocation).await;

    let record =
        json!({ "awsRegion": "us-east-1", "dynamodb": { "SizeBytes": 1 }, "eventID": "1", "eventName": "MODIFY" });
    let event = serde_json::from_value(json!({ "Records": [record] })).unwrap();
    let deadline = Deadline::at(now.plus(SignedDuration::from_hours(1)));
    InvitationMailer::new(&start).unwrap().handle(event, &invocation, deadline).await.unwrap();
    InvitationSweeper::new(&start).unwrap().handle(&invocation, deadline).await.unwrap_err();
}

/// A request that is refused, a sign-up and a sweep whose table does not answer, a record that asks for no mail.
pub(super) fn of_every_kind() -> Vec<Value> {
    let log = Log::default();
    let writer = log.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let subscriber = telemetry::subscriber("info", move || writer.clone());
    tracing::subscriber::with_default(subscriber, || runtime.block_on(write_all()));
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for kind in ["request", "sign-up", "mail", "sweep", "left to the first signed-in request"] {
        let line = lines.iter().find(|line| line["message"] == kind).unwrap_or_else(|| panic!("no {kind}: {text}"));
        assert!(line["level"] == "ERROR" || line["xray_trace_id"] == "1-2-3", "{line}");
    }
    lines
}
