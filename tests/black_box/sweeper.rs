//! The schedule that ends expired invitations and has reminders sent. On a stack of its own, where reminders are on.

use std::collections::BTreeMap;

use acceptance::suite::{Test, start, stop};
use acceptance::{Mail, Organization, Target, committed, made_up, tests};
use aws_sdk_dynamodb::{Client, types::AttributeValue::S};
use jiff::{Timestamp, ToSpan};

pub(crate) fn tests() -> Vec<Test> {
    tests![the_schedule_ends_an_expired_invitation_and_has_a_reminder_of_another_sent]
}

/// What an operator does who moves the expiry of an invitation.
async fn expire_at(table: (&Client, &str), organization: &Organization, invitation: &str, at: Timestamp) {
    let (client, name) = table;
    let (pk, sk) = (S(format!("ORG#{}", organization.id)), S(format!("INVITATION#{invitation}")));
    let get = client.get_item().table_name(name).key("pk", pk.clone()).key("sk", sk.clone());
    let item = get.send().await.unwrap().item.unwrap();
    let shard = item["expiry_slot"].as_s().unwrap().rsplit('#').next().unwrap();
    let text = format!("{at:.3}");
    let update = client.update_item().table_name(name).key("pk", pk).key("sk", sk);
    update
        .update_expression("SET expires_at = :at, list_key = :key, expiry_slot = :slot, created_at = :created")
        .expression_attribute_values(":key", S(format!("{text} {invitation}")))
        .expression_attribute_values(":slot", S(format!("{}#{shard}", &text[..13])))
        .expression_attribute_values(":created", S(format!("{:.3}", at - 72.hours())))
        .expression_attribute_values(":at", S(text))
        .send()
        .await
        .unwrap();
}

async fn the_schedule_ends_an_expired_invitation_and_has_a_reminder_of_another_sent(_: Target) {
    let parameters = BTreeMap::from([("InvitationReminderHours".to_owned(), "24".to_owned())]);
    let (stack, target) = start(parameters).await;
    let client = committed::client(stack.config());
    let table = (&client, stack.config().table_name.as_str());
    let organization = Organization::create(&target).await;
    let creator = &organization.creator;
    let invite = async || organization.invitation(creator, &made_up::email(), &["member"]).await;
    let (expired, soon, later) = (invite().await, invite().await, invite().await);
    for invitation in [&expired, &soon, &later] {
        organization.delivered(&invitation.id).await;
    }
    let now: Timestamp =
        creator.get(&organization.path("")).await.success(200)["createdAt"].as_str().unwrap().parse().unwrap();
    expire_at(table, &organization, &expired.id, now).await;
    expire_at(table, &organization, &soon.id, now + 23.hours()).await;
    // The sweeper has come as far as a few hours ago.
    let hours_ago = S(format!("{}:00:00.000Z", &(now - 4.hours()).to_string()[..13]));
    let watermark =
        client.update_item().table_name(table.1).key("pk", S("SWEEPER".into())).key("sk", S("WATERMARK".into()));
    let watermark = watermark.update_expression("SET swept_until = :at, reminded_until = :at");
    watermark.expression_attribute_values(":at", hours_ago).send().await.unwrap();
    let users = organization.path("/settings/users");
    let tab = creator.get(&users).await.success(200);
    assert_eq!((&tab["seatsUsed"], &tab["expiredInvitations"]), (&4.into(), &1.into()));

    let schedules = format!("{}/_local/schedules", target.configuration().aws_endpoint_url);
    let run = async |function: &str| target.http().post(format!("{schedules}/{function}")).send().await.unwrap();
    for _ in 0..2 {
        let answer = run("invitation-sweeper").await;
        assert_eq!(answer.status(), 200);
        let outcome: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(outcome["succeeded"], true, "{outcome}");
    }
    let tab = creator.get(&users).await.success(200);
    assert_eq!((&tab["seatsUsed"], &tab["expiredInvitations"]), (&3.into(), &0.into()));
    let list = creator.get(&organization.path("/invitations?status=expired")).await.success(200);
    assert_eq!(list["items"][0]["invitationId"], expired.id.as_str());
    let reminder = target.read_mail(&soon.email, 1, Mail::invitation_token).await;
    assert!(target.mails_to(&soon.email).await[1].subject.contains("expires soon"));
    for token in [&soon.token, &reminder] {
        target.post("/invitations/preview", &serde_json::json!({"token": token})).await.success(200);
    }
    assert_eq!(target.mails_to(&later.email).await.len(), 1);

    let answer = run("settings").await;
    assert_eq!(answer.status(), 404);
    let text = answer.text().await.unwrap();
    assert!(text.contains("invitation-mailer, invitation-sweeper"), "{text}");
    let answer = target.http().get(format!("{schedules}/invitation-sweeper")).send().await.unwrap();
    assert_eq!(answer.status(), 405);
    stop(stack).await;
}
