//! R15, I8: a mail that SES does not take waits by itself, and is tried again until it is taken or its invitation ends.

use std::time::Duration;

use serde_json::{Value, json};
use shared::metrics::Metric;

use crate::world::{Behavior, MEMBER, World, stream_record};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
const DAY: u64 = 24 * 60;

/// An organization of `ada`'s with invitations, of which the stream has not brought any yet.
pub(crate) async fn invited(world: &World, emails: &[&str]) -> String {
    let organization = world.creator("ada").await;
    for email in emails {
        let body = json!({"email": email, "roles": MEMBER});
        let path = format!("/organizations/{organization}/invitations");
        world.call("ada", "POST", &path, Some(body)).await.expect(201, "");
    }
    organization
}

pub(crate) async fn invitations(world: &World, organization: &str) -> Vec<Value> {
    let items = world.items(&format!("ORG#{organization}")).await;
    items.into_iter().filter(|item| item["entity"] == "invitation").collect()
}

pub(crate) async fn only(world: &World, organization: &str) -> Value {
    let [item] = invitations(world, organization).await.try_into().unwrap();
    item
}

/// The schedule, minute by minute.
pub(crate) async fn minutes(world: &World, count: u64) {
    for _ in 0..count {
        world.pass(MINUTE);
        world.send_due().await;
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_is_tried_again_and_arrives_once() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    let record = stream_record(&only(&world, &organization).await);
    world.inbox.behave([Behavior::RefuseForNow, Behavior::RefuseForNow]);
    world.mailer(vec![record.clone()]).await;
    let item = only(&world, &organization).await;
    let path = format!("/organizations/{organization}/invitations/{}", item["invitation_id"].as_str().unwrap());
    let waiting = world.call("ada", "GET", &path, None).await;
    assert_eq!(waiting.text("/delivery/status"), "queued");
    assert!(waiting.text("/delivery/reason").starts_with("SendingPausedException"));
    assert_eq!(item["secret_hashes"], json!([]), "the secret never left");
    // Neither the stream nor the schedule takes it up before it is due.
    world.mailer(vec![record]).await;
    world.send_due().await;
    assert_eq!(world.inbox.calls(), 1);
    minutes(&world, 2).await;
    assert_eq!(world.call("ada", "GET", &path, None).await.text("/delivery/status"), "sent");
    minutes(&world, 5).await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
    assert_eq!(only(&world, &organization).await["secret_hashes"].as_array().unwrap().len(), 1);
    world.sign_up("eve", None).await;
    world.accept("eve", &world.inbox.token("eve@example.com")).await.expect(200, "");
}

#[tokio::test]
async fn one_mail_that_is_refused_or_hangs_does_not_hold_up_the_others() {
    for behavior in [Behavior::RefuseForNow, Behavior::Hang, Behavior::NoAnswer] {
        let world = World::new().await;
        let organization = invited(&world, &["eve@example.com", "bob@example.com", "dan@example.com"]).await;
        let records: Vec<_> = invitations(&world, &organization).await.iter().map(stream_record).collect();
        world.inbox.behave([behavior]);
        let before = world.environment.now();
        world.mailer(records).await;
        let took = world.environment.now().as_milliseconds() - before.as_milliseconds();
        assert!(took < 5_000, "{behavior:?} held the batch for {took} ms");
        assert_eq!(world.inbox.taken().len(), 2, "{behavior:?}");
        minutes(&world, 2).await;
        assert_eq!(world.inbox.taken().len(), 3, "{behavior:?}");
    }
}

#[tokio::test]
async fn a_days_attempts_are_spread_over_the_day_and_nothing_fails_before_the_invitation_ends() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    world.inbox.behave([Behavior::RefuseForNow; 1000]);
    world.deliver(&organization).await;
    minutes(&world, 10).await;
    assert!((4..=7).contains(&world.inbox.calls()), "{} in ten minutes", world.inbox.calls());
    minutes(&world, DAY - 10).await;
    assert!((16..=36).contains(&world.inbox.calls()), "{} in a day", world.inbox.calls());
    assert_eq!(only(&world, &organization).await["delivery_status"], "sending");
    world.pass(Duration::from_secs(6 * 24 * 3600));
    let calls = world.inbox.calls();
    minutes(&world, 1).await;
    let item = only(&world, &organization).await;
    assert_eq!((&item["delivery_status"], &item["delivery_reason"]), (&json!("failed"), &json!("InvitationEnded")));
    assert_eq!((world.inbox.calls(), &item["mail_due_at"]), (calls, &Value::Null));
    assert_eq!(world.counted.total(Metric::MailsFailed), 1);
    minutes(&world, 2).await;
    assert_eq!(world.inbox.calls(), calls, "what has ended is not looked at again");
}

#[tokio::test]
async fn a_mail_of_a_revoked_invitation_fails_and_is_not_sent() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    world.inbox.behave([Behavior::RefuseForNow]);
    world.deliver(&organization).await;
    let item = only(&world, &organization).await;
    let update = world.operation(item["pk"].as_str().unwrap(), item["sk"].as_str().unwrap(), "SET #state = :revoked");
    let revoked = aws_sdk_dynamodb::types::AttributeValue::S("revoked".to_owned());
    let update = update.expression_attribute_names("#state", "state").expression_attribute_values(":revoked", revoked);
    update.send().await.unwrap();
    minutes(&world, 2).await;
    assert_eq!(only(&world, &organization).await["delivery_reason"], "InvitationEnded");
    assert!(world.inbox.taken().is_empty());
}

#[tokio::test]
async fn secrets_that_may_have_left_are_kept_ten_at_most_and_the_newest_works() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    world.inbox.behave([Behavior::TakeAndLoseTheAnswer; 14]);
    world.deliver(&organization).await;
    let mut most = 0;
    while world.inbox.taken().len() < 14 {
        minutes(&world, 30).await;
        most = most.max(only(&world, &organization).await["secret_hashes"].as_array().unwrap().len());
    }
    assert_eq!(most, 10);
    world.sign_up("eve", None).await;
    let texts = world.inbox.texts("eve@example.com");
    let token = |text: &String| text.split("#token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let tokens: Vec<String> = texts.iter().map(token).collect();
    for (index, token) in tokens.iter().enumerate() {
        let preview = world.call("eve", "POST", "/invitations/preview", Some(json!({"token": token}))).await;
        assert_eq!(preview.status == 200, index >= tokens.len() - 10, "mail {index}: {}", preview.json);
    }
}
