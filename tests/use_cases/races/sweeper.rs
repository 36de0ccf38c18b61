//! The sweeper against requests, and against itself.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::SignedDuration;
use serde_json::json;
use shared::domain::Timestamp;

use super::{Request, pause, race, report, trials, with_status};
use crate::{
    mail_waiting::only,
    world::{Answer, MEMBER, World},
};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// Requests beside two runs of the sweeper.
async fn beside_the_sweeper(world: &Arc<World>, requests: Vec<Request>) -> Vec<Answer> {
    let sweep = async || {
        pause(world).await;
        world.sweep().await;
    };
    // A run reads an index before it writes, so half of the requests give it a start.
    let requests = async {
        let [random] = world.environment.random_bytes::<1>();
        tokio::time::sleep(Duration::from_micros(u64::from(random.saturating_sub(128)) * 300)).await;
        race(world, requests).await
    };
    let (answers, (), ()) = tokio::join!(requests, sweep(), sweep());
    answers
}

/// An organization with one invitation, a moment before it expires.
async fn about_to_expire(world: &Arc<World>, ada: &str, eve: &str, left: SignedDuration) -> (String, String) {
    let organization = world.creator(ada).await;
    let token = world.invite(ada, &organization, &format!("{eve}@example.com"), MEMBER).await;
    let expiry: Timestamp = only(world, &organization).await["expires_at"].as_str().unwrap().parse().unwrap();
    let until = expiry.as_milliseconds() - world.clock.now().as_milliseconds();
    world.clock.pass(SignedDuration::from_millis(until) - left);
    world.nothing_expired_before(1).await;
    (organization, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweeper_against_accept() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, eve) = (format!("ada{trial}"), format!("eve{trial}"));
        world.sign_up(&eve, None).await;
        let (organization, token) = about_to_expire(&world, &ada, &eve, SignedDuration::from_millis(8)).await;
        let accept = (eve.clone(), "POST", "/invitations/accept".to_owned(), Some(json!({"token": token})));
        let answers = beside_the_sweeper(&world, vec![accept]).await;
        assert!(answers[0].status == 200 || answers[0].code() == "invitation-expired", "{}", answers[0].json);
        world.sweep().await;
        let state = only(&world, &organization).await["state"].as_str().unwrap().to_owned();
        assert!(state == "accepted" || answers[0].status != 200, "{state}");
        world.check_invariants(&organization, &[&ada, &eve]).await;
        *outcomes.entry((answers[0].status, state)).or_insert(0) += 1;
    }
    report("sweeper against accept", outcomes);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweeper_against_resend() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, eve) = (format!("ada{trial}"), format!("eve{trial}"));
        let (organization, _) = about_to_expire(&world, &ada, &eve, SignedDuration::ZERO).await;
        let id = only(&world, &organization).await["invitation_id"].as_str().unwrap().to_owned();
        let path = format!("/organizations/{organization}/invitations/{id}/resend");
        let answers = beside_the_sweeper(&world, vec![(ada.clone(), "POST", path, None)]).await;
        answers[0].expect(202, "");
        assert_eq!(only(&world, &organization).await["state"], "pending");
        world.check_invariants(&organization, &[&ada]).await;
        let records = world.items(&format!("ORG#{organization}")).await;
        let expired = records.iter().filter(|record| record["action"] == "invitation.expired").count();
        *outcomes.entry(format!("{expired} times expired before")).or_insert(0) += 1;
    }
    report("sweeper against resend", outcomes);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweeper_against_requests_that_reclaim_seats() {
    let world = Arc::new(World::with_seats(4).await);
    for trial in 0..trials() {
        let ada = format!("ada{trial}");
        let organization = world.creator(&ada).await;
        let invite = |email: String| {
            let path = format!("/organizations/{organization}/invitations");
            (ada.clone(), "POST", path, Some(json!({"email": email, "roles": MEMBER})))
        };
        for number in 0..3 {
            let (actor, method, path, body) = invite(format!("p{number}@example.com"));
            world.call(&actor, method, &path, body).await.expect(201, "");
        }
        world.pass(WEEK);
        world.nothing_expired_before(1).await;
        let six = (0..6).map(|number| invite(format!("n{number}@example.com"))).collect();
        let answers = beside_the_sweeper(&world, six).await;
        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (3, 3));
        world.check_invariants(&organization, &[&ada]).await;
    }
    report("sweeper against reclaiming", "three of six are invited, three are told");
}
