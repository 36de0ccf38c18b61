//! A batch decides as its rows would one after another: the planner against the route that invites one person.

use std::time::Duration;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};

use super::{batch, decided, dry_run, items};
use crate::world::{ADMIN, Answer, MEMBER, World};

/// What an address is before the batch.
#[derive(Clone, Copy, Debug)]
enum Before {
    Nothing,
    Member,
    Pending,
    Expired,
    Orphan,
    /// Its inviter is the one who sends the batch, and can grant less by now.
    OwnOrphan,
    Declined,
    Full,
}

/// How a row is written.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Plain,
    Capitals,
    Link,
    Admin,
    BillingAdmin,
    UnknownRole,
    UnknownField,
}

#[derive(Clone, Debug)]
struct Case {
    addresses: Vec<Before>,
    rows: Vec<(usize, Spelling)>,
    /// More seats than are in use, or fewer.
    free: i64,
    /// Invitations that the day's limit still allows.
    left: i64,
    is_new_day: bool,
}

const LIMIT: u32 = 40;
const EMAILS: u32 = 2;

fn case() -> impl Strategy<Value = Case> {
    use Before::*;
    let before = prop_oneof![
        Just(Nothing),
        Just(Nothing),
        Just(Member),
        Just(Pending),
        Just(Expired),
        Just(Expired),
        Just(Orphan),
        Just(OwnOrphan),
        Just(Declined),
        Just(Full)
    ];
    let spelling = prop_oneof![
        6 => Just(Spelling::Plain),
        2 => Just(Spelling::Capitals),
        2 => Just(Spelling::Link),
        1 => Just(Spelling::Admin),
        1 => Just(Spelling::BillingAdmin),
        1 => Just(Spelling::UnknownRole),
        1 => Just(Spelling::UnknownField),
    ];
    (vec(before, 8), vec((0..8_usize, spelling), 1..16), -2..6_i64, 0..14_i64, any::<bool>())
        .prop_map(|(addresses, rows, free, left, is_new_day)| Case { addresses, rows, free, left, is_new_day })
}

fn email(index: usize) -> String {
    format!("p{index}@example.com")
}

fn row(index: usize, spelling: Spelling) -> Value {
    let row = |roles: &[&str]| json!({"email": email(index), "roles": roles});
    let with = |name: &str, value: Value| {
        let mut row = row(MEMBER);
        row[name] = value;
        row
    };
    match spelling {
        Spelling::Plain => row(MEMBER),
        Spelling::Capitals => with("email", json!(email(index).to_uppercase())),
        Spelling::Link => with("delivery", json!("link")),
        Spelling::Admin => row(ADMIN),
        Spelling::BillingAdmin => row(&["billing_admin"]),
        Spelling::UnknownRole => row(&["emperor"]),
        Spelling::UnknownField => with("color", json!("red")),
    }
}

/// A world in the state of the case; `uma`, a user admin, is going to invite.
async fn scene(case: &Case) -> (World, String) {
    use Before::*;
    let world = World::with_all_limits(1000, [LIMIT, 1000, EMAILS], 0).await;
    let organization = world.creator("ada").await;
    let other = world.creator("zoe").await;
    world.join("ada", &organization, "ida", ADMIN).await;
    world.join("ada", &organization, "uma", ADMIN).await;
    let at = |wanted: fn(&Before) -> bool| {
        let found = case.addresses.iter().enumerate().filter(move |(_, before)| wanted(before));
        found.map(|(index, _)| email(index))
    };
    for email in at(|before| matches!(before, Expired)) {
        world.invite("ada", &organization, &email, MEMBER).await;
    }
    world.pass(Duration::from_hours(8 * 24));
    for email in at(|before| matches!(before, Member)) {
        world.join("ada", &organization, email.split('@').next().unwrap(), MEMBER).await;
    }
    for email in at(|before| matches!(before, Pending)) {
        world.invite("ada", &organization, &email, MEMBER).await;
    }
    for email in at(|before| matches!(before, Orphan)) {
        world.invite("ida", &organization, &email, ADMIN).await;
    }
    for email in at(|before| matches!(before, OwnOrphan)) {
        world.invite("uma", &organization, &email, ADMIN).await;
    }
    for email in at(|before| matches!(before, Declined)) {
        let token = world.invite("ada", &organization, &email, MEMBER).await;
        world.call("x", "POST", "/invitations/decline", Some(json!({"token": token}))).await.expect(204, "");
    }
    world.remove("ada", &organization, "ida").await.expect(204, "");
    world.set_roles("ada", &organization, "uma", &["user_admin"]).await.expect(200, "");
    if case.is_new_day {
        world.pass(Duration::from_hours(24));
    }
    for email in at(|before| matches!(before, Full)) {
        for _ in 0..EMAILS {
            let path = format!("/organizations/{other}/invitations");
            let sent = world.call("zoe", "POST", &path, Some(json!({"email": email, "roles": MEMBER}))).await;
            let sent = format!("{path}/{}", sent.text("/invitationId"));
            world.call("zoe", "DELETE", &sent, None).await.expect(204, "");
        }
    }
    let pk = format!("ORG#{organization}");
    let used = world.item(&pk, "SEATS").await["seats_used"].as_i64().unwrap();
    world.operate(&pk, "SEATS", "SET seat_limit = :value", used + case.free).await;
    let name = "SET invitations_today.u_uma = :value";
    world.operate(&pk, "SEATS", name, i64::from(LIMIT) - case.left).await;
    (world, organization)
}

/// What one invitation was told, as a row of a batch.
fn as_row(index: usize, row: &Value, answer: &Answer) -> Value {
    let mut said = json!({"email": row["email"], "outcome": if answer.status == 201 { "invited" } else { "refused" }});
    if answer.status != 201 {
        let detail = answer.text("/detail");
        said["code"] = answer.json["code"].clone();
        said["detail"] = json!(if answer.code() == "malformed-request" {
            detail.replace(" body ", " row ")
        } else {
            detail.to_owned()
        });
        if let Some(errors) = answer.json.get("errors") {
            let mut errors = errors.clone();
            for error in errors.as_array_mut().unwrap() {
                error["pointer"] = json!(format!("/invitations/{index}{}", error["pointer"].as_str().unwrap()));
            }
            said["errors"] = errors;
        }
        if answer.retry_after.is_some() {
            said["retryAfter"] = json!("seconds");
        }
    }
    said
}

async fn seats(world: &World, organization: &str) -> Value {
    let seats = world.item(&format!("ORG#{organization}"), "SEATS").await;
    json!([seats["seats_used"], seats["invitations_made"], seats["invitations_today"]])
}

async fn check(case: &Case) -> Result<(), TestCaseError> {
    let rows: Vec<Value> = case.rows.iter().map(|(index, spelling)| row(*index, *spelling)).collect();
    let ((world, organization), (twin, its_organization)) = tokio::join!(scene(case), scene(case));
    let before = world.snapshot().await;
    let dry = dry_run(&world, "uma", &organization, &rows).await;
    prop_assert!(world.snapshot().await == before, "a dry run wrote something");
    let real = batch(&world, "uma", &organization, &rows).await;
    let mut alone = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let path = format!("/organizations/{its_organization}/invitations");
        alone.push(as_row(index, row, &twin.call("uma", "POST", &path, Some(row.clone())).await));
    }
    let both = |answer| items(answer).into_iter().map(decided).collect::<Vec<_>>();
    prop_assert_eq!(both(&dry), both(&real));
    prop_assert_eq!(&alone, &both(&real));
    prop_assert_eq!(seats(&world, &organization).await, seats(&twin, &its_organization).await);
    // A limit below what is used is no violation; what follows looks for those.
    world.operate(&format!("ORG#{organization}"), "SEATS", "SET seat_limit = :value", 1000).await;
    let users = ["ada", "ida", "uma", "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"];
    world.check_invariants(&organization, &users).await;
    Ok(())
}

#[test]
fn a_batch_decides_as_its_rows_would_one_after_another() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases: 24, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
    TestRunner::new(config).run(&case(), |case| runtime.block_on(check(&case))).unwrap();
}
