//! What `cargo local` decides before anything large is built: its options, whether the ports and the data directory are free.
//!
//! The stack itself is a build of minutes. This crate has few dependencies, so that it is built and has checked in seconds.

mod arguments;
mod cargo;
mod claims;
mod holder;

pub use arguments::{Arguments, LogFormat};
pub use cargo::{cargo, workspace_root};
pub use claims::{Taken, listen, lock};
