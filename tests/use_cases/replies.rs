//! R13: who may accept.

use serde_json::json;

use crate::world::{MEMBER, World};

#[tokio::test]
async fn accepting_takes_the_secret_and_the_verified_address() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("mallory", None).await;
    world.accept("mallory", &token).await.expect(403, "invitation-for-another-address");
    world.pool.add_unverified("eve", "eve@example.com");
    world.accept("eve", &token).await.expect(403, "email-not-verified");
    world.pool.add("eve", "EVE@example.com");
    let mut altered = token.clone().into_bytes();
    altered[80] = if altered[80] == b'A' { b'B' } else { b'A' };
    world.accept("eve", std::str::from_utf8(&altered).unwrap()).await.expect(404, "invitation-not-found");
    world.accept("eve", &token).await.expect(200, "");
    world.check_invariants(&organization, &["ada", "eve", "mallory"]).await;
}

#[tokio::test]
async fn an_address_that_changed_since_the_sign_up_counts_as_it_is_now() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "new@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    world.accept("eve", &token).await.expect(403, "invitation-for-another-address");
    world.pool.add("eve", "new@example.com");
    world.accept("eve", &token).await.expect(200, "");
    assert_eq!(world.call("eve", "GET", "/me", None).await.json["email"], "new@example.com");
}

#[tokio::test]
async fn a_declined_invitation_is_over_and_frees_the_address() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    let decline = async || world.call("x", "POST", "/invitations/decline", Some(json!({"token": token}))).await;
    decline().await.expect(204, "");
    decline().await.expect(204, "");
    world.sign_up("eve", None).await;
    world.accept("eve", &token).await.expect(410, "invitation-declined");
    world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.check_invariants(&organization, &["ada", "eve"]).await;
}
