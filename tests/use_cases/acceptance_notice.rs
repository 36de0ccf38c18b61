//! R15: the inviter hears that an invitation was accepted. That email changes nothing about the invitation's own.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::world::{ADMIN, Behavior, MEMBER, World, stream_record};

async fn notices(world: &World, organization: &str) -> Vec<Value> {
    let items = world.items(&format!("ORG#{organization}")).await;
    items.into_iter().filter(|item| item["entity"] == "acceptance_notice").collect()
}

/// Bob has accepted Ada's invitation. The records of the stream about it.
async fn accepted(world: &World) -> (String, Vec<Value>) {
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "bob", MEMBER).await;
    let records = notices(world, &organization).await.iter().map(stream_record).collect();
    (organization, records)
}

fn told(world: &World) -> usize {
    world.inbox.texts("ada@example.com").len()
}

#[tokio::test]
async fn the_inviter_is_told_once_however_often_the_stream_says_so() {
    let world = World::new().await;
    let (organization, records) = accepted(&world).await;
    assert_eq!(records.len(), 1);
    world.mailer([&records[..], &records[..]].concat()).await;
    world.mailer(records).await;
    world.pass(Duration::from_secs(600));
    world.send_due().await;
    let [text] = world.inbox.texts("ada@example.com").try_into().unwrap();
    assert!(text.contains("bob@example.com") && text.contains("https://app.example.com"), "{text}");
    assert!(!text.contains("token"), "{text}");
    assert_eq!(notices(&world, &organization).await, Vec::<Value>::new());
    let items = world.items(&format!("ORG#{organization}")).await;
    let invitation = items.iter().find(|item| item["entity"] == "invitation").unwrap();
    assert_eq!((&invitation["delivery_status"], &invitation["state"]), (&json!("sent"), &json!("accepted")));
    world.check_invariants(&organization, &["ada", "bob"]).await;
}

#[tokio::test]
async fn it_waits_while_ses_takes_nothing_and_the_schedule_sends_it() {
    let world = World::new().await;
    let (organization, records) = accepted(&world).await;
    world.inbox.behave([Behavior::RefuseForNow]);
    world.mailer(records).await;
    assert_eq!((told(&world), notices(&world, &organization).await.len()), (0, 1));
    world.pass(Duration::from_secs(600));
    world.send_due().await;
    assert_eq!((told(&world), notices(&world, &organization).await.len()), (1, 0));
}

#[tokio::test]
async fn a_process_that_dies_after_ses_accepted_sends_one_email_more_at_most() {
    let world = Arc::new(World::new().await);
    let (organization, records) = accepted(&world).await;
    world.inbox.behave([Behavior::TakeAndLoseTheAnswer]);
    world.mailer(records.clone()).await;
    world.mailer(records).await;
    world.pass(Duration::from_secs(3600));
    world.send_due().await;
    world.send_due().await;
    assert_eq!((told(&world), notices(&world, &organization).await.len()), (2, 0));
}

#[tokio::test]
async fn nobody_is_told_who_has_left_or_after_a_day() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "bob", ADMIN).await;
    world.join("bob", &organization, "eve", MEMBER).await;
    world.remove("ada", &organization, "bob").await.expect(204, "");
    let calls = world.inbox.calls();
    world.mailer(notices(&world, &organization).await.iter().map(stream_record).skip(1).collect()).await;
    world.pass(Duration::from_secs(25 * 3600));
    world.send_due().await;
    assert_eq!((world.inbox.calls(), notices(&world, &organization).await.len()), (calls, 0));
}

#[tokio::test]
async fn one_that_cannot_be_read_holds_nothing_up() {
    let world = World::new().await;
    let (organization, records) = accepted(&world).await;
    let item = notices(&world, &organization).await.remove(0);
    let (pk, sk) = (item["pk"].as_str().unwrap(), item["sk"].as_str().unwrap());
    world.operation(pk, sk, "REMOVE joined_id").send().await.unwrap();
    world.mailer(records).await;
    assert_eq!((told(&world), notices(&world, &organization).await.len()), (0, 0));
}
