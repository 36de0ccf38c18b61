//! The pages for people, and what is on them as JSON for programs. Nothing on a page can act: there is no script, and every text
//! that somebody sent is escaped by the templates.

mod items;
mod overview;
pub(crate) mod requests;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    endpoint::{Endpoint, Services, json_response},
    inbox::Mail,
};
pub(crate) use items::Table;
pub(crate) use overview::page as overview;

/// The style of every page.
pub(crate) const STYLE: &str = include_str!("../../templates/style.css");

pub(crate) fn router() -> Router<Arc<Endpoint>> {
    Router::new()
        .route("/_local", get(overview))
        .route("/_local/", get(overview))
        .route("/_local/requests.json", get(requests))
        .route("/_local/users.json", get(users))
        .route("/_local/organizations.json", get(organizations))
        .route("/_local/items", get(items_page))
        .route("/_local/items.json", get(items_json))
        .route("/_local/inbox", get(inbox))
}

/// A text in pieces, and which of them are links. Together they are the text.
fn words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let is_link = |piece: &str| piece.starts_with("https://") || piece.starts_with("http://");
    text.split_inclusive(char::is_whitespace).flat_map(move |piece| {
        let (word, space) = piece.split_at(piece.trim_end().len());
        [(word, is_link(word)), (space, false)]
    })
}

/// A page that loads nothing but its own style, runs nothing and is in no frame.
fn page(template: &impl Template) -> Response {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    respond(template, &format!("style-src 'sha256-{hash}'"))
}

fn respond(template: &impl Template, styles: &str) -> Response {
    let Ok(page) = template.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let policy = format!(
        "default-src 'none'; {styles}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(page)).into_response()
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct Inbox {
    mails: Vec<Mail>,
}

async fn inbox(State(services): Services) -> Response {
    // The HTML of an email has styles of its own. It is shut in a frame without scripts, and its policy is the page's.
    respond(&Inbox { mails: services.inbox.newest(usize::MAX) }, "style-src 'unsafe-inline'")
}

async fn requests(State(services): Services) -> Response {
    let (requests, others) = services.requests.with_lines(&services.logs.recent());
    json_response(StatusCode::OK, &json!({"items": requests, "otherLines": others}))
}

async fn users(State(services): Services) -> Response {
    json_response(StatusCode::OK, &json!({"items": services.user_pool.users().unwrap_or_default()}))
}

async fn organizations(State(services): Services) -> Response {
    answer(services.table.organizations().await)
}

#[derive(Deserialize)]
struct Partition {
    #[serde(default)]
    pk: String,
}

async fn items_page(State(services): Services, Query(Partition { pk }): Query<Partition>) -> Response {
    match services.table.partition(&pk).await {
        Ok(items) => page(&items::Page::new(pk, items)),
        Err(reason) => unreadable(&reason),
    }
}

async fn items_json(State(services): Services, Query(Partition { pk }): Query<Partition>) -> Response {
    answer(services.table.partition(&pk).await)
}

fn answer(items: Result<items::Items, String>) -> Response {
    match items {
        Ok(items) => json_response(StatusCode::OK, &json!(items)),
        Err(reason) => unreadable(&reason),
    }
}

fn unreadable(reason: &str) -> Response {
    let message: Value = format!("The table cannot be read: {reason}. See the stack's own output.").into();
    json_response(StatusCode::BAD_GATEWAY, &json!({"__type": "InternalServerError", "message": message}))
}
