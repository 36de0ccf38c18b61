//! I9.

use std::time::Duration;

use serde_json::json;

use crate::world::{MEMBER, World, at_once};

#[tokio::test]
async fn i9_the_same_key_gives_the_same_answer_and_one_effect() {
    let world = World::new().await;
    world.sign_up("ada", None).await;
    let key = [("idempotency-key", "12345678")];
    let create =
        async |name: &str| world.call_with("ada", "POST", "/organizations", Some(json!({"name": name})), &key).await;
    let first = create("Acme").await;
    first.expect(201, "");
    assert_eq!(create("Acme").await.json, first.json);
    create("Other").await.expect(422, "idempotency-key-reused");
    // Past DynamoDB's own ten minutes.
    world.pass(Duration::from_secs(601));
    assert_eq!(create("Acme").await.json, first.json);
    // Past our own 24 hours it is a new request.
    world.pass(Duration::from_secs(24 * 3600));
    create("Acme").await.expect(409, "organization-already-created");
}

#[tokio::test]
async fn i9_an_invitation_is_made_once_and_accepted_once() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/invitations");
    let body = json!({"email": "eve@example.com", "roles": ["member"]});
    let key = [("idempotency-key", "abcdefgh")];
    let first = world.call_with("ada", "POST", &path, Some(body.clone()), &key).await;
    let again = world
        .call_with("ada", "POST", &path, Some(json!({"roles": ["member"], "email": "eve@example.com"})), &key)
        .await;
    assert_eq!((first.status, &first.json), (again.status, &again.json), "how the body is spelled does not matter");
    world.call("ada", "POST", &path, Some(body)).await.expect(409, "invitation-already-pending");
    world.deliver(&organization).await;
    world.sign_up("eve", None).await;
    let accept = json!({"token": world.inbox.token("eve@example.com")});
    let first = world.call_with("eve", "POST", "/invitations/accept", Some(accept.clone()), &key).await;
    first.expect(200, "");
    let again = world.call_with("eve", "POST", "/invitations/accept", Some(accept.clone()), &key).await;
    assert_eq!(first.json, again.json);
    world.call("eve", "POST", "/invitations/accept", Some(accept)).await.expect(409, "invitation-already-accepted");
    world.check_invariants(&organization, &["ada", "eve"]).await;
}

#[tokio::test]
async fn i7_a_replay_is_refused_to_who_lost_the_right() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", &["user_admin"]).await;
    let path = format!("/organizations/{organization}/invitations");
    let body = json!({"email": "bob@example.com", "roles": ["member"]});
    let key = [("idempotency-key", "abcdefgh")];
    world.call_with("eve", "POST", &path, Some(body.clone()), &key).await.expect(201, "");
    world.set_roles("ada", &organization, "eve", MEMBER).await.expect(200, "");
    world.call_with("eve", "POST", &path, Some(body), &key).await.expect(403, "permission-denied");
}

#[tokio::test]
async fn i9_the_same_key_at_once() {
    let world = std::sync::Arc::new(World::new().await);
    for trial in 0..50 {
        let user = format!("u{trial}");
        world.sign_up(&user, None).await;
        let requests = (0..2).map(|_| {
            let (world, user) = (world.clone(), user.clone());
            async move {
                let key = [("idempotency-key", "12345678")];
                world.call_with(&user, "POST", "/organizations", Some(json!({"name": "Acme"})), &key).await
            }
        });
        let answers = at_once(requests).await;
        assert_eq!((answers[0].status, &answers[0].json), (201, &answers[1].json));
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let world = World::new().await;
    world.sign_up("ada", None).await;
    for key in ["short", "with space in it", &"x".repeat(129)] {
        let answer = world
            .call_with("ada", "POST", "/organizations", Some(json!({"name": "Acme"})), &[("idempotency-key", key)])
            .await;
        answer.expect(400, "malformed-request");
    }
}
