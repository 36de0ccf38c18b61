//! R13: what the invited person can do in the app.

use serde_json::json;

use crate::world::{MEMBER, World};

#[tokio::test]
async fn the_invited_person_sees_and_answers_invitations_without_a_secret() {
    let world = World::new().await;
    let (first, second) = (world.creator("ada").await, world.creator("bea").await);
    world.invite("ada", &first, "eve@example.com", MEMBER).await;
    world.invite("bea", &second, "EVE@example.com", &["user_admin"]).await;
    world.sign_up("eve", None).await;
    let page = world.call("eve", "GET", "/me/invitations?limit=1", None).await;
    page.expect(200, "");
    let item = &page.json["items"][0];
    assert_eq!((&item["organizationId"], &item["organizationName"]), (&json!(first), &json!("Acme")));
    assert_eq!((&item["inviterName"], &item["roles"]), (&json!("ada"), &json!(["member"])));
    let mut fields: Vec<_> = item.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected = ["expiresAt", "inviterName", "invitationId", "organizationId", "organizationName", "roles"];
    assert_eq!(fields, {
        let mut sorted = expected;
        sorted.sort_unstable();
        sorted
    });
    let cursor = page.json["nextCursor"].as_str().unwrap();
    let rest = world.call("eve", "GET", &format!("/me/invitations?limit=1&cursor={cursor}"), None).await;
    assert_eq!((&rest.json["items"][0]["organizationId"], &rest.json["nextCursor"]), (&json!(second), &json!(null)));
    let path = |page: &crate::world::Answer| {
        format!("/me/invitations/{}", page.json["items"][0]["invitationId"].as_str().unwrap())
    };
    world.call("eve", "POST", &format!("{}/decline", path(&rest)), None).await.expect(204, "");
    world.call("eve", "POST", &format!("{}/decline", path(&rest)), None).await.expect(404, "invitation-not-found");
    let key = [("Idempotency-Key", "accept-in-app")];
    let accepted = world.call_with("eve", "POST", &format!("{}/accept", path(&page)), None, &key).await;
    accepted.expect(200, "");
    assert_eq!(accepted.json["roles"], json!(["member"]));
    let again = world.call_with("eve", "POST", &format!("{}/accept", path(&page)), None, &key).await;
    assert_eq!((again.status, again.json), (200, accepted.json));
    assert_eq!(world.call("eve", "GET", "/me/invitations", None).await.json["items"], json!([]));
    world.check_invariants(&first, &["ada", "eve"]).await;
    world.check_invariants(&second, &["bea", "eve"]).await;
}

#[tokio::test]
async fn r12_nobody_reaches_the_invitation_of_another_address() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    world.sign_up("bob", None).await;
    let id = world.call("eve", "GET", "/me/invitations", None).await.json["items"][0]["invitationId"].clone();
    let path = format!("/me/invitations/{}", id.as_str().unwrap());
    for user in ["bob", "ada"] {
        assert_eq!(world.call(user, "GET", "/me/invitations", None).await.json["items"], json!([]));
        for action in ["resend", "accept", "decline"] {
            let answer = world.call(user, "POST", &format!("{path}/{action}"), None).await;
            answer.expect(404, "invitation-not-found");
        }
    }
    world.check_invariants(&organization, &["ada", "bob", "eve"]).await;
}

#[tokio::test]
async fn the_email_comes_again_while_the_inviter_may_grant_the_roles() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "ida", &["organization_admin"]).await;
    let first = world.invite("ida", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    let id = world.call("eve", "GET", "/me/invitations", None).await.json["items"][0]["invitationId"].clone();
    let path = format!("/me/invitations/{}/resend", id.as_str().unwrap());
    world.call("eve", "POST", &path, None).await.expect(202, "");
    world.deliver(&organization).await;
    let second = world.inbox.token("eve@example.com");
    assert_ne!(first, second);
    world.remove("ada", &organization, "ida").await.expect(204, "");
    world.call("eve", "POST", &path, None).await.expect(409, "inviter-lost-authority");
    world.check_invariants(&organization, &["ada", "eve", "ida"]).await;
}
