//! I9, I13: the process dies, the table fails, the actor is demoted, the same request arrives twice.

use std::{sync::Arc, time::Duration};

use local_stack::{Fault, FaultKind};
use serde_json::{Value, json};

use super::{codes, items, member, path};
use crate::world::{ADMIN, Answer, World, at_once};

/// Long enough for the test to see a call before the next one ends.
const LATENCY: Duration = Duration::from_millis(40);
const KEY: [(&str, &str); 1] = [("idempotency-key", "batch-0001")];

/// Three transactions, and seats to reclaim between them.
async fn scene() -> (Arc<World>, String, Vec<Value>) {
    let world = World::with_seats(42).await;
    let organization = world.creator("ada").await;
    for number in 0..4 {
        world.invite("ada", &organization, &format!("old{number}@example.com"), &["member"]).await;
    }
    world.pass(Duration::from_hours(8 * 24));
    let mut rows: Vec<_> = (0..44).map(|number| member(&format!("n{number}@example.com"))).collect();
    rows.insert(3, json!({"email": "nonsense", "roles": ["member"]}));
    rows.insert(30, json!({"email": "link@example.com", "roles": ["member"], "delivery": "link"}));
    rows.push(member("N1@example.com"));
    (Arc::new(world), organization, rows)
}

async fn ask(world: &World, organization: &str, rows: &[Value]) -> Answer {
    world.call_with("ada", "POST", &path(organization), Some(json!({ "invitations": rows })), &KEY).await
}

fn without_links(answer: &Answer) -> Vec<Value> {
    let mut rows = items(answer);
    rows.iter_mut().for_each(|row| drop(row.as_object_mut().unwrap().remove("acceptUrl")));
    rows
}

/// What the whole scene comes to, however it got there.
async fn check(world: &World, organization: &str, rows: &[Value], answer: &Answer) {
    let all = codes(answer);
    assert_eq!(all.iter().filter(|code| *code == "invited").count(), 41, "{all:?}");
    assert_eq!((all[3].as_str(), all[46].as_str()), ("validation-failed", "invitation-already-pending"));
    assert!(all[42..46].iter().all(|code| code == "seat-limit-reached"), "{all:?}");
    let again = ask(world, organization, rows).await;
    assert_eq!(without_links(answer), items(&again), "the same key, the same answer");
    let list = world.items(&format!("ORG#{organization}")).await;
    let pending: Vec<_> =
        list.iter().filter(|item| item["state"] == "pending" && item["entity"] == "invitation").collect();
    assert_eq!(pending.len(), 41, "one effect");
    for row in items(answer).iter().filter(|row| row["outcome"] == "invited") {
        assert!(pending.iter().any(|item| item["invitation_id"] == row["invitationId"]), "{row}");
    }
    world.check_invariants(organization, &["ada"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_process_that_dies_at_any_call_leaves_a_batch_that_goes_on() {
    let (world, organization, rows) = scene().await;
    world.engine.clear_calls();
    check(&world, &organization, &rows, &ask(&world, &organization, &rows).await).await;
    let mut halfway = 0;
    for call in 0..12 {
        // Right after the call, when the next one is on its way at most; and after the next one, whose answer never arrives.
        for wait in [Duration::ZERO, LATENCY / 2] {
            let (world, organization, rows) = scene().await;
            world.engine.set_latency(LATENCY);
            world.engine.clear_calls();
            let (dying, its_rows, its_organization) = (Arc::clone(&world), rows.clone(), organization.clone());
            let process = tokio::spawn(async move { ask(&dying, &its_organization, &its_rows).await });
            while world.engine.calls().len() < call && !process.is_finished() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(wait).await;
            process.abort();
            let _ = process.await;
            world.engine.set_latency(Duration::ZERO);
            let made = world.items(&format!("ORG#{organization}")).await;
            let made = made.iter().filter(|item| item["email"].as_str().is_some_and(|email| email.starts_with('n')));
            halfway += usize::from((1..40).contains(&made.count()));
            check(&world, &organization, &rows, &ask(&world, &organization, &rows).await).await;
        }
    }
    assert!(halfway > 3, "the processes died too early or too late: {halfway}");
    println!("died halfway {halfway} times of 24");
}

#[tokio::test]
async fn a_batch_survives_what_passes() {
    for kind in [
        FaultKind::TransactionConflict,
        FaultKind::TransactionInProgress,
        FaultKind::Throttled,
        FaultKind::Unavailable,
        FaultKind::LostReply,
        FaultKind::Dropped,
    ] {
        let (world, organization, rows) = scene().await;
        world.engine.inject(Fault { operation: "TransactWriteItems".to_owned(), times: 2, kind });
        check(&world, &organization, &rows, &ask(&world, &organization, &rows).await).await;
    }
    let (world, organization, rows) = scene().await;
    world.engine.inject(Fault { operation: "BatchGetItem".to_owned(), times: 3, kind: FaultKind::UnprocessedKeys });
    check(&world, &organization, &rows, &ask(&world, &organization, &rows).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_the_same_batch_at_once() {
    for _ in 0..10 {
        let (world, organization, rows) = scene().await;
        let twins = (0..2).map(|_| {
            let (world, organization, rows) = (Arc::clone(&world), organization.clone(), rows.clone());
            async move { ask(&world, &organization, &rows).await }
        });
        let answers = at_once(twins).await;
        assert_eq!(without_links(&answers[0]), without_links(&answers[1]));
        let links = answers.iter().filter(|answer| items(answer)[30]["acceptUrl"].is_string()).count();
        assert_eq!(links, 1, "only the request that created it shows the link");
        check(&world, &organization, &rows, &answers[0]).await;
    }
}

#[tokio::test]
async fn i9_the_key_belongs_to_the_batch() {
    let (world, organization, rows) = scene().await;
    // Nothing was done, so nothing is stored.
    let dry = json!({"invitations": rows, "dryRun": true});
    world.call_with("ada", "POST", &path(&organization), Some(dry), &KEY).await.expect(200, "");
    let first = ask(&world, &organization, &rows).await;
    check(&world, &organization, &rows, &first).await;
    ask(&world, &organization, &rows[1..]).await.expect(422, "idempotency-key-reused");
    world.pass(Duration::from_hours(25));
    assert_eq!(codes(&ask(&world, &organization, &rows[..1]).await), ["invitation-already-pending"], "a new request");
}

/// Demoted between two transactions: no row after it is invited (I7), and the response says of each what became of it.
#[tokio::test(flavor = "multi_thread")]
async fn i7_the_actor_is_demoted_between_two_transactions() {
    for roles in [&["member"][..], &["billing_admin"], &["user_admin"]] {
        let mut tries = 0;
        // A batch that is quicker than the demotion says nothing.
        while !demoted_in_between(roles).await {
            tries += 1;
            assert!(tries < 20, "every batch was quicker than the demotion");
        }
    }
}

/// `false`: the batch was quicker.
async fn demoted_in_between(roles: &[&str]) -> bool {
    let world = Arc::new(World::with_seats(1000).await);
    let organization = world.creator("bob").await;
    world.join("bob", &organization, "ada", ADMIN).await;
    let mut rows: Vec<_> = (0..50).map(|number| member(&format!("n{number}@example.com"))).collect();
    rows[40]["roles"] = json!(["billing_admin"]);
    world.engine.set_latency(LATENCY);
    world.engine.clear_calls();
    let (at_work, its_rows, its_organization) = (Arc::clone(&world), rows.clone(), organization.clone());
    let batch = tokio::spawn(async move { ask(&at_work, &its_organization, &its_rows).await });
    let is_write = |call: &local_stack::Call| call.operation == "TransactWriteItems";
    while !world.engine.calls().iter().any(is_write) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Its second transaction is executed by now, the third one is not.
    tokio::time::sleep(LATENCY / 3).await;
    world.set_roles("bob", &organization, "ada", roles).await.expect(200, "");
    let answer = batch.await.unwrap();
    world.engine.set_latency(Duration::ZERO);
    let all = codes(&answer);
    let invited = all.iter().filter(|code| *code == "invited").count();
    println!("{roles:?}: {invited} of 50 invited");
    if roles != ["user_admin"] && invited == 50 {
        return false;
    }
    if roles == ["user_admin"] {
        assert!(invited >= 49, "{all:?}");
    } else {
        assert!((24..50).contains(&invited), "{all:?}");
        assert!(all[..invited].iter().all(|code| code == "invited"), "{all:?}");
        assert!(all[invited..].iter().all(|code| code == "permission-denied"), "{all:?}");
        ask(&world, &organization, &rows).await.expect(403, "permission-denied");
        // With the permission again, the same request has the response that it had.
        world.set_roles("bob", &organization, "ada", ADMIN).await.expect(200, "");
        assert_eq!(items(&ask(&world, &organization, &rows).await), items(&answer));
    }
    world.check_invariants(&organization, &["ada", "bob"]).await;
    true
}
