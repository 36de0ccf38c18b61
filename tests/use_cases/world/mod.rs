//! The product in one process.

mod answer;
mod billed;
mod clock;
mod counted;
mod feedback;
mod inbox;
mod invariants;
mod outside;
mod planted;
mod routes;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_dynamodb::{
    config::{Credentials, SharedCredentialsProvider, SharedHttpClient},
    operation::update_item::builders::UpdateItemFluentBuilder,
};
use jiff::SignedDuration;
use local_stack::{Data, Engine, Options};
use post_confirmation::PostConfirmation;
use serde_json::{Value, json};
use shared::{
    configuration::Variables,
    deadline::Deadline,
    environment::Environment,
    start::{Connections, Start},
    table::StoreError,
    telemetry::Invocation,
};

pub(crate) use answer::Answer;
pub(crate) use billed::Snapshot;
pub(crate) use clock::Clock;
pub(crate) use counted::Counted;
pub(crate) use feedback::Reported;
pub(crate) use inbox::{Behavior, Inbox, Quota, Taken};
pub(crate) use outside::{Pool, stream_record};
use routes::Functions;

pub(crate) const CLIENT: &str = "client-1";

/// Names another engine to run against, for example DynamoDB Local. Without it each world has an embedded one.
pub(crate) const ENGINE: &str = "USE_CASES_DYNAMODB_URL";

/// `Timeout` of the mailer.
const MAILER_TIMEOUT: SignedDuration = SignedDuration::from_secs(60);

/// `Timeout` of the sweeper.
const SWEEPER_TIMEOUT: SignedDuration = SignedDuration::from_secs(120);

/// Seats of a new organization here.
pub(crate) const SEATS: u64 = 5;

/// An engine with an empty table and every function in front of it.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) environment: Environment,
    pub(crate) pool: Arc<Pool>,
    pub(crate) inbox: Inbox,
    /// What the functions counted.
    pub(crate) counted: Counted,
    functions: Functions,
    trigger: PostConfirmation,
    mailer: invitation_mailer::InvitationMailer,
    feedback: mail_feedback::MailFeedback,
    sweeper: invitation_sweeper::InvitationSweeper,
    client: aws_sdk_dynamodb::Client,
    table_name: String,
    pub(crate) clock: Clock,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_seats(SEATS).await
    }

    pub(crate) async fn with_seats(seat_limit: u64) -> Self {
        Self::with_limits(seat_limit, 1000, 1000).await
    }

    /// `inviter`, `organization`: how many invitations each may make on one day.
    pub(crate) async fn with_limits(seat_limit: u64, inviter: u32, organization: u32) -> Self {
        Self::with_all_limits(seat_limit, [inviter, organization, 1000], 0).await
    }

    /// Each address gets this many emails on one day.
    pub(crate) async fn with_emails_per_address(address: u32) -> Self {
        Self::with_all_limits(SEATS, [1000, 1000, address], 0).await
    }

    /// Invited people are reminded so many hours before the expiry.
    pub(crate) async fn with_reminders(hours: u16) -> Self {
        Self::with_all_limits(1000, [1000, 1000, 3], hours).await
    }

    /// Audit records are kept for so many days.
    pub(crate) async fn with_retention(days: u16) -> Self {
        Self::with_everything(1000, [1000; 3], 0, days).await
    }

    /// Seats; invitations of one inviter, of one organization, and emails to one address, each on one day; hours of reminders.
    pub(crate) async fn with_all_limits(seat_limit: u64, limits: [u32; 3], reminder_hours: u16) -> Self {
        Self::with_everything(seat_limit, limits, reminder_hours, 0).await
    }

    async fn with_everything(
        seat_limit: u64,
        [inviter, organization, address]: [u32; 3],
        reminder_hours: u16,
        retention_days: u16,
    ) -> Self {
        let engine = match std::env::var(ENGINE) {
            Ok(url) => Engine::before(&url).await.unwrap(),
            Err(_) => Engine::start(Data::Memory).await.unwrap(),
        };
        let table_name = table_name();
        engine.create_table_without_stream(&Options::default().template().unwrap(), &table_name).await.unwrap();
        let clock = Clock::new();
        let counted = Counted::default();
        let pool = Arc::new(Pool::default());
        let inbox = Inbox::new(clock.clone());
        let [inviter, organization, address] = [inviter, organization, address].map(|limit| limit.to_string());
        let (seats, reminder_hours) = (seat_limit.to_string(), reminder_hours.to_string());
        let retention_days = retention_days.to_string();
        let start = Start {
            variables: Variables::from_iter([
                ("TABLE_NAME", table_name.as_str()),
                ("AUDIT_RETENTION_DAYS", &retention_days),
                ("USER_POOL_CLIENT_IDS", CLIENT),
                ("SUPPORT_URL", "https://support.example.com"),
                ("DEFAULT_WORKSPACE_NAME", "Default workspace"),
                ("SEAT_LIMIT", &seats),
                ("WORKSPACE_LIMIT", "4"),
                ("WORKSPACE_ROLES", "manager,agent"),
                ("INVITATION_EXPIRY_DAYS", "7"),
                ("INVITATIONS_PER_INVITER_PER_DAY", &inviter),
                ("INVITATIONS_PER_ORGANIZATION_PER_DAY", &organization),
                ("INVITATION_EMAILS_PER_ADDRESS_PER_DAY", &address),
                ("INVITATION_REMINDER_HOURS", &reminder_hours),
                ("ACCEPT_IN_APP", "true"),
                ("ACCEPTANCE_EMAILS", "true"),
                ("IDENTITY_CHECKS_PER_MINUTE", "1000"),
                ("PRODUCT_NAME", "Example"),
                ("ACCENT_COLOR", "#0b57d0"),
                ("DEFAULT_LOCALE", "en"),
                ("APP_URL", "https://app.example.com"),
            ]),
            sdk: sdk(engine.endpoint_url()),
            environment: environment(&clock).with_metrics(counted.metrics()),
            directory: Some(pool.clone()),
            post_office: Some(Arc::new(inbox.clone())),
            connections: Connections::default(),
        };
        Self {
            functions: Functions::new(&start),
            trigger: PostConfirmation::new(&start).unwrap(),
            mailer: invitation_mailer::InvitationMailer::new(&start).unwrap(),
            feedback: mail_feedback::MailFeedback::new(&start).unwrap(),
            sweeper: invitation_sweeper::InvitationSweeper::new(&start).unwrap(),
            client: aws_sdk_dynamodb::Client::new(&start.sdk),
            environment: start.environment,
            engine,
            pool,
            inbox,
            counted,
            table_name,
            clock,
        }
    }

    /// Lets time pass, for the functions only.
    pub(crate) fn pass(&self, duration: Duration) {
        self.clock.pass(SignedDuration::try_from(duration).unwrap());
    }

    /// A request to the HTTP API as `user`.
    pub(crate) async fn call(&self, user: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call_with(user, method, path, body, &[]).await
    }

    pub(crate) async fn call_with(
        &self,
        user: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.functions.respond(user, method, path, body, headers, None).await
    }

    /// A request to a function that Lambda ends after `time`.
    pub(crate) async fn call_within(&self, user: &str, method: &str, path: &str, time: Duration) -> Answer {
        let deadline = self.environment.now().as_milliseconds() + i64::try_from(time.as_millis()).unwrap();
        self.functions.respond(user, method, path, None, &[], Some(deadline.try_into().unwrap())).await
    }

    /// Signs somebody up whose address is `{user}@example.com`; the trigger runs.
    pub(crate) async fn sign_up(&self, user: &str, organization: Option<&str>) {
        let email = format!("{user}@example.com");
        self.pool.add(user, &email);
        let event = sign_up_event(user, &email, organization);
        assert_eq!(self.trigger.handle(event.clone(), &Invocation::default()).await, event);
    }

    /// The trigger alone, with an event of the test's own.
    pub(crate) async fn trigger(&self, event: Value) -> Value {
        self.trigger.handle(event, &Invocation::default()).await
    }

    /// Somebody with an organization; answers with its id.
    pub(crate) async fn creator(&self, user: &str) -> String {
        self.sign_up(user, Some("Acme")).await;
        self.owned(user).await
    }

    /// The id of the only organization of somebody.
    pub(crate) async fn owned(&self, user: &str) -> String {
        let me = self.call(user, "GET", "/me", None).await;
        me.json["organizations"][0]["organizationId"].as_str().unwrap().to_owned()
    }

    /// Invites and lets the stream do its work; answers with the token from the mail.
    pub(crate) async fn invite(&self, actor: &str, organization: &str, email: &str, roles: &[&str]) -> String {
        let body = json!({ "email": email, "roles": roles });
        let path = format!("/organizations/{organization}/invitations");
        let answer = self.call(actor, "POST", &path, Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        self.deliver(organization).await;
        self.inbox.token(email)
    }

    /// Somebody signs up because they were invited, and accepts.
    pub(crate) async fn join(&self, actor: &str, organization: &str, user: &str, roles: &[&str]) {
        let token = self.invite(actor, organization, &format!("{user}@example.com"), roles).await;
        self.sign_up(user, None).await;
        let answer = self.accept(user, &token).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
    }

    pub(crate) async fn accept(&self, user: &str, token: &str) -> Answer {
        self.call(user, "POST", "/invitations/accept", Some(json!({ "token": token }))).await
    }

    pub(crate) async fn set_roles(&self, actor: &str, organization: &str, user: &str, roles: &[&str]) -> Answer {
        let path = format!("/organizations/{organization}/members/{user}/roles");
        self.call(actor, "PUT", &path, Some(json!({ "roles": roles }))).await
    }

    pub(crate) async fn remove(&self, actor: &str, organization: &str, user: &str) -> Answer {
        self.call(actor, "DELETE", &format!("/organizations/{organization}/members/{user}"), None).await
    }

    /// Hands every invitation whose mail was not taken up yet to the mailer, as the stream would.
    pub(crate) async fn deliver(&self, organization: &str) {
        let items = self.items(&format!("ORG#{organization}")).await;
        let queued = items.iter().filter(|item| item["entity"] == "invitation" && item["delivery_status"] == "queued");
        self.mailer(queued.map(outside::stream_record).collect()).await;
    }

    /// The mailer with records of the test's own.
    pub(crate) async fn mailer(&self, records: Vec<Value>) {
        self.invoke_mailer(json!({ "Records": records }), MAILER_TIMEOUT).await;
    }

    /// The mailer as its schedule calls it.
    pub(crate) async fn send_due(&self) {
        self.invoke_mailer(json!({ "task": "send-due-mails" }), MAILER_TIMEOUT).await;
    }

    /// The mailer with that much time left.
    pub(crate) async fn invoke_mailer(&self, event: Value, left: SignedDuration) {
        let deadline = Deadline::at(self.environment.now().plus(left));
        let occasion = serde_json::from_value(event).unwrap();
        self.mailer.handle(occasion, &Invocation::default(), deadline).await.unwrap();
    }

    /// The sweeper as its schedule calls it.
    pub(crate) async fn sweep(&self) {
        self.try_sweep(SWEEPER_TIMEOUT).await.unwrap();
    }

    /// The sweeper with that much time left.
    pub(crate) async fn try_sweep(&self, left: SignedDuration) -> Result<(), StoreError> {
        let deadline = Deadline::at(self.environment.now().plus(left));
        self.sweeper.handle(&Invocation::default(), deadline).await
    }

    /// The table as the functions have it.
    pub(crate) fn table(&self) -> shared::table::Table {
        let (client, environment) = (self.client.clone(), self.environment.clone());
        shared::table::Table::new(client, &self.table_name, environment, SignedDuration::from_secs(5))
    }

    /// Spares the sweeper the walk over the hours since the table was created.
    pub(crate) async fn nothing_expired_before(&self, hours: i64) {
        let until = self.environment.now().start_of_hour().plus(SignedDuration::from_hours(-hours));
        self.table().move_watermark(shared::table::Mark::Swept, until).await.unwrap();
    }

    /// A partition of the table as it is.
    pub(crate) async fn items(&self, partition: &str) -> Vec<Value> {
        let query =
            self.client.query().table_name(&self.table_name).consistent_read(true).key_condition_expression("pk = :pk");
        let pages =
            query.expression_attribute_values(":pk", aws_sdk_dynamodb::types::AttributeValue::S(partition.into()));
        let items = pages.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
        items.into_iter().map(|item| serde_dynamo::from_item(item).unwrap()).collect()
    }

    /// One item of the table as it is.
    pub(crate) async fn item(&self, pk: &str, sk: &str) -> Value {
        use aws_sdk_dynamodb::types::AttributeValue::S;
        let get = self.client.get_item().table_name(&self.table_name).consistent_read(true);
        let answer = get.key("pk", S(pk.to_owned())).key("sk", S(sk.to_owned())).send().await.unwrap();
        serde_dynamo::from_item(answer.item.expect("an item")).unwrap()
    }

    /// An operator's deletion of one item.
    pub(crate) async fn delete(&self, pk: &str, sk: &str) {
        use aws_sdk_dynamodb::types::AttributeValue::S;
        let delete = self.client.delete_item().table_name(&self.table_name);
        delete.key("pk", S(pk.to_owned())).key("sk", S(sk.to_owned())).send().await.unwrap();
    }

    /// An operator's update of one item.
    pub(crate) async fn operate(&self, pk: &str, sk: &str, update: &str, value: i64) {
        let value = aws_sdk_dynamodb::types::AttributeValue::N(value.to_string());
        self.operation(pk, sk, update).expression_attribute_values(":value", value).send().await.unwrap();
    }

    /// Likewise, to be completed by the test.
    pub(crate) fn operation(&self, pk: &str, sk: &str, update: &str) -> UpdateItemFluentBuilder {
        use aws_sdk_dynamodb::types::AttributeValue::S;
        let update = self.client.update_item().table_name(&self.table_name).update_expression(update);
        update.key("pk", S(pk.to_owned())).key("sk", S(sk.to_owned()))
    }
}

/// A table of its own for every world: another engine serves them all.
#[expect(clippy::disallowed_methods, reason = "a name, before there is an environment to ask for one")]
fn table_name() -> String {
    let mut random = [0; 8];
    getrandom::fill(&mut random).unwrap();
    format!("organizations-{}", u64::from_le_bytes(random))
}

/// What Cognito sends when somebody confirmed.
pub(crate) fn sign_up_event(user: &str, email: &str, organization: Option<&str>) -> Value {
    json!({
        "version": "1", "triggerSource": "PostConfirmation_ConfirmSignUp", "region": "us-east-1",
        "userPoolId": "us-east-1_Example", "userName": user,
        "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": CLIENT },
        "request": {
            "userAttributes": { "sub": user, "email": email, "email_verified": "true", "cognito:user_status": "CONFIRMED", "name": user },
            "clientMetadata": organization.map(|name| json!({ "organizationName": name })),
        },
        "response": {}
    })
}

fn environment(clock: &Clock) -> Environment {
    let (now, sleep) = (clock.clone(), clock.clone());
    let environment = Environment::new(move || now.now(), fill);
    environment.with_sleep(move |duration| sleep.sleep(duration))
}

#[expect(clippy::disallowed_methods, reason = "the world's randomness is the real one")]
fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).unwrap();
}

fn sdk(endpoint: &str) -> SdkConfig {
    // One HTTP client for the whole run: each would read the machine's root certificates again.
    static HTTP: Mutex<Option<SharedHttpClient>> = Mutex::new(None);
    let http = HTTP
        .lock()
        .unwrap()
        .get_or_insert_with(|| {
            // No idle connections: they belong to the runtime of the test that opened them.
            aws_smithy_http_client::Builder::new().pool_max_idle_per_host(0).build_http()
        })
        .clone();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
        .retry_config(RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(5)))
        .endpoint_url(endpoint)
        .http_client(http)
        .build()
}

/// The roles that nearly every test names.
pub(crate) const ADMIN: &[&str] = &["organization_admin"];
pub(crate) const MEMBER: &[&str] = &["member"];

/// Sends all requests at once and answers in their order.
pub(crate) async fn at_once<F: Future + Send + 'static>(requests: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F::Output: Send + 'static,
{
    let running: Vec<_> = requests.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for request in running {
        answers.push(request.await.unwrap());
    }
    answers
}
