//! The sweeper ends what has expired (R16), whenever and however often it runs, and wherever a run ends.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue::S;
use jiff::SignedDuration;
use local_stack::{Fault, FaultKind};
use serde_json::{Value, json};
use shared::{
    domain::{InvitationId, Timestamp},
    items::ExpirySlot,
    metrics::Metric,
};

use crate::{
    mail_waiting::{invitations, invited, only},
    world::{MEMBER, World},
};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// How many invitations of an organization are in this state.
async fn in_state(world: &World, organization: &str, state: &str) -> usize {
    invitations(world, organization).await.iter().filter(|item| item["state"] == state).count()
}

async fn watermark(world: &World) -> Value {
    world.items("SWEEPER").await.pop().unwrap_or_default()
}

async fn users_tab(world: &World, organization: &str) -> Value {
    world.call("ada", "GET", &format!("/organizations/{organization}/settings/users"), None).await.json
}

#[tokio::test]
async fn an_invitation_is_ended_from_the_instant_of_its_expiry_and_its_seat_is_free() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    world.deliver(&organization).await;
    world.clock.stop();
    let expiry: Timestamp = only(&world, &organization).await["expires_at"].as_str().unwrap().parse().unwrap();
    let left = expiry.as_milliseconds() - world.clock.now().as_milliseconds();
    world.clock.pass(SignedDuration::from_millis(left - 1));
    world.sweep().await;
    assert_eq!(in_state(&world, &organization, "pending").await, 1, "a millisecond before");
    assert_eq!(users_tab(&world, &organization).await["expiredInvitations"], 0);
    world.clock.pass(SignedDuration::from_millis(1));
    let tab = users_tab(&world, &organization).await;
    assert_eq!((&tab["seatsUsed"], &tab["expiredInvitations"]), (&json!(2), &json!(1)));
    world.sweep().await;
    assert_eq!(in_state(&world, &organization, "expired").await, 1, "at the instant");
    let tab = users_tab(&world, &organization).await;
    assert_eq!((&tab["seatsUsed"], &tab["expiredInvitations"]), (&json!(1), &json!(0)));
    assert_eq!(world.counted.total(Metric::InvitationsExpired), 1);
    world.check_invariants(&organization, &["ada"]).await;
    let records = world.items(&format!("ORG#{organization}")).await;
    assert_eq!(records.iter().filter(|record| record["action"] == "invitation.expired").count(), 1);
}

#[tokio::test]
async fn many_invitations_of_several_organizations_are_ended_in_one_run_and_none_twice() {
    let world = World::with_seats(1000).await;
    let mut organizations = Vec::new();
    for (user, number) in [("ada", 65), ("ida", 31), ("uma", 1)] {
        let organization = world.creator(user).await;
        for invited in 0..number {
            let body = json!({"email": format!("{user}-{invited}@example.com"), "roles": MEMBER});
            let path = format!("/organizations/{organization}/invitations");
            world.call(user, "POST", &path, Some(body)).await.expect(201, "");
        }
        organizations.push((organization, user, number));
    }
    world.pass(WEEK);
    world.engine.clear_calls();
    // Two at once: what one ended, the other leaves out.
    tokio::join!(world.sweep(), world.sweep());
    for (organization, user, number) in organizations {
        assert_eq!(in_state(&world, &organization, "expired").await, number);
        world.check_invariants(&organization, &[user]).await;
    }
    assert_eq!(world.counted.total(Metric::InvitationsExpired), 97);
    world.sweep().await;
    assert_eq!(world.counted.total(Metric::InvitationsExpired), 97);
}

#[tokio::test]
async fn the_watermark_waits_an_hour_for_the_index_and_only_moves_forward() {
    let world = World::new().await;
    invited(&world, &["eve@example.com"]).await;
    world.sweep().await;
    assert_eq!(watermark(&world).await, Value::Null, "the table is younger than an hour");
    world.pass(WEEK);
    world.sweep().await;
    let first = watermark(&world).await["swept_until"].as_str().unwrap().to_owned();
    let at: Timestamp = first.parse().unwrap();
    let behind = world.clock.now().as_seconds() - at.as_seconds();
    assert!((3600..7200).contains(&behind), "{behind} s behind");
    // A run that began earlier and is slower.
    let table = world.table();
    table.move_watermark(shared::table::Mark::Swept, at.plus(SignedDuration::from_hours(-5))).await.unwrap();
    assert_eq!(watermark(&world).await["swept_until"], first);
}

/// A process that dies, or a table that does not answer, before and after every call of a run.
#[tokio::test]
async fn a_run_that_fails_at_any_call_is_completed_by_the_next() {
    for operation in ["Query", "TransactWriteItems", "UpdateItem", "GetItem"] {
        for kind in [FaultKind::Unavailable, FaultKind::LostReply, FaultKind::Throttled, FaultKind::Invalid] {
            let world = World::new().await;
            let organization = invited(&world, &["a@example.com", "b@example.com"]).await;
            world.pass(WEEK + HOUR * 3);
            world.nothing_expired_before(5).await;
            // More than the SDK tries again.
            world.engine.inject(Fault { operation: operation.to_owned(), times: 6, kind });
            let _ = world.try_sweep(SignedDuration::from_secs(120)).await;
            world.engine.clear_faults();
            world.sweep().await;
            assert_eq!(in_state(&world, &organization, "expired").await, 2, "{operation} {kind:?}");
            world.check_invariants(&organization, &["ada"]).await;
            assert_eq!(users_tab(&world, &organization).await["seatsUsed"], 1, "{operation} {kind:?}");
        }
    }
}

/// A process that ends between any two of its calls: the run is dropped while the `number`th call is under way.
#[tokio::test]
async fn a_run_that_is_killed_at_any_call_is_completed_by_the_next() {
    let world = World::with_seats(1000).await;
    let organization = invited(&world, &["a@example.com", "b@example.com"]).await;
    world.pass(WEEK + HOUR * 3);
    world.nothing_expired_before(5).await;
    world.engine.set_latency(Duration::from_millis(4));
    for milliseconds in 0..40 {
        // Dropping the future is what the end of the process is for it.
        let _ = tokio::time::timeout(Duration::from_millis(milliseconds), world.sweep()).await;
    }
    world.engine.set_latency(Duration::ZERO);
    world.sweep().await;
    assert_eq!(in_state(&world, &organization, "expired").await, 2);
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn a_run_without_time_begins_nothing_and_leaves_the_watermark() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    world.pass(WEEK);
    // As much as the function keeps back for its last writes.
    world.try_sweep(SignedDuration::from_secs(10)).await.unwrap();
    assert_eq!(in_state(&world, &organization, "pending").await, 1);
    assert_eq!(watermark(&world).await, Value::Null);
    world.engine.set_latency(Duration::from_secs(30));
    let left = SignedDuration::from_millis(1_200);
    let ended = tokio::time::timeout(left.unsigned_abs(), world.try_sweep(left)).await;
    assert!(ended.is_ok(), "the function was still at work when its time was up");
}

/// Damaged items of every kind hold up neither the others nor the watermark, and are counted.
#[tokio::test]
async fn a_damaged_invitation_is_skipped_and_the_others_are_ended() {
    let world = World::with_seats(1000).await;
    let emails: Vec<String> = (0..5).map(|number| format!("p{number}@example.com")).collect();
    let organization = invited(&world, &emails.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let items = invitations(&world, &organization).await;
    let pk = format!("ORG#{organization}");
    // One whose address another item claims, and one that cannot be read.
    let guard = format!("ADDRESS#{}", items[0]["invited_address"].as_str().unwrap());
    let update = world.operation(&pk, &guard, "SET invitation_id = :value");
    update.expression_attribute_values(":value", S("inv_of_nobody".to_owned())).send().await.unwrap();
    let update = world.operation(&pk, items[1]["sk"].as_str().unwrap(), "SET invited_by = :value");
    update.expression_attribute_values(":value", S(String::new())).send().await.unwrap();
    // And an organization that says it has no seats in use.
    let other = world.creator("ida").await;
    let body = json!({"email": "z@example.com", "roles": MEMBER});
    world.call("ida", "POST", &format!("/organizations/{other}/invitations"), Some(body)).await.expect(201, "");
    world.operate(&format!("ORG#{other}"), "SEATS", "SET seats_used = :value", 0).await;

    world.pass(WEEK + HOUR * 3);
    world.sweep().await;
    assert_eq!(in_state(&world, &organization, "expired").await, 3);
    assert_eq!(in_state(&world, &other, "expired").await, 0);
    assert_eq!(world.counted.total(Metric::InvitationsSkipped), 3);
    let until: Timestamp = watermark(&world).await["swept_until"].as_str().unwrap().parse().unwrap();
    assert!(world.clock.now().as_seconds() - until.as_seconds() < 7200, "the watermark passes what no run can end");
    world.sweep().await;
    assert_eq!(world.counted.total(Metric::InvitationsSkipped), 3, "what was passed is not looked at again");
}

/// What the index shows and the table contradicts: the invitation was accepted or resent meanwhile.
#[tokio::test]
async fn an_index_that_lags_behind_ends_nothing_that_goes_on() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    let item = only(&world, &organization).await;
    world.pass(WEEK);
    let path = format!("/organizations/{organization}/invitations/{}/resend", item["invitation_id"].as_str().unwrap());
    world.call("ada", "POST", &path, None).await.expect(202, "");
    let of = |name: &str| item[name].as_str().unwrap().parse().ok().unwrap();
    let address = item["invited_address"].as_str().unwrap().parse().unwrap();
    let occasion = shared::table::Occasion { at: world.clock.now(), request_id: String::new() };
    let table = world.table();
    let ended = table.end_expired(organization.parse().unwrap(), vec![(of("invitation_id"), address)], &occasion).await;
    assert_eq!(ended.unwrap(), shared::table::Ended { gone: 1, ..Default::default() });
    world.sweep().await;
    assert_eq!(in_state(&world, &organization, "pending").await, 1);
    world.check_invariants(&organization, &["ada"]).await;
    // The new expiry is in the index, too.
    world.pass(WEEK);
    world.sweep().await;
    assert_eq!(in_state(&world, &organization, "expired").await, 1);
}

/// Expiries, runs and an index that lags, at random. Every run ends all that has expired and that the index shows, however
/// long the run before is ago, and the watermark passes nothing.
#[tokio::test]
async fn no_run_and_no_watermark_skips_an_invitation() {
    for seed in 0..10 {
        let mut random = fastrand::Rng::with_seed(seed);
        let world = World::with_seats(1000).await;
        let emails: Vec<String> = (0..12).map(|number| format!("p{number}@example.com")).collect();
        let organization = invited(&world, &emails.iter().map(String::as_str).collect::<Vec<_>>()).await;
        world.clock.stop();
        let start = world.clock.now();
        let minutes = |minutes: i64| start.plus(SignedDuration::from_mins(minutes));
        // When each expires, and when the index shows it: up to an hour after that.
        let mut hidden = Vec::new();
        for item in invitations(&world, &organization).await {
            let id: InvitationId = item["invitation_id"].as_str().unwrap().parse().unwrap();
            let expiry = minutes(random.i64(1..12 * 60));
            let shown = if random.bool() { start } else { expiry.plus(SignedDuration::from_mins(random.i64(-60..60))) };
            let (pk, sk) = (item["pk"].as_str().unwrap().to_owned(), item["sk"].as_str().unwrap().to_owned());
            let update = world.operation(&pk, &sk, "SET expires_at = :value REMOVE expiry_slot");
            update.expression_attribute_values(":value", S(expiry.to_string())).send().await.unwrap();
            hidden.push((shown, expiry, ExpirySlot::of(expiry, id), pk, sk));
        }
        let mut visible: Vec<Timestamp> = Vec::new();
        while world.clock.now() < minutes(15 * 60) {
            world.clock.pass(SignedDuration::from_mins(random.i64(1..180)));
            let now = world.clock.now();
            for (_, expiry, slot, pk, sk) in hidden.extract_if(.., |(shown, ..)| *shown <= now) {
                let update = world.operation(&pk, &sk, "SET expiry_slot = :value");
                update.expression_attribute_values(":value", S(slot.to_string())).send().await.unwrap();
                visible.push(expiry);
            }
            world.sweep().await;
            let over = visible.iter().filter(|expiry| **expiry <= now).count();
            assert_eq!(in_state(&world, &organization, "expired").await, over, "seed {seed} at {now}");
        }
        assert_eq!(in_state(&world, &organization, "expired").await, 12, "seed {seed}");
    }
}
