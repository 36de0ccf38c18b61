//! What is counted is what happened: once, whatever ran twice, and nothing that did not commit.

use std::time::Duration;

use local_stack::{Fault, FaultKind};
use serde_json::json;
use shared::metrics::Metric::{self, *};

use crate::world::{Behavior, MEMBER, World, sign_up_event};

fn conflicts(world: &World, times: u32) {
    world.engine.inject(Fault {
        operation: "TransactWriteItems".to_owned(),
        times,
        kind: FaultKind::TransactionConflict,
    });
}

#[tokio::test]
async fn an_organization_is_counted_once_however_often_the_trigger_runs() {
    let world = World::new().await;
    world.pool.add("ada", "ada@example.com");
    let event = sign_up_event("ada", "ada@example.com", Some("Acme"));
    for _ in 0..3 {
        world.trigger(event.clone()).await;
    }
    assert_eq!(world.counted.values(OrganizationsCreated), [1]);
    assert_eq!(world.counted.total(SignUpsUnfinished), 0);
}

#[tokio::test]
async fn a_lost_answer_is_counted_once() {
    let world = World::new().await;
    world.sign_up("ada", None).await;
    world.engine.inject(Fault { operation: "TransactWriteItems".to_owned(), times: 2, kind: FaultKind::LostReply });
    world.call("ada", "POST", "/organizations", Some(json!({"name": "Acme"}))).await.expect(201, "");
    assert_eq!(world.counted.total(OrganizationsCreated), 1);
}

#[tokio::test]
async fn an_answer_given_again_is_not_counted_again() {
    let world = World::new().await;
    world.sign_up("ada", None).await;
    let key = [("idempotency-key", "12345678")];
    for _ in 0..2 {
        let body = json!({"name": "Acme"});
        world.call_with("ada", "POST", "/organizations", Some(body), &key).await.expect(201, "");
    }
    assert_eq!(world.counted.values(OrganizationsCreated), [1]);
    let me = world.call("ada", "GET", "/me", None).await;
    let organization = me.text("/organizations/0/organizationId");
    let path = format!("/organizations/{organization}/invitations");
    for _ in 0..2 {
        let body = json!({"email": "eve@example.com", "roles": MEMBER});
        world.call_with("ada", "POST", &path, Some(body), &key).await.expect(201, "");
    }
    assert_eq!(world.counted.values(InvitationsCreated), [1]);
    world.deliver(organization).await;
    world.sign_up("eve", None).await;
    for _ in 0..2 {
        let body = json!({"token": world.inbox.token("eve@example.com")});
        world.call_with("eve", "POST", "/invitations/accept", Some(body), &key).await.expect(200, "");
    }
    assert_eq!(world.counted.values(InvitationsAccepted), [1]);
    assert_eq!(world.counted.total(Problems), 0);
}

#[tokio::test]
async fn a_refusal_is_counted_by_its_code_and_as_nothing_else() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let body = json!({"name": "Two"});
    world.call("ada", "POST", "/organizations", Some(body)).await.expect(409, "organization-already-created");
    assert_eq!(world.counted.problems("organization-already-created"), 1);
    assert_eq!(world.counted.total(OrganizationsCreated), 1);
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.pass(Duration::from_secs(8 * 24 * 3600));
    world.sign_up("eve", None).await;
    world.accept("eve", &token).await.expect(410, "invitation-expired");
    assert_eq!((world.counted.problems("invitation-expired"), world.counted.total(InvitationsAccepted)), (1, 0));
}

#[tokio::test]
async fn an_invitation_declined_twice_is_counted_once() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let body = json!({"token": world.invite("ada", &organization, "eve@example.com", MEMBER).await});
    for _ in 0..2 {
        world.call("x", "POST", "/invitations/decline", Some(body.clone())).await.expect(204, "");
    }
    assert_eq!(world.counted.values(InvitationsDeclined), [1]);
}

#[tokio::test]
async fn a_user_whom_no_sign_up_created_is_counted_when_repaired() {
    let world = World::new().await;
    world.creator("ada").await;
    world.pool.add("eve", "eve@example.com");
    for _ in 0..2 {
        world.call("eve", "GET", "/me", None).await.expect(200, "");
    }
    assert_eq!(world.counted.values(UsersRepaired), [1]);
}

#[tokio::test]
async fn conflicts_are_counted_and_so_is_giving_up() {
    let world = World::new().await;
    world.sign_up("ada", None).await;
    conflicts(&world, 2);
    world.call("ada", "POST", "/organizations", Some(json!({"name": "Acme"}))).await.expect(201, "");
    let counts = |metrics: [Metric; 3]| metrics.map(|metric| world.counted.total(metric));
    assert_eq!(counts([WriteConflicts, WriteRetries, WritesGivenUp]), [2, 2, 0]);
    conflicts(&world, 1000);
    world.sign_up("eve", Some("Works")).await;
    assert_eq!(counts([SignUpsUnfinished, OrganizationsCreated, Problems]), [1, 1, 0]);
    let body = json!({"name": "Works"});
    world.call("bob", "POST", "/organizations", Some(body.clone())).await.expect(401, "access-token-required");
    world.call("eve", "POST", "/organizations", Some(body)).await.expect(503, "temporarily-unavailable");
    assert_eq!(world.counted.problems("temporarily-unavailable"), 1);
    assert!(world.counted.total(WritesGivenUp) >= 1);
    assert_eq!(world.counted.total(OrganizationsCreated), 1, "nothing that did not commit is counted");
}

#[tokio::test]
async fn mails_are_counted_by_what_became_of_them_and_the_oldest_by_its_age() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/invitations");
    let invite = async |email: &str| {
        world.call("ada", "POST", &path, Some(json!({"email": email, "roles": MEMBER}))).await.expect(201, "");
    };
    invite("eve@example.com").await;
    world.pass(Duration::from_secs(90));
    invite("bob@example.com").await;
    world.inbox.behave([Behavior::RefuseForNow, Behavior::RefuseForNow]);
    world.deliver(&organization).await;
    assert_eq!((world.counted.total(MailsRetried), world.counted.total(MailsSent)), (2, 0));
    // The schedule says how old they are, also while they are not due.
    world.send_due().await;
    assert_eq!((world.counted.total(MailsRetried), world.counted.total(MailsSent)), (2, 0));
    world.pass(Duration::from_secs(20));
    world.inbox.behave([Behavior::RefuseForGood]);
    world.send_due().await;
    assert_eq!((world.counted.total(MailsFailed), world.counted.total(MailsSent)), (1, 1));
    let ages = world.counted.values(OldestUnsentAge);
    assert!((90..95).contains(&ages[0]) && (90..95).contains(&ages[1]) && (110..120).contains(&ages[2]), "{ages:?}");
    world.deliver(&organization).await;
    world.send_due().await;
    assert_eq!(world.counted.values(OldestUnsentAge).len(), 3, "nothing was wanted, so nothing was old");
}
