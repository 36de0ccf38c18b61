//! An operator has a mail sent again, with the expressions of docs/operations.md.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::metrics::Metric;

use crate::world::{Behavior, MEMBER, World};

/// What docs/operations.md passes with this option, in single quotes.
fn documented(option: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md");
    let page = std::fs::read_to_string(path).unwrap();
    page.split_once(&format!("{option} '")).unwrap().1.split('\'').next().unwrap().to_owned()
}

async fn invitation(world: &World, organization: &str) -> Value {
    let items = world.items(&format!("ORG#{organization}")).await;
    items.into_iter().find(|item| item["entity"] == "invitation").unwrap()
}

/// Whether the condition held.
async fn requeue(world: &World, organization: &str) -> bool {
    let item = invitation(world, organization).await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let (pk, sk) = (item["pk"].as_str().unwrap(), item["sk"].as_str().unwrap());
    let update = world
        .operation(pk, sk, &documented("--update-expression"))
        .condition_expression(documented("--condition-expression"))
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":pending", text("pending"))
        .expression_attribute_values(":queued", text("queued"))
        .expression_attribute_values(":sending", text("sending"))
        .expression_attribute_values(":failed", text("failed"))
        .expression_attribute_values(":none", AttributeValue::Null(true))
        .expression_attribute_values(":zero", AttributeValue::N("0".to_owned()))
        .expression_attribute_values(":now", text(&world.environment.now().to_string()));
    match update.send().await {
        Ok(_) => true,
        Err(error) => {
            assert!(error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()));
            false
        }
    }
}

async fn invited(world: &World) -> (String, String) {
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/invitations");
    let body = json!({"email": "eve@example.com", "roles": MEMBER});
    let answer = world.call("ada", "POST", &path, Some(body)).await;
    let path = format!("{path}/{}", answer.text("/invitationId"));
    (organization, path)
}

#[tokio::test]
async fn a_mail_that_was_refused_for_good_is_sent_and_starts_anew() {
    let world = World::new().await;
    let (organization, path) = invited(&world).await;
    world.inbox.behave([Behavior::RefuseForGood, Behavior::RefuseForNow]);
    world.deliver(&organization).await;
    assert_eq!(world.call("ada", "GET", &path, None).await.text("/delivery/status"), "failed");
    assert!(requeue(&world, &organization).await);
    let queued = world.call("ada", "GET", &path, None).await;
    assert_eq!(queued.json["delivery"]["status"], "queued");
    assert_eq!(queued.json["delivery"]["reason"], Value::Null);
    world.deliver(&organization).await;
    assert_eq!(invitation(&world, &organization).await["mail_attempts"], 1);
    world.pass(std::time::Duration::from_secs(15));
    world.send_due().await;
    assert_eq!(world.call("ada", "GET", &path, None).await.text("/delivery/status"), "sent");
    world.sign_up("eve", None).await;
    world.accept("eve", &world.inbox.token("eve@example.com")).await.expect(200, "");
    assert_eq!((world.counted.total(Metric::MailsFailed), world.counted.total(Metric::MailsSent)), (1, 1));
    world.check_invariants(&organization, &["ada", "eve"]).await;
}

#[tokio::test]
async fn a_mail_that_waits_is_sent_at_once() {
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    world.inbox.behave([Behavior::RefuseForNow]);
    world.deliver(&organization).await;
    assert_eq!(invitation(&world, &organization).await["delivery_status"], "sending");
    assert!(requeue(&world, &organization).await);
    world.deliver(&organization).await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
}

/// What an earlier release left without an instant at which it is due is found once an operator has queued it again.
#[tokio::test]
async fn the_schedule_finds_what_was_queued_again_without_the_stream() {
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    let item = invitation(&world, &organization).await;
    let (pk, sk) = (item["pk"].as_str().unwrap(), item["sk"].as_str().unwrap());
    world.operation(pk, sk, "REMOVE mail_due_at").send().await.unwrap();
    world.pass(std::time::Duration::from_secs(3600));
    world.send_due().await;
    assert!(world.inbox.taken().is_empty());
    assert!(requeue(&world, &organization).await);
    world.send_due().await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
}

#[tokio::test]
async fn what_is_sent_answered_or_over_is_left_alone() {
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    world.deliver(&organization).await;
    assert!(!requeue(&world, &organization).await, "sent");
    let token = json!({"token": world.inbox.token("eve@example.com")});
    world.call("x", "POST", "/invitations/decline", Some(token)).await.expect(204, "");
    assert!(!requeue(&world, &organization).await, "declined");
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    world.pass(std::time::Duration::from_secs(8 * 24 * 3600));
    assert!(!requeue(&world, &organization).await, "expired");
}
