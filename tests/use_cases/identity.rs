//! Accounts end, and Cognito is asked no more often than it has to be (R13, R24).

use serde_json::json;

use crate::world::{ADMIN, MEMBER, World};

#[tokio::test]
async fn a_user_whose_account_is_gone_is_refused_wherever_cognito_is_asked() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    world.call("eve", "GET", "/me", None).await.expect(200, "");
    world.pool.remove("eve");
    world.call("eve", "GET", "/me", None).await.expect(401, "access-token-required");
    world.accept("eve", &token).await.expect(401, "access-token-required");
    let create = world.call("eve", "POST", "/organizations", Some(json!({"name": "Eve"}))).await;
    create.expect(401, "access-token-required");
}

#[tokio::test]
async fn an_invitation_of_an_account_that_is_gone_cannot_be_accepted() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    world.pool.remove("ada");
    world.accept("eve", &token).await.expect(409, "inviter-lost-authority");
    world.pool.add("ada", "ada@example.com");
    world.accept("eve", &token).await.expect(200, "");
}

#[tokio::test]
async fn refused_requests_ask_cognito_nothing() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.pool.questions();
    for _ in 0..5 {
        let again = world.call("ada", "POST", "/organizations", Some(json!({"name": "Second"}))).await;
        again.expect(409, "organization-already-created");
        let mut forged = token.clone();
        forged.replace_range(token.len() - 6.., "AAAAAA");
        world.accept("ada", &forged).await.expect(404, "invitation-not-found");
        world.accept("ada", "nonsense").await.expect(404, "invitation-not-found");
    }
    assert_eq!(world.pool.questions(), 0);
    world.sign_up("eve", None).await;
    world.accept("eve", &token).await.expect(200, "");
    assert_eq!(world.pool.questions(), 2, "once for the user, once for the inviter");
    world.accept("eve", &token).await.expect(409, "invitation-already-accepted");
    assert_eq!(world.pool.questions(), 0);
}

/// I7 goes before I9.
#[tokio::test]
async fn i7_an_answer_is_not_given_again_to_a_user_who_is_no_member_any_more() {
    let world = World::new().await;
    let key = [("idempotency-key", "the-same-key")];
    world.sign_up("ada", None).await;
    let body = Some(json!({"name": "Acme"}));
    let created = world.call_with("ada", "POST", "/organizations", body.clone(), &key).await;
    created.expect(201, "");
    let replayed = world.call_with("ada", "POST", "/organizations", body.clone(), &key).await;
    assert_eq!(replayed.json, created.json);

    let organization = created.text("/organization/organizationId").to_owned();
    let token = world.invite("ada", &organization, "eve@example.com", ADMIN).await;
    world.sign_up("eve", None).await;
    let accept = Some(json!({"token": token}));
    let accepted = world.call_with("eve", "POST", "/invitations/accept", accept.clone(), &key).await;
    accepted.expect(200, "");
    let replayed = world.call_with("eve", "POST", "/invitations/accept", accept.clone(), &key).await;
    assert_eq!(replayed.json, accepted.json);

    assert_eq!(world.remove("ada", &organization, "ada").await.status, 204);
    let replayed = world.call_with("ada", "POST", "/organizations", body, &key).await;
    replayed.expect(409, "organization-already-created");
    world.join("eve", &organization, "uma", ADMIN).await;
    assert_eq!(world.remove("uma", &organization, "eve").await.status, 204);
    let replayed = world.call_with("eve", "POST", "/invitations/accept", accept, &key).await;
    replayed.expect(409, "invitation-already-accepted");
}
