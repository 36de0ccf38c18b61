//! Lists that are filtered, lists that are long, and what they cost.

use std::time::Duration;

use local_stack::round_trips;
use serde_json::Value;
use shared::{domain::InvitationState, http::Cursor};

use crate::world::{Answer, MEMBER, World};

/// Every page of a list, the `field` of each item.
async fn walk(world: &World, path: &str, limit: usize, field: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let and = if path.contains('?') { '&' } else { '?' };
        let answer = world.call("ada", "GET", &format!("{path}{and}limit={limit}{cursor}"), None).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        let items = answer.json["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item[field].as_str().unwrap().to_owned()));
        let Some(next) = answer.json["nextCursor"].as_str() else { return found };
        assert_eq!(items.len(), limit, "a page in the middle is short");
        cursor = format!("&cursor={next}");
    }
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

#[tokio::test]
async fn a_filter_finds_every_member_it_is_for_once() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let role = |number: usize| match number % 10 {
        0 => "user_admin",
        5 => "billing_admin",
        _ => "member",
    };
    let members: Vec<_> =
        (0..200).map(|number| world.member(&organization, &format!("Person-{number:03}"), &[role(number)])).collect();
    world.plant_members(&members).await;
    let path = format!("/organizations/{organization}/members");
    let of = |wanted: &dyn Fn(usize, &str) -> bool| {
        let people = (0..200).map(|number| (number, format!("Person-{number:03}@example.com")));
        sorted(people.filter(|(number, email)| wanted(*number, email)).map(|(_, email)| email).collect())
    };
    for limit in [1, 7, 100] {
        assert_eq!(walk(&world, &format!("{path}?role=member"), limit, "email").await, of(&|n, _| role(n) == "member"));
        let user_admins = of(&|n, _| role(n) == "user_admin");
        assert_eq!(walk(&world, &format!("{path}?role=user_admin"), limit, "email").await, user_admins);
        let prefix = walk(&world, &format!("{path}?email=pErson-1"), limit, "email").await;
        assert_eq!(prefix, of(&|_, email| email.starts_with("Person-1")));
        let both = walk(&world, &format!("{path}?email=person-05&role=billing_admin"), limit, "email").await;
        assert_eq!(both, ["Person-055@example.com"]);
    }
    let admins = walk(&world, &format!("{path}?role=organization_admin"), 25, "email").await;
    assert_eq!(admins, ["ada@example.com"]);
    for nobody in ["zz", "person-05%7F", "%C3%A9", &"a".repeat(2000), "person-055@example.com%20Person-055x"] {
        assert_eq!(walk(&world, &format!("{path}?email={nobody}"), 25, "email").await, [""; 0], "{nobody}");
    }
    // A change of roles moves a member from one list to the other.
    assert_eq!(world.set_roles("ada", &organization, "Person-001", &["user_admin"]).await.status, 200);
    let moved = walk(&world, &format!("{path}?role=user_admin&email=person-001"), 25, "email").await;
    assert_eq!(moved, ["Person-001@example.com"]);
    assert_eq!(walk(&world, &format!("{path}?role=member&email=person-001"), 25, "email").await, [""; 0]);
}

#[tokio::test]
async fn invitations_are_listed_by_what_they_are_now() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let state = |number: usize| match number % 4 {
        0 => InvitationState::Accepted,
        1 => InvitationState::Revoked,
        2 => InvitationState::Pending,
        _ => InvitationState::Expired,
    };
    // Those that are pending expire after a day or after eight.
    let days = |number: usize| if state(number) == InvitationState::Expired { -1 } else { 1 + number as i64 % 8 };
    let email = |number: usize| format!("p{number:02}@example.com");
    let items = (0..80).map(|number| world.invitation(&organization, &email(number), state(number), days(number)));
    world.plant(items.collect::<Vec<_>>()).await;
    let path = format!("/organizations/{organization}/invitations");
    let of = |wanted: &dyn Fn(usize) -> bool| sorted((0..80).filter(|number| wanted(*number)).map(email).collect());
    for limit in [3, 100] {
        let listed = async |status: &str| walk(&world, &format!("{path}?status={status}"), limit, "email").await;
        assert_eq!(sorted(listed("accepted").await), of(&|n| state(n) == InvitationState::Accepted));
        assert_eq!(sorted(listed("pending").await), of(&|n| state(n) == InvitationState::Pending));
        assert_eq!(sorted(listed("expired").await), of(&|n| state(n) == InvitationState::Expired));
        assert_eq!(listed("declined").await, [""; 0]);
        let expiries = walk(&world, &format!("{path}?status=pending"), limit, "expiresAt").await;
        assert!(expiries.is_sorted_by(|a, b| a >= b), "{expiries:?}");
        assert_eq!(walk(&world, &path, limit, "email").await.len(), 80);
    }
    // Time alone moves them.
    world.pass(Duration::from_secs(5 * 24 * 3600));
    let listed = async |status: &str| walk(&world, &format!("{path}?status={status}"), 3, "email").await;
    let over = |n: usize| state(n) == InvitationState::Expired || state(n) == InvitationState::Pending && days(n) < 6;
    assert_eq!(sorted(listed("expired").await), of(&over));
    assert_eq!(sorted(listed("pending").await), of(&|n| state(n) == InvitationState::Pending && days(n) > 5));
}

/// The time that an answer takes must not tell a stranger how large the organization is.
#[tokio::test]
async fn a_stranger_costs_no_more_than_a_page() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let members: Vec<_> =
        (0..300).map(|number| world.member(&organization, &format!("p{number}"), &["user_admin"])).collect();
    world.plant_members(&members).await;
    world.join("ada", &organization, "eve", MEMBER).await;
    for (user, status, code) in [("uma", 404, "organization-not-found"), ("eve", 403, "permission-denied")] {
        for list in ["members?role=billing_admin", "members?email=a", "invitations?status=expired"] {
            world.engine.clear_calls();
            world.call(user, "GET", &format!("/organizations/{organization}/{list}"), None).await.expect(status, code);
            let calls = world.engine.calls();
            let units: f64 = calls.iter().filter_map(|call| call.capacity).sum();
            assert!(calls.len() <= 3 && units < 4.0, "{user} {list}: {calls:?}");
        }
    }
}

/// A cursor that a client makes of a true key lets it go on from there, in its own list only.
#[tokio::test]
async fn a_cursor_from_elsewhere_opens_nothing() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let any: fn(&str) -> bool = |_| true;
    let ask = async |list: &str, path: &str, key: &str| -> Answer {
        let cursor = Cursor::of(list, any).write(key);
        world.call("ada", "GET", &format!("/organizations/{organization}/{path}&cursor={cursor}"), None).await
    };
    let (members, invitations) = (format!("members/{organization}//a"), format!("invitations/{organization}/pending"));
    for key in ["zz@example.com u-1", "\u{21}@example.com u-1", "a@example.com u-1"] {
        let answer = ask(&members, "members?email=a", key).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
    }
    for time in ["1970-01-01T00:00:00.000Z", "9999-12-30T22:00:00.000Z"] {
        let key = format!("{time} inv_0190a6a4-7b3c-7def-8123-000000000000");
        let answer = ask(&invitations, "invitations?status=pending", &key).await;
        assert_eq!((answer.status, &answer.json["items"]), (200, &Value::Array(Vec::new())), "{}", answer.json);
    }
    for key in ["", "MEMBER#u-1", "a@example.com", " u-1", "\u{e9}@example.com u-1", "a@example.com u#1"] {
        ask(&members, "members?email=a", key).await.expect(400, "invalid-cursor");
        ask(&invitations, "invitations?status=pending", key).await.expect(400, "invalid-cursor");
    }
}

#[tokio::test]
async fn a_user_in_many_organizations_gets_the_first_and_a_cursor() {
    let world = World::new().await;
    world.creator("ada").await;
    world.plant_memberships("ada", 1000).await;
    world.engine.clear_calls();
    let me = world.call("ada", "GET", "/me", None).await;
    let calls = world.engine.calls();
    let units: f64 = calls.iter().filter_map(|call| call.capacity).sum();
    assert!(units <= 120.0 && round_trips(&calls) <= 2, "{units} units: {calls:?}");
    let id = |item: &Value| item["organizationId"].as_str().unwrap().to_owned();
    let mut ids: Vec<String> = me.json["organizations"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids.len(), 25);
    let path = format!("/organizations?cursor={}", me.text("/organizationsCursor"));
    let rest = world.call("ada", "GET", &path, None).await;
    ids.extend(rest.json["items"].as_array().unwrap().iter().map(id));
    assert_eq!(ids.len(), 50);
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}
