use std::collections::BTreeSet;

use crate::model::members::Problem;

/// What a client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Of a refusal.
    pub(crate) code: String,
    /// Seconds, if the request is to be tried again.
    pub(crate) retry_after: Option<i64>,
    /// When the invitation expires that is shown, in milliseconds since 1970.
    pub(crate) expires: Option<i64>,
    /// The roles that are offered or held.
    pub(crate) roles: Option<Vec<String>>,
    /// The invitations that are listed.
    pub(crate) lists: Option<BTreeSet<usize>>,
}

/// A refusal is an error only in the way that the model is written.
pub(super) type Given = Result<Answer, Answer>;

impl Answer {
    pub(crate) fn new(status: u16, code: &str) -> Self {
        Self { status, code: code.to_owned(), retry_after: None, expires: None, roles: None, lists: None }
    }
}

impl From<Problem> for Answer {
    fn from((status, code): Problem) -> Self {
        Self::new(status, code)
    }
}

pub(super) fn answered(status: u16, code: &str) -> Given {
    let answer = Answer::new(status, code);
    if status < 300 { Ok(answer) } else { Err(answer) }
}
