//! I10: an expired invitation is refused from the instant of expiry, with its item still in the table.

use std::time::Duration;

use serde_json::json;
use shared::{
    domain::{InvitationToken, Onboarding, User},
    table::{Acceptance, AcceptanceCheck, DeclineCheck, Occasion},
};

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

/// A reply is read while its link is good. Before it is written, the invitation expires and is resent, so the link is over.
#[tokio::test]
async fn i10_a_resend_ends_an_expired_link_for_a_reply_that_is_on_its_way() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    let (table, occasion) = (world.table(), Occasion { at: world.clock.now(), request_id: "request-1".to_owned() });
    let read = table
        .invitation_by_token(&InvitationToken::parse(&token).unwrap(), None, None)
        .await
        .unwrap()
        .unwrap()
        .invitation;
    world.pass(WEEK);
    let resend = format!("/organizations/{organization}/invitations/{}/resend", read.id);
    world.call("ada", "POST", &resend, None).await.expect(202, "");
    let user = User {
        id: "eve".parse().unwrap(),
        email: read.email.clone(),
        email_verified: true,
        name: None,
        locale: None,
        onboarding: Onboarding::Open,
        created_organization: None,
        granted_organizations: 0,
        as_of: occasion.at,
    };
    let member = world.member(&organization, "eve", MEMBER);
    let acceptance = Acceptance { invitation: &read, user: &user, member: &member, tells_inviter: false };
    let accepted = table.accept_invitation(&acceptance, None, &occasion).await.unwrap().unwrap_err();
    assert!(accepted.contains(AcceptanceCheck::Invitation));
    let declined = table.decline_invitation(&read, None, None, &occasion).await.unwrap().unwrap_err();
    assert!(declined.contains(DeclineCheck::Invitation));
    world.check_invariants(&organization, &["ada", "eve"]).await;
}
