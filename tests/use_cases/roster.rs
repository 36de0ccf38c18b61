//! Who was a member at an instant, with which roles: exactly what the list of members said then.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value;
use shared::domain::Timestamp;

use crate::world::{ADMIN, MEMBER, World};

type Roster = BTreeMap<String, (Value, Value)>;

/// All pages of a list of members: user ids with roles and the instant of joining.
async fn read(world: &World, organization: &str, query: &str) -> Roster {
    let (mut roster, mut cursor) = (Roster::new(), String::new());
    loop {
        let path = format!("/organizations/{organization}/members?{query}{cursor}");
        let answer = world.call("ada", "GET", &path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.json);
        for member in answer.json["items"].as_array().unwrap() {
            let user = member["userId"].as_str().unwrap().to_owned();
            let is_new = roster.insert(user, (member["roles"].clone(), member["joinedAt"].clone())).is_none();
            assert!(is_new, "{member} is listed twice");
        }
        let Some(next) = answer.json["nextCursor"].as_str() else { return roster };
        cursor = format!("&cursor={next}");
    }
}

/// Somebody joins, is changed or leaves, in an order that a seed decides.
async fn step(world: &World, organization: &str, random: &mut fastrand::Rng) {
    let user = format!("user{}", random.u32(..6));
    let roles: &[&[&str]] = &[MEMBER, ADMIN, &["user_admin"], &["billing_admin", "user_admin"]];
    let roles = roles[random.usize(..roles.len())];
    let is_member = world.call("ada", "GET", &format!("/organizations/{organization}/members/{user}"), None).await;
    match (is_member.status, random.u32(..4)) {
        (200, 0) => assert_eq!(world.remove("ada", organization, &user).await.status, 204),
        (200, _) => assert_eq!(world.set_roles("ada", organization, &user, roles).await.status, 200),
        _ => world.join("ada", organization, &user, roles).await,
    }
}

#[tokio::test]
async fn the_roster_of_every_instant_is_what_the_list_was_then() {
    let world = World::with_seats(100).await;
    let organization = world.creator("ada").await;
    let mut random = fastrand::Rng::with_seed(7);
    let millisecond = SignedDuration::from_millis(1);
    let before = world.clock.now().plus(SignedDuration::from_hours(-1));
    let mut history: Vec<(Timestamp, Roster)> = vec![(before, Roster::new())];
    for _ in 0..60 {
        step(&world, &organization, &mut random).await;
        let roster = read(&world, &organization, "limit=100").await;
        history.push((world.clock.now(), roster));
        world.clock.pass(millisecond);
    }
    for (number, (at, roster)) in history.iter().enumerate() {
        for limit in [1, 3, 100].into_iter().skip(number % 3).take(1) {
            assert_eq!(&read(&world, &organization, &format!("at={at}&limit={limit}")).await, roster, "step {number}");
        }
    }
    assert!(history.iter().map(|(_, roster)| roster.len()).max() > Some(4), "too little has happened");
}

/// A change that another machine, whose clock is ahead, has made counts as earlier than the next one all the same.
#[tokio::test]
async fn changes_keep_their_order_whatever_the_clocks_say() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "bob", MEMBER).await;
    let second = SignedDuration::from_secs(1);
    world.clock.pass(second * 10);
    assert_eq!(world.set_roles("ada", &organization, "bob", &["user_admin"]).await.status, 200);
    let first = world.clock.now();
    world.clock.pass(second * -5);
    assert_eq!(world.set_roles("ada", &organization, "bob", &["billing_admin"]).await.status, 200);
    assert_eq!(world.remove("ada", &organization, "bob").await.status, 204);
    world.clock.pass(second * 10);
    let roles = async |at: Timestamp| {
        read(&world, &organization, &format!("at={at}")).await.get("bob").map(|(roles, _)| roles[0].clone())
    };
    assert_eq!(roles(first.plus(second * -1)).await, Some("member".into()));
    assert_eq!(roles(first.plus(second)).await, None);
    let items = world.items(&format!("ORG#{organization}")).await;
    let past: Vec<_> =
        items.iter().filter(|item| item["entity"] == "past_membership").map(|item| &item["roles"][0]).collect();
    assert_eq!(past, ["member", "user_admin", "billing_admin"]);
}

#[tokio::test]
async fn more_changes_than_one_answer_of_dynamodb_holds() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    for user in ["bob", "eve"] {
        world.join("ada", &organization, user, MEMBER).await;
    }
    let at = world.clock.now();
    world.clock.pass(SignedDuration::from_secs(1));
    world.plant_past_memberships(&organization, "bob", 6000).await;
    assert_eq!(world.set_roles("ada", &organization, "eve", ADMIN).await.status, 200);
    for limit in [1, 25] {
        let roster = read(&world, &organization, &format!("at={at}&limit={limit}")).await;
        let roles: Vec<_> = roster.iter().map(|(user, (roles, _))| format!("{user} {roles}")).collect();
        assert_eq!(roles, ["ada [\"organization_admin\"]", "bob [\"billing_admin\"]", "eve [\"member\"]"]);
    }
}

#[tokio::test]
async fn what_the_list_cannot_know_is_refused() {
    let world = World::with_retention(30).await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "mia", MEMBER).await;
    let path = format!("/organizations/{organization}/members");
    let tomorrow = world.clock.now().plus(SignedDuration::from_hours(24));
    let long_ago = world.clock.now().plus(SignedDuration::from_hours(-24 * 31));
    for wrong in
        [format!("{tomorrow}"), format!("{long_ago}"), "now".to_owned(), String::new(), "2026-01-01".to_owned()]
    {
        let answer = world.call("ada", "GET", &format!("{path}?at={wrong}"), None).await;
        answer.expect(422, "validation-failed");
        assert_eq!(answer.text("/errors/0/pointer"), "/at");
    }
    let now = world.clock.now();
    world.call("ada", "GET", &format!("{path}?at={now}&role=member"), None).await.expect(422, "validation-failed");
    world.call("mia", "GET", &format!("{path}?at={now}"), None).await.expect(403, "permission-denied");
    world.creator("zoe").await;
    world.call("zoe", "GET", &format!("{path}?at={now}"), None).await.expect(404, "organization-not-found");
}
