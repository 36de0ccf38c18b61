//! The product as its clients see it: over HTTP and the AWS SDK, against one running stack.
//!
//! `cargo test -p acceptance --test black_box` starts a stack of its own; with `ACCEPTANCE_TARGET` set to the address of a
//! `config.json`, the same tests run against the stack that answers there. Nothing here knows the product's code.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test a panic is the report")]

mod app_clients;
mod credentials;
mod idempotency;
mod invitation_changes;
mod invitation_replies;
mod invitations;
mod local_stack;
mod mail;
mod main_job;
mod main_job_by_invitation;
mod main_job_trigger;
mod members;
mod organizations;
mod permission_matrix;
mod policies;
mod races;
mod removal;
mod request_bodies;
mod roles;
mod seats;
mod service_errors;
mod settings;
mod sweeper;
mod whole_run;
mod workspaces;

use std::process::ExitCode;

fn main() -> ExitCode {
    let tests = [
        main_job::tests(),
        main_job_by_invitation::tests(),
        main_job_trigger::tests(),
        credentials::tests(),
        app_clients::tests(),
        permission_matrix::tests(),
        organizations::tests(),
        settings::tests(),
        workspaces::tests(),
        members::tests(),
        removal::tests(),
        roles::tests(),
        invitations::tests(),
        invitation_changes::tests(),
        invitation_replies::tests(),
        idempotency::tests(),
        request_bodies::tests(),
        seats::tests(),
        sweeper::tests(),
        mail::tests(),
        service_errors::tests(),
        races::tests(),
        local_stack::tests(),
        policies::tests(),
    ];
    acceptance::suite::run(tests.concat(), whole_run::checks())
}
