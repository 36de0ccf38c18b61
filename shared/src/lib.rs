//! The model of organizations that every function shares.
//!
//! Three families of types never mix: [`domain`] (rules, no I/O), [`items`] (the items of the table) and the views that
//! each function sends. [`table`] has one file for each access pattern. [`http`] converts API Gateway requests into
//! parsed values and errors into error responses.

pub mod allowance;
pub mod configuration;
pub mod deadline;
pub mod directory;
pub mod domain;
pub mod environment;
pub mod failure;
pub mod fault;
pub mod feedback;
pub mod http;
pub mod items;
pub mod metrics;
pub mod new_organization;
pub mod post_office;
pub mod start;
pub mod table;
pub mod telemetry;
