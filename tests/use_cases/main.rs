//! The functions' use cases against the embedded engine: the handlers themselves, called with gateway events, the real
//! SDK, a directory and a post office in memory. And the races, which take too many trials for processes and HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "in a test a panic is the report"
)]

mod batch;
mod bodies;
mod create_organization;
mod expiry;
mod faults;
mod idempotency;
mod identity;
mod invitation_states;
mod isolation;
mod limits;
mod lists;
mod mail;
mod mail_crashes;
mod mail_fairness;
mod mail_waiting;
mod metrics;
mod model;
mod my_invitations;
mod races;
mod replies;
mod requeue;
mod resend;
mod roles;
mod round_trips;
mod seats;
mod units;
mod unreadable;
mod world;
