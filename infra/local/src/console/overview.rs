//! The first page: what runs, and what has happened.

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use stack_template::{Function, Source};

use super::{
    items::{Items, encoded, text},
    page as respond,
    requests::Request,
};
use crate::{
    cognito::UserView,
    config::Config,
    endpoint::{Endpoint, Services},
    iam::PermissionsReport,
    inbox::Mail,
};

/// The inbox has a page of its own.
const MOST_MAILS: usize = 20;

#[derive(Template)]
#[template(path = "console.html")]
struct Overview<'a> {
    config: &'a Config,
    settings: Vec<(String, String)>,
    functions: Vec<FunctionView<'a>>,
    requests: Vec<Request>,
    other_lines: Vec<String>,
    users: Option<Vec<UserView>>,
    organizations: Result<Items, String>,
    mails: Vec<Mail>,
    mail_count: usize,
    dead_letters: usize,
    permissions: PermissionsReport,
}

struct FunctionView<'a> {
    name: &'a str,
    sources: Vec<String>,
    timeout_seconds: u64,
    busy: usize,
    idle: usize,
    variables: Vec<(&'a String, &'a String)>,
}

impl<'a> FunctionView<'a> {
    fn new(services: &Endpoint, function: &'a Function) -> Self {
        let (busy, idle) = services.lambda.environments(&function.name);
        Self {
            name: &function.name,
            sources: function.sources.iter().map(source).collect(),
            timeout_seconds: function.timeout.as_secs(),
            busy,
            idle,
            variables: function.environment.iter().collect(),
        }
    }
}

fn source(source: &Source) -> String {
    match source {
        Source::Http(route) => format!("{} {}", route.method, route.path),
        Source::Cognito(trigger) => format!("Cognito trigger {trigger}"),
        Source::Stream(_) => "the table's stream".to_owned(),
        Source::Schedule(schedule) => format!("every {} s, and POST /_local/schedules/…", schedule.every.as_secs()),
        Source::Rule(_) => "a rule of EventBridge".to_owned(),
        Source::NotDriven(kind) => format!("{kind}, not driven here"),
    }
}

fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `GET /_local`, and `GET /` for a browser.
pub(crate) async fn page(State(services): Services) -> Response {
    let (requests, other_lines) = services.requests.with_lines(&services.logs.recent());
    let shown = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    // Whatever config.json says, but the functions, which have a table of their own.
    let settings = json!(services.config).as_object().cloned().unwrap_or_default().into_iter();
    let settings = settings.filter(|(name, _)| name != "functions");
    respond(&Overview {
        config: &services.config,
        settings: settings.map(|(name, value)| (name, shown(value))).collect(),
        functions: services.functions.iter().map(|function| FunctionView::new(&services, function)).collect(),
        requests,
        other_lines,
        users: services.user_pool.users(),
        organizations: services.table.organizations().await,
        mails: services.inbox.newest(MOST_MAILS),
        mail_count: services.inbox.count(),
        dead_letters: services.dead_letters.list()["items"].as_array().map_or(0, Vec::len),
        permissions: services.permissions.report(),
    })
}
