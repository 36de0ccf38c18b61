//! The functions' use cases against the embedded engine: the handlers themselves, called with gateway events, the real
//! SDK, a directory and a post office in memory. And the races, which take too many trials for processes and HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "in a test a panic is the report"
)]

mod acceptance_notice;
mod audit;
mod batch;
mod bodies;
mod create_organization;
mod expiry;
mod faults;
mod feedback;
mod idempotency;
mod identity;
mod invitation_states;
mod isolation;
mod life;
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
mod reminders;
mod replies;
mod requeue;
mod resend;
mod roles;
mod roster;
mod round_trips;
mod seats;
mod settings;
mod sweeper;
mod units;
mod unreadable;
mod workspace_access;
mod workspaces;
mod world;
