//! `POST …/invitations/batch`: many people at once, each with an outcome of their own.

mod outcome;
mod plan;
mod progress;
mod rows;
mod run;

use shared::{
    domain::{InvitationTerms, OrganizationId},
    http::{Caller, Idempotency},
};

use rows::Row;

pub(crate) use rows::BatchBody;
pub(crate) use run::{dry_run, run};

/// A request to invite several people to an organization.
pub(crate) struct Batch {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: Caller,
    pub(crate) rows: Vec<Row>,
    pub(crate) idempotency: Option<Idempotency>,
}

impl Batch {
    /// What the table is asked about: the rows that can be read.
    fn terms(&self) -> Vec<&InvitationTerms> {
        self.rows.iter().filter_map(|row| row.terms.as_ref().ok()).collect()
    }
}
