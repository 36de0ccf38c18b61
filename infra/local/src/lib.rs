//! The whole product on one machine: reads template.yaml and runs the very function binaries on the real
//! Lambda Runtime API, behind the HTTP API, Cognito, SES and DynamoDB as the functions see them.
//!
//! A development tool: what it emulates is what the functions and their clients touch, no more.

mod binaries;
mod client;
mod clock;
mod cognito;
mod config;
mod console;
mod database;
mod directory;
mod endpoint;
mod engine;
mod entropy;
mod error;
mod event_bus;
mod gateway;
mod iam;
mod inbox;
mod lambda;
mod lookups;
mod mail_events;
mod not_emulated;
mod notices;
mod options;
mod pages;
mod planted;
mod previews;
mod schedules;
mod service_faults;
mod ses;
mod site;
mod stack;
mod streams;
mod sts;
mod terminal;
mod visitors;
mod watch;
mod wire;

pub use config::Config;
pub use engine::{Call, Engine, Fault, FaultKind, round_trips};
pub use error::StartError;
pub use iam::{Grant, PermissionsReport, Refusal};
pub use options::{Data, Logs, Options};
pub use planted::{PLANTED_EMAIL, PLANTED_NAME};
pub use stack::LocalStack;
