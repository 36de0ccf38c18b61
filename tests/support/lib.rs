//! What the test suites share: a target to talk to, people and organizations made for one test, and what an answer must look like.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test a panic is the report")]

pub mod answer;
pub mod call;
mod cognito;
pub mod committed;
pub mod forgery;
pub mod made_up;
pub mod mail;
pub mod organization;
pub mod person;
pub mod raw;
pub mod seen;
pub mod suite;
pub mod target;
pub mod waiting;

pub use answer::{Answer, roles_of, text_of};
pub use call::Call;
pub use mail::Mail;
pub use organization::{Invitation, Organization};
pub use person::{NewPerson, Person};
pub use target::Target;
pub use waiting::eventually;

/// Every role, as the API writes it (R7).
pub const ROLES: [&str; 4] = ["organization_admin", "billing_admin", "user_admin", "member"];

/// The front end's address that the local stack's parameters name; links in mails start with it.
pub const APP_URL: &str = "http://localhost:5173";

/// Where the local stack's parameters send somebody who may not found another organization (R3).
pub const SUPPORT_URL: &str = "https://support.example.com/organizations";

/// The sender that the local stack's parameters name.
pub const SENDER_ADDRESS: &str = "no-reply@example.com";
