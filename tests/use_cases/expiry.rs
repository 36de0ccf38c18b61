//! I10: an expired invitation is refused from the instant of expiry, with its item still in the table.

use std::time::Duration;

use serde_json::json;

use crate::world::{MEMBER, World};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

#[tokio::test]
async fn i10_an_expired_invitation_is_over_while_its_item_is_there() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    assert_eq!(world.call("eve", "GET", "/me", None).await.json["onboarding"]["invitations"], 1);
    world.pass(WEEK);
    world.accept("eve", &token).await.expect(410, "invitation-expired");
    for action in ["preview", "decline"] {
        let answer = world.call("eve", "POST", &format!("/invitations/{action}"), Some(json!({"token": token}))).await;
        answer.expect(410, "invitation-expired");
    }
    let me = world.call("eve", "GET", "/me", None).await;
    assert_eq!(me.json["onboarding"]["status"], "organization_required");
    let path = format!("/organizations/{organization}/invitations");
    let expired = world.call("ada", "GET", &format!("{path}?status=expired"), None).await;
    assert_eq!(expired.json["items"][0]["status"], "expired");
    let pending = world.call("ada", "GET", &format!("{path}?status=pending"), None).await;
    assert_eq!(pending.json["items"], json!([]));
}

#[tokio::test]
async fn a_new_invitation_takes_the_place_and_the_seat_of_an_expired_one() {
    let world = World::with_seats(2).await;
    let organization = world.creator("ada").await;
    let old = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.pass(WEEK);
    let new = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.check_invariants(&organization, &["ada"]).await;
    world.sign_up("eve", None).await;
    world.accept("eve", &old).await.expect(410, "invitation-expired");
    world.accept("eve", &new).await.expect(200, "");
    world.check_invariants(&organization, &["ada", "eve"]).await;
}
