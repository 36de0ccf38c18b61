//! The model of organizations that every function shares.
//!
//! Three families of types that never mix: [`domain`] (rules, no I/O), [`items`] (what the table holds) and the views
//! that each function sends. [`table`] has one file per access pattern, [`http`] turns gateway requests into parsed
//! values and errors into problem documents.

pub mod allowance;
pub mod configuration;
pub mod directory;
pub mod domain;
pub mod environment;
pub mod failure;
pub mod fault;
pub mod http;
pub mod items;
pub mod metrics;
pub mod new_organization;
pub mod post_office;
pub mod start;
pub mod table;
pub mod telemetry;
