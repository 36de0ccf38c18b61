//! R15, I8: what becomes of a mail.

use serde_json::{Value, json};
use shared::metrics::Metric;

use crate::world::{ADMIN, Answer, Behavior, MEMBER, World, stream_record};

async fn invited(world: &World) -> (String, String) {
    let organization = world.creator("ada").await;
    let body = json!({"email": "eve@example.com", "roles": ["member"], "message": "See <you> there"});
    let answer = world.call("ada", "POST", &format!("/organizations/{organization}/invitations"), Some(body)).await;
    let path = format!("/organizations/{organization}/invitations/{}", answer.text("/invitationId"));
    (organization, path)
}

async fn invitation(world: &World, organization: &str) -> Value {
    let items = world.items(&format!("ORG#{organization}")).await;
    items.into_iter().find(|item| item["entity"] == "invitation").unwrap()
}

fn delivery(answer: &Answer) -> (&str, Option<&str>) {
    (answer.text("/delivery/status"), answer.json["delivery"]["reason"].as_str())
}

#[tokio::test]
async fn a_mail_that_finds_no_room_is_handed_over_again_at_once() {
    let world = World::new().await;
    let (organization, path) = invited(&world).await;
    world.inbox.behave([Behavior::Busy, Behavior::Busy]);
    world.deliver(&organization).await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
    assert_eq!(delivery(&world.call("ada", "GET", &path, None).await), ("sent", None));
    assert_eq!(invitation(&world, &organization).await["secret_hashes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn i8_a_mail_that_is_refused_for_good_is_visibly_failed() {
    let world = World::new().await;
    let (organization, path) = invited(&world).await;
    world.inbox.behave([Behavior::RefuseForGood]);
    world.deliver(&organization).await;
    assert_eq!(delivery(&world.call("ada", "GET", &path, None).await), ("failed", Some("MessageRejected")));
    let item = invitation(&world, &organization).await;
    assert_eq!((&item["secret_hashes"], &item["mail_due_at"]), (&json!([]), &Value::Null));
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn after_a_lost_answer_both_mails_work_but_one_acceptance() {
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    world.inbox.behave([Behavior::TakeAndLoseTheAnswer]);
    world.deliver(&organization).await;
    let first = world.inbox.token("eve@example.com");
    world.pass(std::time::Duration::from_secs(15));
    world.send_due().await;
    let second = world.inbox.token("eve@example.com");
    assert_ne!(first, second);
    world.sign_up("eve", None).await;
    world.call("eve", "POST", "/invitations/preview", Some(json!({"token": second}))).await.expect(200, "");
    world.accept("eve", &first).await.expect(200, "");
    world.accept("eve", &second).await.expect(409, "invitation-already-accepted");
}

#[tokio::test]
async fn i8_duplicated_poisoned_and_late_records_send_nothing() {
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    let record = stream_record(&invitation(&world, &organization).await);
    let mut poisoned = record.clone();
    poisoned["dynamodb"]["NewImage"]["invitation_id"]["S"] = json!("inv_nonsense");
    world.mailer(vec![poisoned, record.clone(), record.clone()]).await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
    world.mailer(vec![record.clone(), record.clone()]).await;
    let token = world.inbox.token("eve@example.com");
    world.call("x", "POST", "/invitations/decline", Some(json!({"token": token}))).await.expect(204, "");
    world.mailer(vec![record]).await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1, "none is mailed for an invitation that is over");
}

#[tokio::test]
async fn i8_nothing_is_mailed_for_an_inviter_who_has_gone() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "bob", ADMIN).await;
    let body = json!({"email": "eve@example.com", "roles": MEMBER});
    let invitations = format!("/organizations/{organization}/invitations");
    let answer = world.call("bob", "POST", &invitations, Some(body)).await;
    world.remove("ada", &organization, "bob").await.expect(204, "");
    let calls = world.inbox.calls();
    world.deliver(&organization).await;
    let path = format!("{invitations}/{}", answer.text("/invitationId"));
    assert_eq!(delivery(&world.call("ada", "GET", &path, None).await), ("failed", Some("InviterGone")));
    assert_eq!(world.inbox.calls(), calls, "SES was not even asked");
    assert_eq!(world.counted.total(Metric::MailsFailed), 1);
    world.check_invariants(&organization, &["ada", "bob"]).await;
}

#[tokio::test]
async fn i8_a_mail_whose_invitation_cannot_be_read_is_visibly_failed() {
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    let item = invitation(&world, &organization).await;
    let update = world.operation(item["pk"].as_str().unwrap(), item["sk"].as_str().unwrap(), "REMOVE #roles");
    update.expression_attribute_names("#roles", "roles").send().await.unwrap();
    world.deliver(&organization).await;
    let item = invitation(&world, &organization).await;
    assert_eq!(
        (&item["delivery_status"], &item["delivery_reason"]),
        (&json!("failed"), &json!("InvitationUnreadable"))
    );
    assert_eq!((world.inbox.calls(), &item["mail_due_at"]), (0, &Value::Null));
}

#[tokio::test]
async fn the_preview_says_what_the_mail_said_and_no_more() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    let preview = world.call("x", "POST", "/invitations/preview", Some(json!({"token": token}))).await;
    let mut keys: Vec<_> = preview.json.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["expiresAt", "inviterName", "organizationName", "roles"]);
    assert_eq!((preview.text("/organizationName"), preview.text("/inviterName")), ("Acme", "ada"));
}
