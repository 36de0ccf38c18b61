//! R15, I8.

use serde_json::json;

use crate::world::{Behaviour, MEMBER, World};

async fn invited(world: &World) -> (String, String) {
    let organization = world.founder("ada").await;
    let body = json!({"email": "eve@example.com", "roles": ["member"], "message": "See <you> there"});
    let answer = world.call("ada", "POST", &format!("/organizations/{organization}/invitations"), Some(body)).await;
    let path = format!("/organizations/{organization}/invitations/{}", answer.text("/invitationId"));
    (organization, path)
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_is_tried_again_and_arrives_once() {
    let world = World::new().await;
    let (organization, path) = invited(&world).await;
    world.inbox.behave([Behaviour::RefuseForNow, Behaviour::RefuseForNow]);
    assert_eq!(world.deliver(&organization).await, 1);
    assert_eq!(world.call("ada", "GET", &path, None).await.text("/delivery/status"), "queued");
    assert_eq!(world.deliver(&organization).await, 1);
    assert_eq!(world.deliver(&organization).await, 0);
    assert_eq!(world.deliver(&organization).await, 0);
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
    assert_eq!(world.call("ada", "GET", &path, None).await.text("/delivery/status"), "sent");
}

#[tokio::test]
async fn i8_a_mail_that_is_refused_for_good_is_visibly_failed() {
    let world = World::new().await;
    let (organization, path) = invited(&world).await;
    world.inbox.behave([Behaviour::RefuseForGood]);
    assert_eq!(world.deliver(&organization).await, 0);
    let invitation = world.call("ada", "GET", &path, None).await;
    assert_eq!(invitation.json["delivery"]["status"], "failed");
    assert_eq!(invitation.json["delivery"]["reason"], "MessageRejected");
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn i8_after_ten_attempts_it_counts_as_failed() {
    let world = World::new().await;
    let (organization, path) = invited(&world).await;
    world.inbox.behave([Behaviour::RefuseForNow; 20]);
    let mut wanted_again = 0;
    for _ in 0..12 {
        wanted_again += world.deliver(&organization).await;
    }
    assert_eq!(wanted_again, 9);
    assert_eq!(world.call("ada", "GET", &path, None).await.json["delivery"]["status"], "failed");
}

#[tokio::test]
async fn after_a_lost_answer_both_mails_work_but_one_acceptance() {
    let world = World::new().await;
    let (organization, _) = invited(&world).await;
    world.inbox.behave([Behaviour::TakeAndLoseTheAnswer]);
    assert_eq!(world.deliver(&organization).await, 1);
    let first = world.inbox.token("eve@example.com");
    assert_eq!(world.deliver(&organization).await, 0);
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
    let items = world.items(&format!("ORG#{organization}")).await;
    let item = items.iter().find(|item| item["entity"] == "invitation").unwrap();
    let record = crate::world::stream_record(item);
    let mut poisoned = record.clone();
    poisoned["dynamodb"]["NewImage"]["invitation_id"]["S"] = json!("inv_nonsense");
    assert_eq!(world.mailer(vec![poisoned, record.clone()]).await, 0);
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
    assert_eq!(world.mailer(vec![record.clone(), record.clone()]).await, 0);
    let token = world.inbox.token("eve@example.com");
    world.call("x", "POST", "/invitations/decline", Some(json!({"token": token}))).await.expect(204, "");
    assert_eq!(world.mailer(vec![record]).await, 0);
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1, "none is mailed for an invitation that is over");
}

#[tokio::test]
async fn the_preview_says_what_the_mail_said_and_no_more() {
    let world = World::new().await;
    let organization = world.founder("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    let preview = world.call("x", "POST", "/invitations/preview", Some(json!({"token": token}))).await;
    let mut keys: Vec<_> = preview.json.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["expiresAt", "inviterName", "organizationName", "roles"]);
    assert_eq!((preview.text("/organizationName"), preview.text("/inviterName")), ("Acme", "ada"));
}
