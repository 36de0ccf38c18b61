//! Invited people are reminded once before an invitation expires, and only if there is a point in it.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue::S;
use serde_json::{Value, json};
use shared::metrics::Metric;

use crate::{
    mail_waiting::{invitations, invited, only},
    sweeper::HOUR,
    world::{ADMIN, World},
};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A world whose invitations are reminded of a day before, with one that was sent.
async fn sent() -> (World, String) {
    let world = World::with_reminders(24).await;
    let organization = invited(&world, &["eve@example.com"]).await;
    world.deliver(&organization).await;
    (world, organization)
}

/// Runs the sweeper and, as the stream would, the mailer.
async fn run(world: &World, organization: &str) {
    world.sweep().await;
    world.deliver(organization).await;
}

fn emails(world: &World) -> usize {
    world.inbox.texts("eve@example.com").len()
}

async fn set(world: &World, item: &Value, name: &str, value: &str) {
    let update = world.operation(item["pk"].as_str().unwrap(), item["sk"].as_str().unwrap(), "SET #name = :value");
    let update = update.expression_attribute_names("#name", name);
    update.expression_attribute_values(":value", S(value.to_owned())).send().await.unwrap();
}

#[tokio::test]
async fn a_reminder_is_sent_once_and_all_links_work() {
    let (world, organization) = sent().await;
    let first = world.inbox.token("eve@example.com");
    world.pass(DAY * 6 - HOUR);
    run(&world, &organization).await;
    assert_eq!(emails(&world), 1, "more than a day before");
    world.pass(HOUR);
    // Two runs at once, and the next ones.
    tokio::join!(world.sweep(), world.sweep());
    world.deliver(&organization).await;
    for _ in 0..7 {
        world.pass(HOUR * 3);
        run(&world, &organization).await;
    }
    assert_eq!((emails(&world), world.counted.total(Metric::RemindersQueued)), (2, 1));
    assert!(
        world.inbox.texts("eve@example.com")[1].contains("expires soon"),
        "{:?}",
        world.inbox.texts("eve@example.com")
    );
    let item = only(&world, &organization).await;
    assert_eq!((&item["delivery_status"], &item["mail_due_at"]), (&json!("sent"), &Value::Null));
    for token in [first, world.inbox.token("eve@example.com")] {
        let preview = world.call("x", "POST", "/invitations/preview", Some(json!({"token": token}))).await;
        preview.expect(200, "");
    }
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn a_resend_begins_anew() {
    let (world, organization) = sent().await;
    world.pass(DAY * 6);
    run(&world, &organization).await;
    assert_eq!(emails(&world), 2);
    let id = only(&world, &organization).await["invitation_id"].as_str().unwrap().to_owned();
    let path = format!("/organizations/{organization}/invitations/{id}/resend");
    world.call("ada", "POST", &path, None).await.expect(202, "");
    assert_eq!(only(&world, &organization).await["mail_kind"], Value::Null, "a resend is the invitation itself");
    world.deliver(&organization).await;
    for day in 0..7 {
        assert_eq!(emails(&world), if day == 6 { 4 } else { 3 }, "day {day}");
        world.pass(DAY);
        run(&world, &organization).await;
    }
}

/// No email for whom it would not reach, and none that says nothing new.
#[tokio::test]
async fn nobody_is_reminded_without_a_point_in_it() {
    let world = World::with_reminders(24).await;
    let statuses = ["queued", "sending", "failed", "bounced", "complained", "link"];
    let addresses = statuses.map(|status| format!("{status}@example.com"));
    let organization = invited(&world, &addresses.each_ref().map(String::as_str)).await;
    world.deliver(&organization).await;
    for item in invitations(&world, &organization).await {
        let status = item["email"].as_str().unwrap().split('@').next().unwrap();
        set(&world, &item, "delivery_status", status).await;
    }
    world.pass(DAY * 6);
    world.sweep().await;
    assert_eq!(world.counted.total(Metric::RemindersQueued), 0);
    let world = World::with_reminders(24).await;
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/invitations");
    for (days, email) in [(1, "eve@example.com"), (2, "bob@example.com")] {
        let body = json!({"email": email, "roles": ["member"], "expiresInDays": days});
        world.call("ada", "POST", &path, Some(body)).await.expect(201, "");
    }
    world.deliver(&organization).await;
    for _ in 0..8 {
        world.pass(HOUR * 6);
        run(&world, &organization).await;
    }
    assert_eq!((emails(&world), world.inbox.texts("bob@example.com").len()), (1, 2));
}

#[tokio::test]
async fn an_invitation_that_nobody_can_accept_is_not_reminded_of() {
    let world = World::with_reminders(24).await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "ida", ADMIN).await;
    world.invite("ida", &organization, "eve@example.com", &["member"]).await;
    world.remove("ada", &organization, "ida").await.expect(204, "");
    world.pass(DAY * 6);
    run(&world, &organization).await;
    assert_eq!((emails(&world), world.counted.total(Metric::RemindersQueued)), (1, 0));
}

#[tokio::test]
async fn a_reminder_counts_as_an_email_to_the_address() {
    let world = World::with_reminders(24).await;
    let organization = invited(&world, &["eve@example.com"]).await;
    world.deliver(&organization).await;
    world.pass(DAY * 6);
    // Another organization uses up the day's three emails.
    for user in ["ida", "uma", "zoe"] {
        let other = world.creator(user).await;
        world.invite(user, &other, "eve@example.com", &["member"]).await;
    }
    run(&world, &organization).await;
    assert_eq!(world.counted.total(Metric::RemindersQueued), 0);
    assert_eq!(only(&world, &organization).await["delivery_status"], "sent");
}
