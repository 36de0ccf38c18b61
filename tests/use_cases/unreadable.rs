//! An item that cannot be read takes away nothing but itself: lists, and the `GET /me` of everybody whom it concerns, do
//! without it and leave a line in the log that says which field of which kind of item it was, and never what it held (I11).

use std::{
    io,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;

use crate::world::{Answer, MEMBER, World};

/// What the damaged fields hold.
const PLANTED: &str = "eve@planted.example";

/// What the functions log while this exists.
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

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        tracing::subscriber::set_default(shared::telemetry::subscriber("info", move || log.clone()))
    }

    /// The errors since the last call.
    fn errors(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("planted"), "{text}");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let errors = lines.iter().filter(|line| line["level"] == "ERROR");
        errors
            .map(|line| format!("{}: {}", line["message"].as_str().unwrap(), line["error"].as_str().unwrap()))
            .collect()
    }
}

fn left_out(entity: &str, field: &str) -> String {
    format!("an item was left out of a list: an item of kind {entity} cannot be read: {field} has no usable value")
}

fn failed(entity: &str, field: &str) -> String {
    format!(
        "the request failed: the table returned an unexpected response: an item of kind {entity} cannot be read: {field} has no usable value"
    )
}

async fn damage(world: &World, pk: &str, sk: &str, field: &str, value: AttributeValue) {
    let update = world.operation(pk, sk, "SET #field = :value").expression_attribute_names("#field", field);
    update.expression_attribute_values(":value", value).send().await.unwrap();
}

fn planted() -> AttributeValue {
    AttributeValue::S(PLANTED.to_owned())
}

/// One text of every item of a list.
fn listed(answer: &Answer, list: &str, text: &str) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json[list].as_array().unwrap().iter().map(|item| item[text].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_member_who_cannot_be_read_is_left_out_of_the_list_only() {
    let (world, log) = (World::new().await, Log::default());
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "bob", MEMBER).await;
    world.join("ada", &organization, "dan", MEMBER).await;
    let roles = AttributeValue::Ss(vec![PLANTED.to_owned()]);
    damage(&world, &format!("ORG#{organization}"), "MEMBER#bob", "roles", roles).await;
    let path = format!("/organizations/{organization}");

    let guard = log.listen();
    let members = world.call("ada", "GET", &format!("{path}/members"), None).await;
    assert_eq!(listed(&members, "items", "userId"), ["ada", "dan"]);
    assert_eq!(log.errors(), [left_out("member", "roles")]);
    // The page that would have held the item is short, and the next one begins where it would have.
    let page = world.call("ada", "GET", &format!("{path}/members?limit=2"), None).await;
    assert_eq!(listed(&page, "items", "userId"), ["ada"]);
    let next = format!("{path}/members?limit=2&cursor={}", page.text("/nextCursor"));
    assert_eq!(listed(&world.call("ada", "GET", &next, None).await, "items", "userId"), ["dan"]);
    assert_eq!(log.errors(), [left_out("member", "roles")]);

    // The item alone.
    world.call("ada", "GET", &format!("{path}/members/bob"), None).await.expect(500, "internal-error");
    assert_eq!(log.errors(), [failed("member", "roles")]);
    world.call("ada", "GET", &format!("{path}/members/dan"), None).await.expect(200, "");
    // Nobody's right is read from an item that cannot be read, and a stranger learns nothing of it (R12).
    world.call("bob", "GET", &format!("{path}/members"), None).await.expect(500, "internal-error");
    world.sign_up("eve", None).await;
    log.errors();
    for path in [format!("{path}/members/bob"), format!("{path}/members")] {
        world.call("eve", "GET", &path, None).await.expect(404, "organization-not-found");
    }
    log.errors();

    // Whoever it is about is told about everything else.
    let me = world.call("bob", "GET", "/me", None).await;
    assert!(listed(&me, "organizations", "organizationId").is_empty());
    assert_eq!(log.errors(), [left_out("member", "roles")]);
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(listed(&me, "organizations", "organizationId"), [organization]);
    assert_eq!(log.errors(), [""; 0]);
    drop(guard);
}

#[tokio::test]
async fn an_invitation_that_cannot_be_read_is_left_out_of_the_list_only() {
    let (world, log) = (World::new().await, Log::default());
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/invitations");
    for user in ["bob", "dan", "kim"] {
        world.invite("ada", &organization, &format!("{user}@example.com"), MEMBER).await;
    }
    let all = world.call("ada", "GET", &path, None).await;
    let ids = listed(&all, "items", "invitationId");
    damage(&world, &format!("ORG#{organization}"), &format!("INVITATION#{}", ids[1]), "delivery_at", planted()).await;

    let _guard = log.listen();
    for query in ["", "?status=pending"] {
        let left = world.call("ada", "GET", &format!("{path}{query}"), None).await;
        assert_eq!(listed(&left, "items", "invitationId"), [ids[0].clone(), ids[2].clone()], "{query}");
        assert_eq!(log.errors(), [left_out("invitation", "delivery_at")]);
    }
    world.call("ada", "GET", &format!("{path}/{}", ids[1]), None).await.expect(500, "internal-error");
    assert_eq!(log.errors(), [failed("invitation", "delivery_at")]);
    world.sign_up("eve", None).await;
    log.errors();
    let answer = world.call("eve", "GET", &format!("{path}/{}", ids[1]), None).await;
    answer.expect(404, "organization-not-found");
    assert_eq!(log.errors(), [""; 0]);
}

#[tokio::test]
async fn an_organization_that_cannot_be_read_takes_no_other_away() {
    let (world, log) = (World::new().await, Log::default());
    let (whole, damaged) = (world.creator("ada").await, world.creator("eve").await);
    world.sign_up("bob", None).await;
    for (actor, organization) in [("ada", &whole), ("eve", &damaged)] {
        let token = world.invite(actor, organization, "bob@example.com", MEMBER).await;
        world.accept("bob", &token).await.expect(200, "");
    }
    let meta = format!("ORG#{damaged}");
    damage(&world, &meta, "META", "created_at", planted()).await;

    let _guard = log.listen();
    let me = world.call("bob", "GET", "/me", None).await;
    assert_eq!(listed(&me, "organizations", "organizationId"), std::slice::from_ref(&whole));
    assert_eq!(log.errors(), [left_out("organization", "created_at")]);
    let mine = world.call("bob", "GET", "/organizations", None).await;
    assert_eq!(listed(&mine, "items", "organizationId"), std::slice::from_ref(&whole));
    assert_eq!(log.errors(), [left_out("organization", "created_at")]);
    for path in ["", "/settings"] {
        let path = format!("/organizations/{damaged}{path}");
        world.call("eve", "GET", &path, None).await.expect(500, "internal-error");
        assert_eq!(log.errors(), [failed("organization", "created_at")]);
        world.call("ada", "GET", &path, None).await.expect(404, "organization-not-found");
        assert_eq!(log.errors(), [""; 0], "a stranger's request reads nothing of it");
    }

    // The pointer to it, which is in bob's own partition.
    damage(&world, "USER#bob", &format!("ORG#{damaged}"), "organization_id", planted()).await;
    let me = world.call("bob", "GET", "/me", None).await;
    assert_eq!(listed(&me, "organizations", "organizationId"), std::slice::from_ref(&whole));
    let mine = world.call("bob", "GET", "/organizations", None).await;
    assert_eq!(listed(&mine, "items", "organizationId"), [whole]);
    assert_eq!(
        log.errors(),
        [left_out("membership_pointer", "organization_id"), left_out("membership_pointer", "organization_id")]
    );
}

#[tokio::test]
async fn a_workspace_that_cannot_be_read_leaves_the_settings_open() {
    let (world, log) = (World::new().await, Log::default());
    let organization = world.creator("ada").await;
    let pk = format!("ORG#{organization}");
    let items = world.items(&pk).await;
    let default = items.iter().find(|item| item["entity"] == "workspace").unwrap()["sk"].as_str().unwrap().to_owned();
    // Another one, as an item of the same kind.
    let other = "ws_0190a6a4-7b3c-7def-8123-0000000000cc";
    let create = "SET entity = :entity, organization_id = :organization, workspace_id = :id, #name = :name, is_default = :no, created_at = :at, version = :id";
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let create = world
        .operation(&pk, &format!("WORKSPACE#{other}"), create)
        .expression_attribute_names("#name", "name")
        .expression_attribute_values(":entity", text("workspace"))
        .expression_attribute_values(":organization", text(&organization))
        .expression_attribute_values(":id", text(other))
        .expression_attribute_values(":name", text("Another"))
        .expression_attribute_values(":no", AttributeValue::Bool(false))
        .expression_attribute_values(":at", text("2026-01-02T03:04:05.678Z"));
    create.send().await.unwrap();
    damage(&world, &pk, &default, "workspace_id", planted()).await;

    let _guard = log.listen();
    let tab = world.call("ada", "GET", &format!("/organizations/{organization}/settings/workspaces"), None).await;
    assert_eq!(listed(&tab, "workspaces", "workspaceId"), [other]);
    assert_eq!(log.errors(), [left_out("workspace", "workspace_id")]);
    let list = world.call("ada", "GET", &format!("/organizations/{organization}/workspaces"), None).await;
    assert_eq!(listed(&list, "items", "workspaceId"), [other]);
    assert_eq!(log.errors(), [left_out("workspace", "workspace_id")]);
}

#[tokio::test]
async fn a_user_who_cannot_be_read_is_alone_with_it() {
    let (world, log) = (World::new().await, Log::default());
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "bob", MEMBER).await;
    damage(&world, "USER#bob", "PROFILE", "onboarding", planted()).await;

    let _guard = log.listen();
    world.call("bob", "GET", "/me", None).await.expect(500, "internal-error");
    assert_eq!(log.errors(), [failed("user", "onboarding")]);
    let members = world.call("ada", "GET", &format!("/organizations/{organization}/members"), None).await;
    assert_eq!(listed(&members, "items", "userId"), ["ada", "bob"]);
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(listed(&me, "organizations", "organizationId"), [organization]);
    assert_eq!(log.errors(), [""; 0]);
}

/// Words that this release refuses to write, as an earlier one with looser rules may have stored them.
#[tokio::test]
async fn words_that_are_not_written_any_more_are_shown_as_they_are() {
    let (world, log) = (World::new().await, Log::default());
    let organization = world.creator("ada").await;
    let pk = format!("ORG#{organization}");
    let stored = "<b>Acme\u{202e} https://evil.example/pay";
    damage(&world, &pk, "META", "name", AttributeValue::S(stored.to_owned())).await;
    damage(&world, &pk, "MEMBER#ada", "email", AttributeValue::S("ä..b@example".to_owned())).await;

    let _guard = log.listen();
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(listed(&me, "organizations", "name"), [stored]);
    let members = world.call("ada", "GET", &format!("/organizations/{organization}/members"), None).await;
    assert_eq!(listed(&members, "items", "email"), ["ä..b@example"]);
    let settings = world.call("ada", "GET", &format!("/organizations/{organization}/settings/general"), None).await;
    assert_eq!(settings.status, 200, "{}", settings.json);
    assert_eq!(log.errors(), [""; 0]);
}
