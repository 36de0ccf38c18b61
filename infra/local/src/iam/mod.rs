//! Identity and access management: every function may do what its policy in the template says, and nothing else.
//!
//! An evaluator of its own, since what there is does not fit: `iam-rs`, the one that is kept up, does not say which action
//! and resource of a statement matched, which is what tells a grant that is needed from one that is not, and takes condition
//! keys for absent that nobody fills in. Here those are refused at the start. What is known is small: identity policies in
//! the template, the operators and context keys of condition.rs, the services of this stack.

mod cognito;
mod condition;
mod dynamodb;
mod pattern;
mod permissions;
mod policy;
mod ses;
mod statement;

pub(crate) use permissions::Permissions;
pub use permissions::{Grant, PermissionsReport, Refusal};
