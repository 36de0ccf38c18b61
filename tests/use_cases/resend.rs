//! R13, R24: an invitation is sent again.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{ADMIN, Answer, MEMBER, Reported, World};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// An organization of `ada`'s with a pending invitation to `eve`.
struct Invited {
    world: World,
    organization: String,
    id: String,
    token: String,
}

impl Invited {
    async fn new() -> Self {
        Self::of(World::new().await).await
    }

    async fn of(world: World) -> Self {
        let organization = world.creator("ada").await;
        let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
        let list = world.call("ada", "GET", &format!("/organizations/{organization}/invitations"), None).await;
        let id = list.json["items"][0]["invitationId"].as_str().unwrap().to_owned();
        Self { world, organization, id, token }
    }

    fn path(&self) -> String {
        format!("/organizations/{}/invitations/{}", self.organization, self.id)
    }

    async fn resend(&self, actor: &str, body: Option<Value>) -> Answer {
        let answer = self.world.call(actor, "POST", &format!("{}/resend", self.path()), body).await;
        self.world.deliver(&self.organization).await;
        answer
    }

    async fn revoke(&self, actor: &str) -> Answer {
        self.world.call(actor, "DELETE", &self.path(), None).await
    }

    async fn preview(&self, token: &str) -> Answer {
        self.world.call("x", "POST", "/invitations/preview", Some(json!({"token": token}))).await
    }

    async fn check(&self, users: &[&str]) {
        self.world.check_invariants(&self.organization, users).await;
    }
}

#[tokio::test]
async fn a_resend_has_a_new_secret_and_expiry_and_leaves_the_earlier_link_good() {
    let invited = Invited::new().await;
    invited.world.pass(3 * DAY);
    let before = invited.world.call("ada", "GET", &invited.path(), None).await;
    let answer = invited.resend("ada", None).await;
    answer.expect(202, "");
    assert_eq!((&answer.json["status"], &answer.json["delivery"]["status"]), (&json!("pending"), &json!("queued")));
    assert!(answer.json["expiresAt"].as_str() > before.json["expiresAt"].as_str());
    assert!(answer.json.get("acceptUrl").is_none());
    let second = invited.world.inbox.token("eve@example.com");
    assert_ne!(second, invited.token);
    invited.preview(&invited.token).await.expect(200, "");
    invited.preview(&second).await.expect(200, "");
    invited.world.pass(5 * DAY);
    invited.world.sign_up("eve", None).await;
    invited.world.accept("eve", &invited.token).await.expect(200, "");
    invited.world.accept("eve", &second).await.expect(409, "invitation-already-accepted");
    invited.resend("ada", None).await.expect(409, "invitation-already-accepted");
    invited.check(&["ada", "eve"]).await;
}

#[tokio::test]
async fn an_expired_invitation_comes_back_and_its_old_link_does_not() {
    let invited = Invited::new().await;
    invited.world.pass(8 * DAY);
    invited.resend("ada", Some(json!({"expiresInDays": 1}))).await.expect(202, "");
    let second = invited.world.inbox.token("eve@example.com");
    invited.preview(&invited.token).await.expect(410, "invitation-expired");
    invited.preview(&second).await.expect(200, "");
    invited.check(&["ada"]).await;
    invited.world.sign_up("eve", None).await;
    invited.world.accept("eve", &second).await.expect(200, "");
    invited.preview(&invited.token).await.expect(409, "invitation-already-accepted");
    invited.check(&["ada", "eve"]).await;
}

#[tokio::test]
async fn an_expired_invitation_whose_seat_was_reclaimed_needs_another() {
    let invited = Invited::of(World::with_seats(2).await).await;
    invited.world.pass(8 * DAY);
    // The seat of the expired invitation is reclaimed by the very request that needs one (R16).
    let other = invited.world.invite("ada", &invited.organization, "bob@example.com", MEMBER).await;
    invited.check(&["ada"]).await;
    let old = invited.world.call("ada", "GET", &invited.path(), None).await;
    assert_eq!(old.json["status"], "expired");
    invited.resend("ada", None).await.expect(409, "seat-limit-reached");
    invited.world.call("x", "POST", "/invitations/decline", Some(json!({"token": other}))).await.expect(204, "");
    invited.resend("ada", None).await.expect(202, "");
    invited.check(&["ada"]).await;
    invited.world.sign_up("eve", None).await;
    let second = invited.world.inbox.token("eve@example.com");
    invited.world.accept("eve", &second).await.expect(200, "");
    invited.check(&["ada", "eve"]).await;
}

#[tokio::test]
async fn whoever_resends_is_its_inviter() {
    let invited = Invited::new().await;
    let (world, organization) = (&invited.world, &invited.organization);
    world.join("ada", organization, "ida", ADMIN).await;
    world.remove("ida", organization, "ada").await.expect(204, "");
    world.sign_up("eve", None).await;
    world.accept("eve", &invited.token).await.expect(409, "inviter-lost-authority");
    invited.resend("ada", None).await.expect(404, "organization-not-found");
    invited.resend("ida", None).await.expect(202, "");
    assert_eq!(world.call("ida", "GET", &invited.path(), None).await.json["invitedBy"], "ida");
    world.accept("eve", &invited.token).await.expect(200, "");
    invited.check(&["ada", "eve", "ida"]).await;
}

#[tokio::test]
async fn r8_nobody_resends_or_revokes_what_they_could_not_grant() {
    let invited = Invited::new().await;
    let (world, organization) = (&invited.world, &invited.organization);
    world.join("ada", organization, "uma", &["user_admin"]).await;
    let admin = world.invite("ada", organization, "bob@example.com", ADMIN).await;
    let list = world.call("ada", "GET", &format!("/organizations/{organization}/invitations"), None).await;
    let id = list.json["items"][0]["invitationId"].as_str().unwrap();
    let path = format!("/organizations/{organization}/invitations/{id}");
    world.call("uma", "POST", &format!("{path}/resend"), None).await.expect(403, "role-not-grantable");
    world.call("uma", "DELETE", &path, None).await.expect(403, "role-not-grantable");
    invited.resend("uma", None).await.expect(202, "");
    invited.revoke("uma").await.expect(204, "");
    invited.preview(&admin).await.expect(200, "");
    invited.check(&["ada", "uma"]).await;
}

#[tokio::test]
async fn revoking_frees_seat_and_address_and_can_be_repeated() {
    let invited = Invited::of(World::with_seats(2).await).await;
    invited.revoke("ada").await.expect(204, "");
    invited.revoke("ada").await.expect(204, "");
    invited.preview(&invited.token).await.expect(410, "invitation-revoked");
    invited.resend("ada", None).await.expect(410, "invitation-revoked");
    invited.check(&["ada"]).await;
    let again = invited.world.invite("ada", &invited.organization, "eve@example.com", MEMBER).await;
    invited.world.sign_up("eve", None).await;
    invited.world.accept("eve", &again).await.expect(200, "");
    invited.check(&["ada", "eve"]).await;
    let unknown = "inv_0190a6a4-7b3c-7def-8123-0000000000aa";
    let path = format!("/organizations/{}/invitations/{unknown}", invited.organization);
    invited.world.call("ada", "DELETE", &path, None).await.expect(404, "invitation-not-found");
}

#[tokio::test]
async fn an_expired_invitation_can_be_revoked_before_and_after_its_seat_was_reclaimed() {
    for reclaimed in [false, true] {
        let invited = Invited::of(World::with_seats(2).await).await;
        invited.world.pass(8 * DAY);
        if reclaimed {
            let other = invited.world.invite("ada", &invited.organization, "bob@example.com", MEMBER).await;
            invited
                .world
                .call("x", "POST", "/invitations/decline", Some(json!({"token": other})))
                .await
                .expect(204, "");
        }
        invited.revoke("ada").await.expect(204, "");
        invited.preview(&invited.token).await.expect(410, "invitation-revoked");
        invited.check(&["ada"]).await;
    }
}

#[tokio::test]
async fn answers_that_are_over_say_so() {
    let invited = Invited::new().await;
    let decline = Some(json!({"token": invited.token}));
    invited.world.call("x", "POST", "/invitations/decline", decline).await.expect(204, "");
    invited.revoke("ada").await.expect(410, "invitation-declined");
    invited.resend("ada", None).await.expect(410, "invitation-declined");
    invited.check(&["ada"]).await;
}

#[tokio::test]
async fn an_invitation_by_link_shows_the_link_once_and_sends_no_email() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/invitations");
    let body = json!({"email": "eve@example.com", "roles": ["member"], "delivery": "link"});
    let key = [("Idempotency-Key", "the-first-link")];
    let answer = world.call_with("ada", "POST", &path, Some(body.clone()), &key).await;
    answer.expect(201, "");
    assert_eq!(answer.json["delivery"]["status"], "link");
    let url = answer.json["acceptUrl"].as_str().unwrap();
    let token = url.strip_prefix("https://app.example.com/invitations/accept#token=").unwrap().to_owned();
    let again = world.call_with("ada", "POST", &path, Some(body), &key).await;
    again.expect(201, "");
    assert_eq!((again.json.get("acceptUrl"), &again.json["invitationId"]), (None, &answer.json["invitationId"]));
    world.deliver(&organization).await;
    world.send_due().await;
    assert!(world.inbox.texts("eve@example.com").is_empty());
    let one = format!("{path}/{}", answer.json["invitationId"].as_str().unwrap());
    assert!(world.call("ada", "GET", &one, None).await.json.get("acceptUrl").is_none());
    let key = [("Idempotency-Key", "the-second-link")];
    let body = Some(json!({"delivery": "link"}));
    let resent = world.call_with("ada", "POST", &format!("{one}/resend"), body.clone(), &key).await;
    resent.expect(202, "");
    let replayed = world.call_with("ada", "POST", &format!("{one}/resend"), body, &key).await;
    assert_eq!((replayed.status, replayed.json.get("acceptUrl")), (202, None));
    let preview = world.call("x", "POST", "/invitations/preview", Some(json!({"token": token}))).await;
    assert_eq!(preview.json["inviterName"], "ada");
    world.sign_up("eve", None).await;
    world.sign_up("bob", None).await;
    world.accept("bob", &token).await.expect(403, "invitation-for-another-address");
    let second = resent.json["acceptUrl"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    world.call("x", "POST", "/invitations/preview", Some(json!({"token": token}))).await.expect(200, "");
    world.accept("eve", &second).await.expect(200, "");
    world.check_invariants(&organization, &["ada", "eve"]).await;
}

#[tokio::test]
async fn a_bounced_address_is_refused_until_it_is_confirmed() {
    for (reported, reason) in [(Reported::Bounce, "Permanent/General"), (Reported::Complaint, "abuse")] {
        let invited = Invited::new().await;
        // To confirm an address that did not bounce changes nothing.
        invited.resend("ada", Some(json!({"confirmAddress": true}))).await.expect(202, "");
        invited.world.report(reported, &invited.world.tags("eve@example.com")).await;
        let refused = invited.resend("ada", None).await;
        refused.expect(409, "address-undeliverable");
        assert!(refused.json["detail"].as_str().unwrap().contains(reason), "{}", refused.json);
        invited.world.sign_up("eve", None).await;
        let own = format!("/me/invitations/{}/resend", invited.id);
        invited.world.call("eve", "POST", &own, None).await.expect(409, "address-undeliverable");
        let confirmed = invited.world.call("eve", "POST", &own, Some(json!({"confirmAddress": true}))).await;
        confirmed.expect(409, "address-undeliverable");
        // A complaint stays when the invitation expires.
        invited.world.pass(8 * DAY);
        invited.resend("ada", None).await.expect(409, "address-undeliverable");
        invited.resend("ada", Some(json!({"confirmAddress": true}))).await.expect(202, "");
        invited.world.call("eve", "POST", &own, None).await.expect(202, "");
        invited.check(&["ada", "eve"]).await;
    }
}

#[tokio::test]
async fn a_link_for_a_bounced_address_needs_no_confirmation() {
    let invited = Invited::new().await;
    invited.world.report(Reported::Bounce, &invited.world.tags("eve@example.com")).await;
    let answer = invited.resend("ada", Some(json!({"delivery": "link"}))).await;
    answer.expect(202, "");
    assert_eq!(answer.text("/delivery/status"), "link");
    invited.check(&["ada"]).await;
}

#[tokio::test]
async fn r24_resends_count_as_invitations() {
    let invited = Invited::of(World::with_limits(5, 3, 1000).await).await;
    invited.resend("ada", None).await.expect(202, "");
    invited.resend("ada", None).await.expect(202, "");
    invited.resend("ada", None).await.expect(429, "invitation-rate-limited");
    invited.world.pass(DAY);
    invited.resend("ada", None).await.expect(202, "");
    invited.check(&["ada"]).await;
}

#[tokio::test]
async fn r24_an_address_has_a_limit_of_emails_from_all_organizations() {
    let invited = Invited::of(World::with_emails_per_address(3).await).await;
    let Invited { world, id, .. } = &invited;
    let other = world.creator("bea").await;
    world.invite("bea", &other, "EVE@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    let own = format!("/me/invitations/{id}/resend");
    world.call("eve", "POST", &own, None).await.expect(202, "");
    // Three emails: whoever asks for a fourth is told to wait, and nothing has happened.
    world.call("eve", "POST", &own, None).await.expect(429, "invitation-rate-limited");
    invited.resend("ada", None).await.expect(429, "invitation-rate-limited");
    let third = world.creator("cem").await;
    let path = format!("/organizations/{third}/invitations");
    let body = json!({"email": "eve@example.com", "roles": MEMBER});
    world.call("cem", "POST", &path, Some(body.clone())).await.expect(429, "invitation-rate-limited");
    assert_eq!(world.call("cem", "GET", &path, None).await.json["items"], json!([]));
    // Nobody else is concerned, and a link is no email.
    invited.world.invite("ada", &invited.organization, "bob@example.com", MEMBER).await;
    let by_link = json!({"email": "eve@example.com", "roles": MEMBER, "delivery": "link"});
    world.call("cem", "POST", &path, Some(by_link)).await.expect(201, "");
    invited.resend("ada", Some(json!({"delivery": "link"}))).await.expect(202, "");
    world.pass(DAY);
    world.call("eve", "POST", &own, None).await.expect(202, "");
    invited.check(&["ada", "eve"]).await;
    world.check_invariants(&third, &["cem"]).await;
}

#[tokio::test]
async fn i9_every_repeated_request_of_a_key_gets_its_first_response() {
    let invited = Invited::new().await;
    let Invited { world, id, .. } = &invited;
    world.sign_up("eve", None).await;
    let resend = format!("{}/resend", invited.path());
    for (user, path) in [("ada", resend), ("eve", format!("/me/invitations/{id}/resend"))] {
        let key = [("Idempotency-Key", "one-key-each")];
        let first = world.call_with(user, "POST", &path, None, &key).await;
        first.expect(202, "");
        let again = world.call_with(user, "POST", &path, None, &key).await;
        assert_eq!((again.status, again.json), (202, first.json), "{path}");
    }
    let resent = world.call("ada", "GET", &invited.path(), None).await;
    assert_eq!(resent.json["status"], "pending");
    let path = format!("/me/invitations/{id}/decline");
    let key = [("Idempotency-Key", "decline-once")];
    for _ in 0..2 {
        world.call_with("eve", "POST", &path, None, &key).await.expect(204, "");
    }
    // What was resent by `eve` is answered as before, although the invitation is over.
    let key = [("Idempotency-Key", "one-key-each")];
    world.call_with("eve", "POST", &format!("/me/invitations/{id}/resend"), None, &key).await.expect(202, "");
    invited.check(&["ada", "eve"]).await;
}
