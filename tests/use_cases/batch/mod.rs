//! `POST …/invitations/batch`: an outcome a row, a dry run that says the same, one effect a key.

mod crashes;
mod outcomes;
mod row_by_row;

use serde_json::{Value, json};

use crate::world::{Answer, World};

pub(crate) fn path(organization: &str) -> String {
    format!("/organizations/{organization}/invitations/batch")
}

pub(crate) fn member(email: &str) -> Value {
    json!({"email": email, "roles": ["member"]})
}

async fn batch(world: &World, actor: &str, organization: &str, rows: &[Value]) -> Answer {
    world.call(actor, "POST", &path(organization), Some(json!({ "invitations": rows }))).await
}

async fn dry_run(world: &World, actor: &str, organization: &str, rows: &[Value]) -> Answer {
    world.call(actor, "POST", &path(organization), Some(json!({"invitations": rows, "dryRun": true}))).await
}

fn items(answer: &Answer) -> Vec<Value> {
    answer.expect(200, "");
    answer.json["items"].as_array().unwrap().clone()
}

/// What a dry run says of a row: all but ids and links. Both runs may be a second apart.
fn decided(mut row: Value) -> Value {
    let fields = row.as_object_mut().unwrap();
    fields.remove("invitationId");
    fields.remove("acceptUrl");
    if let Some(seconds) = fields.get_mut("retryAfter") {
        *seconds = json!("seconds");
    }
    row
}

/// The code of each row, or `invited`.
fn codes(answer: &Answer) -> Vec<String> {
    let code = |row: &Value| row["code"].as_str().unwrap_or("invited").to_owned();
    items(answer).iter().map(code).collect()
}
