//! Every order in which the requests about two invitations can read and write: two admins, the invited person, the mailer and the
//! sweeper, with the clock, links, seats and limits. `requests.rs` has the condition of each transaction of the product. A
//! search visits every state within its bounds and checks I1, I3, I4, I14, I15, R8, R14, R16 and R24 in each. `life` in
//! `tests/use_cases` compares the product with a model of the same rules.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "in a test a panic is the report")]

mod requests;
mod state;

use std::{collections::BTreeMap, time::Instant};

use requests::Request;
use rustc_hash::FxHashSet;
use state::{Bounds, INVITED, State, Status};

/// How a pending invitation ends by one request that nothing interrupts, by the kind of the request.
type WaysOn = BTreeMap<&'static str, usize>;

/// I15: from every state, a request of somebody's makes the address free or its owner a member. Whatever was under way died.
fn ways_on(state: &State, bounds: Bounds, ways: &mut WaysOn) {
    let quiet = State { requests: [None; 3], ..*state };
    for (id, _) in quiet.pending() {
        let mut found = 0;
        for person in 0..=INVITED {
            for request in quiet.begins(person) {
                let mut now = quiet.with(person, Some(request));
                while let Some(request) = now.request(person) {
                    now = now.go_on(person, request, bounds);
                }
                if now.invitation(id).unwrap().state != Status::Pending {
                    found += 1;
                    *ways.entry(kind(request)).or_default() += 1;
                }
            }
        }
        assert!(found > 0, "I15: no way on from {quiet:?}");
    }
}

fn kind(request: Request) -> &'static str {
    match request {
        Request::Invite { .. } | Request::Look { .. } => "invite again",
        Request::Resend { .. } => "resend",
        Request::Revoke { .. } => "revoke",
        Request::Accept { .. } => "accept",
        Request::Decline { .. } => "decline",
        Request::SendAgain { .. } => "send again",
    }
}

/// Whether somebody joins by a link that no longer opens the invitation: it expired after the link was read, and was resent.
fn is_late(before: &State, after: &State) -> bool {
    let Some(Request::Accept { id, link: Some(link), .. }) = before.request(INVITED) else { return false };
    let has_joined = before.member(INVITED).is_none() && after.member(INVITED).is_some();
    has_joined && before.invitation(id).unwrap().good & link == 0
}

fn search(bounds: Bounds) {
    let started = Instant::now();
    let start = State::new();
    let mut seen = FxHashSet::from_iter([start]);
    let mut quiet = FxHashSet::default();
    let mut open = vec![start];
    let mut steps = 0;
    let mut ways = WaysOn::new();
    while let Some(state) = open.pop() {
        state.check(bounds);
        if quiet.insert(State { requests: [None; 3], ..state }) {
            ways_on(&state, bounds, &mut ways);
        }
        for next in state.steps(bounds) {
            steps += 1;
            state.check_step(&next);
            assert!(!is_late(&state, &next), "joined by a link that is over: {state:?}");
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    println!(
        "{bounds:?}: all {} states ({} of the table), {steps} steps, {:.1} s; ways on {ways:?}",
        seen.len(),
        quiet.len(),
        started.elapsed().as_secs_f32(),
    );
}

#[test]
fn i15_every_order_of_requests_leaves_a_way_on() {
    for seats in 2..=3 {
        search(Bounds { seats, made: 3, emails: 1, clock: 1, at_once: 2 });
    }
}

#[test]
#[ignore = "takes minutes and gigabytes"]
fn more_of_everything() {
    for seats in 2..=4 {
        search(Bounds { seats, made: 2, emails: 1, clock: 1, at_once: 3 });
    }
    search(Bounds { seats: 4, made: 3, emails: 1, clock: 1, at_once: 2 });
    search(Bounds { seats: 3, made: 3, emails: 1, clock: 2, at_once: 2 });
}
