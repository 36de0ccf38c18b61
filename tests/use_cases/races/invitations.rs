use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::{Request, race, report, trials, with_status};
use crate::world::{ADMIN, MEMBER, World};

fn accept(user: &str, token: &str) -> Request {
    (user.to_owned(), "POST", "/invitations/accept".to_owned(), Some(json!({"token": token})))
}

fn invite(actor: &str, organization: &str, email: &str) -> Request {
    let body = json!({"email": email, "roles": ["member"]});
    (actor.to_owned(), "POST", format!("/organizations/{organization}/invitations"), Some(body))
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_one_secret_accepted_three_times() {
    let world = Arc::new(World::new().await);
    for trial in 0..trials() {
        let (ada, eve, organization, token) = invited(&world, trial).await;
        let answers = race(&world, vec![accept(&eve, &token); 3]).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 409)), (1, 2));
        world.check_invariants(&organization, &[&ada, &eve]).await;
    }
    report("triple accept", "one joins, two are told");
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_one_secret_accepted_by_two_users_of_one_address() {
    let world = Arc::new(World::new().await);
    for trial in 0..trials() {
        let (ada, eve, twin) = (format!("ada{trial}"), format!("eve{trial}"), format!("twin{trial}"));
        let organization = world.creator(&ada).await;
        let email = format!("{eve}@example.com");
        let token = world.invite(&ada, &organization, &email, MEMBER).await;
        world.sign_up(&eve, None).await;
        world.pool.add(&twin, &email);
        let answers = race(&world, vec![accept(&eve, &token), accept(&twin, &token)]).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 409)), (1, 1));
        world.check_invariants(&organization, &[&ada, &eve, &twin]).await;
    }
    report("accept by two users", "one joins, one is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_twin_invitations_of_one_address() {
    let world = Arc::new(World::new().await);
    for trial in 0..trials() {
        let ada = format!("ada{trial}");
        let organization = world.creator(&ada).await;
        let twins =
            vec![invite(&ada, &organization, "eve@example.com"), invite(&ada, &organization, "EVE@example.com")];
        let answers = race(&world, twins).await;
        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 1));
        world.check_invariants(&organization, &[&ada]).await;
    }
    report("twin invitations", "one is made, one is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_the_last_seat_is_taken_once() {
    let world = Arc::new(World::with_seats(2).await);
    for trial in 0..trials() {
        let ada = format!("ada{trial}");
        let organization = world.creator(&ada).await;
        let six = (0..6).map(|index| invite(&ada, &organization, &format!("n{index}@example.com"))).collect();
        let answers = race(&world, six).await;
        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 5));
        world.check_invariants(&organization, &[&ada]).await;
    }
    report("last seat", "one of six is invited, five are told");
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_the_inviter_is_demoted_while_the_invitation_is_accepted() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, eve, bob) = (format!("ada{trial}"), format!("eve{trial}"), format!("bob{trial}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &eve, ADMIN).await;
        let token = world.invite(&eve, &organization, &format!("{bob}@example.com"), ADMIN).await;
        world.sign_up(&bob, None).await;
        let path = format!("/organizations/{organization}/members/{eve}/roles");
        let demote = (ada.clone(), "PUT", path, Some(json!({"roles": ["user_admin"]})));
        let answers = race(&world, vec![demote, accept(&bob, &token)]).await;
        assert_eq!(answers[0].status, 200);
        assert!(answers[1].status == 200 || answers[1].code() == "inviter-lost-authority", "{}", answers[1].json);
        world.check_invariants(&organization, &[&ada, &eve, &bob]).await;
        *outcomes.entry(answers[1].status).or_insert(0) += 1;
    }
    report("inviter demoted", outcomes);
}

#[tokio::test(flavor = "multi_thread")]
async fn accept_against_decline() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, eve, organization, token) = invited(&world, trial).await;
        let decline = (eve.clone(), "POST", "/invitations/decline".to_owned(), Some(json!({"token": token})));
        let answers = race(&world, vec![accept(&eve, &token), decline]).await;
        let outcome = (answers[0].status, answers[1].status);
        assert!(matches!(outcome, (200, 409) | (410, 204)), "{outcome:?}");
        world.check_invariants(&organization, &[&ada, &eve]).await;
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    report("accept against decline", outcomes);
}

/// An organization of one user with an invitation to another, who has signed up: both users, the organization and the token.
async fn invited(world: &World, trial: usize) -> (String, String, String, String) {
    let (ada, eve) = (format!("ada{trial}"), format!("eve{trial}"));
    let organization = world.creator(&ada).await;
    let token = world.invite(&ada, &organization, &format!("{eve}@example.com"), MEMBER).await;
    world.sign_up(&eve, None).await;
    (ada, eve, organization, token)
}

/// The id of the only invitation of an organization.
async fn only_invitation(world: &World, actor: &str, organization: &str) -> String {
    let list = world.call(actor, "GET", &format!("/organizations/{organization}/invitations"), None).await;
    list.json["items"][0]["invitationId"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn accept_against_revoke() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, eve, organization, token) = invited(&world, trial).await;
        let id = only_invitation(&world, &ada, &organization).await;
        let revoke = (ada.clone(), "DELETE", format!("/organizations/{organization}/invitations/{id}"), None);
        let answers = race(&world, vec![accept(&eve, &token), revoke]).await;
        let outcome = (answers[0].status, answers[1].status);
        assert!(matches!(outcome, (200, 409) | (410, 204)), "{outcome:?}");
        world.check_invariants(&organization, &[&ada, &eve]).await;
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    report("accept against revoke", outcomes);
}

#[tokio::test(flavor = "multi_thread")]
async fn accept_against_resend() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, ida, eve) = (format!("ada{trial}"), format!("ida{trial}"), format!("eve{trial}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &ida, ADMIN).await;
        let token = world.invite(&ada, &organization, &format!("{eve}@example.com"), MEMBER).await;
        world.sign_up(&eve, None).await;
        let id = only_invitation(&world, &ada, &organization).await;
        let path = format!("/organizations/{organization}/invitations/{id}/resend");
        let answers = race(&world, vec![accept(&eve, &token), (ida.clone(), "POST", path, None)]).await;
        let outcome = (answers[0].status, answers[1].status);
        assert!(matches!(outcome, (200, 202 | 409)), "{outcome:?}");
        world.check_invariants(&organization, &[&ada, &ida, &eve]).await;
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    report("accept against resend", outcomes);
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_expired_seats_are_reclaimed_by_six_at_once() {
    let world = Arc::new(World::with_seats(4).await);
    for trial in 0..trials() {
        let ada = format!("ada{trial}");
        let organization = world.creator(&ada).await;
        for email in ["a@example.com", "b@example.com", "c@example.com"] {
            let (actor, method, path, body) = invite(&ada, &organization, email);
            world.call(&actor, method, &path, body).await.expect(201, "");
        }
        world.pass(std::time::Duration::from_secs(8 * 24 * 3600));
        let six = (0..6).map(|index| invite(&ada, &organization, &format!("n{index}@example.com"))).collect();
        let answers = race(&world, six).await;
        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (3, 3));
        world.check_invariants(&organization, &[&ada]).await;
    }
    report("expired seats", "three of six are invited, three are told");
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_an_orphan_is_resent_while_it_is_replaced() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, ida, uma) = (format!("ada{trial}"), format!("ida{trial}"), format!("uma{trial}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &ida, ADMIN).await;
        world.join(&ada, &organization, &uma, &["user_admin"]).await;
        world.invite(&ida, &organization, "eve@example.com", &["billing_admin"]).await;
        let id = only_invitation(&world, &ada, &organization).await;
        world.remove(&ada, &organization, &ida).await.expect(204, "");
        let path = format!("/organizations/{organization}/invitations/{id}");
        let resend = (ada.clone(), "POST", format!("{path}/resend"), None);
        let answers = race(&world, vec![resend, invite(&uma, &organization, "eve@example.com")]).await;
        let outcome = (answers[0].status, answers[1].status);
        // Who could not revoke it does not replace it once it has an inviter again.
        assert!(matches!(outcome, (202, 409) | (410, 201)), "{outcome:?}");
        let status = world.call(&ada, "GET", &path, None).await.json["status"].clone();
        assert_eq!(status, if outcome.0 == 202 { "pending" } else { "revoked" });
        world.check_invariants(&organization, &[&ada, &ida, &uma]).await;
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    report("orphan resent against replaced", outcomes);
}
