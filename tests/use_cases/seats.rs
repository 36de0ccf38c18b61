//! R16.

use serde_json::json;

use crate::world::{MEMBER, SEATS, World};

async fn invite(world: &World, organization: &str, email: &str) -> crate::world::Answer {
    let body = json!({"email": email, "roles": ["member"]});
    world.call("ada", "POST", &format!("/organizations/{organization}/invitations"), Some(body)).await
}

#[tokio::test]
async fn live_invitations_take_seats_and_give_them_back() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", MEMBER).await;
    let token = world.invite("ada", &organization, "bob@example.com", MEMBER).await;
    for seat in 3..SEATS {
        invite(&world, &organization, &format!("p{seat}@example.com")).await.expect(201, "");
    }
    invite(&world, &organization, "late@example.com").await.expect(409, "seat-limit-reached");
    world.call("x", "POST", "/invitations/decline", Some(json!({"token": token}))).await.expect(204, "");
    invite(&world, &organization, "late@example.com").await.expect(201, "");
    invite(&world, &organization, "later@example.com").await.expect(409, "seat-limit-reached");
    world.remove("ada", &organization, "eve").await.expect(204, "");
    invite(&world, &organization, "later@example.com").await.expect(201, "");
    world.check_invariants(&organization, &["ada", "eve"]).await;
}

#[tokio::test]
async fn one_address_has_one_live_invitation_or_one_member() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    invite(&world, &organization, "ADA@example.com").await.expect(409, "already-a-member");
    invite(&world, &organization, "bob@bücher.example").await.expect(201, "");
    invite(&world, &organization, "BOB@xn--bcher-kva.EXAMPLE").await.expect(409, "invitation-already-pending");
    world.check_invariants(&organization, &["ada"]).await;
}
