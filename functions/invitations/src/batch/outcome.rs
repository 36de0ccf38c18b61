use serde::{Deserialize, Serialize};
use shared::{domain::InvitationId, http::Problem};

/// What became of one row. Stored with the idempotency key, without `accept_url` (R14).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    email: String,
    outcome: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accept_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<RowError>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<i64>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Word {
    Invited,
    Refused,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct RowError {
    pointer: String,
    detail: String,
}

impl Outcome {
    /// A dry run has no id.
    pub(crate) fn invited(email: &str, id: Option<InvitationId>) -> Self {
        Self {
            email: email.to_owned(),
            outcome: Word::Invited,
            invitation_id: id.map(|id| id.to_string()),
            accept_url: None,
            code: None,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    pub(crate) fn with_link(self, accept_url: Option<String>) -> Self {
        Self { accept_url, ..self }
    }

    /// With the problem that the row would have alone.
    pub(crate) fn refused(email: &str, problem: &Problem) -> Self {
        let error = |error: &shared::domain::Violation| RowError {
            pointer: error.pointer.clone(),
            detail: error.detail.clone(),
        };
        Self {
            outcome: Word::Refused,
            code: Some(problem.code().text().to_owned()),
            detail: Some(problem.detail().to_owned()),
            errors: problem.errors().iter().map(error).collect(),
            retry_after: problem.retry_after_seconds(),
            ..Self::invited(email, None)
        }
    }
}
