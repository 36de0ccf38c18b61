//! The list of audit records: its filters, its pages, what it shows and for how long.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{ADMIN, MEMBER, World};

async fn records(world: &World, organization: &str, query: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/organizations/{organization}/audit-records?limit=3{query}{cursor}");
        let answer = world.call("ada", "GET", &path, None).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        found.extend(answer.json["items"].as_array().unwrap().clone());
        let Some(next) = answer.json["nextCursor"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}

fn actions(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["action"].as_str().unwrap()).collect()
}

/// An organization in which things happened, a second apart.
async fn busy(world: &World) -> String {
    let second = SignedDuration::from_secs(1);
    let organization = world.creator("ada").await;
    for (user, roles) in [("bob", MEMBER), ("eve", ADMIN)] {
        world.clock.pass(second);
        world.join("ada", &organization, user, roles).await;
    }
    world.clock.pass(second);
    assert_eq!(world.set_roles("eve", &organization, "bob", &["user_admin", "billing_admin"]).await.status, 200);
    world.clock.pass(second);
    assert_eq!(world.remove("eve", &organization, "bob").await.status, 204);
    world.clock.pass(second);
    organization
}

#[tokio::test]
async fn r17_the_list_says_who_did_what_the_newest_first() {
    let world = World::new().await;
    let organization = busy(&world).await;
    let all = records(&world, &organization, "").await;
    let expected = [
        "member.removed",
        "member.roles_changed",
        "invitation.accepted",
        "invitation.created",
        "invitation.accepted",
        "invitation.created",
        "organization.created",
    ];
    assert_eq!(actions(&all), expected);
    let changed = &all[1];
    assert_eq!(changed["actor"], "eve");
    assert_eq!(changed["target"], "bob");
    assert_eq!(changed["previousRoles"], json!(["member"]));
    assert_eq!(changed["roles"], json!(["billing_admin", "user_admin"]));
    assert_eq!(all[0]["previousRoles"], json!(["billing_admin", "user_admin"]));
    assert!(all.iter().all(|record| record["requestId"].is_string() && record["auditRecordId"].is_string()));
    let text = serde_json::to_string(&all).unwrap();
    assert!(!text.contains('@') && !text.contains("Acme"), "R18: ids only: {text}");
}

#[tokio::test]
async fn filters_find_exactly_what_they_are_for() {
    let world = World::new().await;
    let organization = busy(&world).await;
    let all = records(&world, &organization, "").await;
    let of = async |query: &str| records(&world, &organization, query).await;
    let those =
        |wanted: &dyn Fn(&Value) -> bool| all.iter().filter(|record| wanted(record)).cloned().collect::<Vec<_>>();
    for actor in ["ada", "bob", "eve", "nobody"] {
        assert_eq!(of(&format!("&actor={actor}")).await, those(&|record| record["actor"] == actor), "{actor}");
    }
    for action in ["member.removed", "invitation.accepted", "billing_contact.changed"] {
        assert_eq!(of(&format!("&action={action}")).await, those(&|record| record["action"] == action), "{action}");
    }
    let both = of("&action=invitation.accepted&actor=eve").await;
    assert_eq!(both, those(&|record| record["action"] == "invitation.accepted" && record["actor"] == "eve"));
    for record in &all {
        let at = record["at"].as_str().unwrap();
        let text = |record: &Value| record["at"].as_str().unwrap().to_owned();
        assert_eq!(of(&format!("&from={at}")).await, those(&|record| text(record).as_str() >= at));
        assert_eq!(of(&format!("&to={at}")).await, those(&|record| text(record).as_str() < at));
        assert_eq!(of(&format!("&from={at}&to={at}")).await, [Value::Null; 0]);
    }
    for wrong in ["actor=a%23b", "action=member.fired", "from=yesterday", "to=2026-01-01", "limit=0"] {
        let answer =
            world.call("ada", "GET", &format!("/organizations/{organization}/audit-records?{wrong}"), None).await;
        answer.expect(422, "validation-failed");
    }
}

#[tokio::test]
async fn only_organization_admins_read_it() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/audit-records");
    for (user, role) in [("uma", "user_admin"), ("ben", "billing_admin"), ("mia", "member")] {
        world.join("ada", &organization, user, &[role]).await;
        let answer = world.call(user, "GET", &path, None).await;
        answer.expect(403, "permission-denied");
        assert_eq!(answer.json["requiredPermission"], "audit-records:view");
        assert_eq!(answer.json["rolesThatMay"], json!(["organization_admin"]));
    }
    world.creator("zoe").await;
    world.call("zoe", "GET", &path, None).await.expect(404, "organization-not-found");
}

/// A client can compute the checksum of a cursor. What it makes up is an empty page or one of this list.
#[tokio::test]
async fn i13_a_made_up_cursor_is_no_error_of_ours() {
    let world = World::new().await;
    let organization = busy(&world).await;
    let all = records(&world, &organization, "").await;
    let (first, last) = (all[0]["at"].as_str().unwrap(), all[all.len() - 1]["at"].as_str().unwrap());
    for (from, to) in [("", ""), (last, first), (first, ""), ("", last)] {
        let list = format!("audit-records/{organization}///{from}/{to}");
        let cursor = shared::http::Cursor::of(list, |_| true);
        for id in ["00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"] {
            let mut path =
                format!("/organizations/{organization}/audit-records?cursor={}", cursor.write(&format!("AUDIT#{id}")));
            for (name, value) in [("from", from), ("to", to)].into_iter().filter(|(_, value)| !value.is_empty()) {
                path = format!("{path}&{name}={value}");
            }
            let answer = world.call("ada", "GET", &path, None).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.json);
        }
    }
}

#[tokio::test]
async fn records_end_with_their_retention() {
    let world = World::with_retention(30).await;
    let organization = busy(&world).await;
    let items = world.items(&format!("ORG#{organization}")).await;
    let kept = |item: &&Value| item["entity"] == "audit_record" || item["entity"] == "past_membership";
    assert_eq!(items.iter().filter(kept).count(), 9);
    let now = world.clock.now().as_seconds();
    for item in items.iter().filter(kept) {
        let days = (item["ttl"].as_i64().unwrap() - now) / (24 * 3600);
        assert!((29..=30).contains(&days), "{item}");
    }
    assert_eq!(records(&world, &organization, "").await.len(), 7);
    world.clock.pass(SignedDuration::from_hours(30 * 24));
    // DynamoDB deletes an item up to days later.
    assert_eq!(records(&world, &organization, "").await, [Value::Null; 0]);
    assert_eq!(records(&world, &organization, "&from=2020-01-01T00:00:00Z").await, [Value::Null; 0]);
}
