use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    domain::{Days, InvitationTerms, WorkspaceRoles},
    http::{Problem, object},
};

use crate::InviteBody;

/// The most rows of a batch.
const MOST_ROWS: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct BatchBody {
    /// As they were sent: what is wrong with one row is no error of the others.
    invitations: Vec<Box<RawValue>>,
    pub(crate) dry_run: Option<bool>,
}

/// One row of a batch.
pub(crate) struct Row {
    /// The email address as it was sent. Empty if the row has no text there.
    pub(crate) email: String,
    /// What is asked for, or why the row cannot be read.
    pub(crate) terms: Result<InvitationTerms, Problem>,
}

/// The one field of a row that its outcome repeats.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    email: serde_json::Value,
}

impl BatchBody {
    /// Each row is read as the body of the route that invites one person.
    ///
    /// # Errors
    /// 422 `validation-failed` for the number of rows.
    pub(crate) fn rows(&self, default: Days, known: &WorkspaceRoles) -> Result<Vec<Row>, Problem> {
        if !(1..=MOST_ROWS).contains(&self.invitations.len()) {
            return Err(Problem::invalid("/invitations", "must have 1 to 50 rows"));
        }
        let row = |(index, json): (usize, &RawValue)| {
            let named: Named = serde_json::from_str(json.get()).unwrap_or_default();
            let terms = object::<InviteBody>("row", json.get().as_bytes())
                .and_then(|body| body.parse(default, known))
                .map_err(|problem| problem.within(&format!("/invitations/{index}")));
            Row { email: named.email.as_str().unwrap_or_default().to_owned(), terms }
        };
        Ok(self.invitations.iter().map(AsRef::as_ref).enumerate().map(row).collect())
    }
}
