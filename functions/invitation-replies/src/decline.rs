use shared::{
    domain::InvitationToken,
    http::Problem,
    table::{DeclineCheck, Occasion, StoreError, Table, WriteError},
};

use crate::find::{FindError, Unusable, find};

/// Why an invitation was not declined.
#[derive(Debug, thiserror::Error)]
pub enum DeclineError {
    /// There is nothing to decline.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The table did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DeclineError> for Problem {
    fn from(error: DeclineError) -> Self {
        match error {
            DeclineError::Find(error) => error.into(),
            DeclineError::Store(error) => error.into(),
        }
    }
}

/// Declines (R13). It takes the secret and nothing else: who does not want to join need not sign up to say so.
///
/// # Errors
/// See [`DeclineError`].
pub async fn decline(table: &Table, token: &InvitationToken, occasion: &Occasion) -> Result<(), DeclineError> {
    // Twice at most: when the invitation was settled in between, the second look says how.
    for _ in 0..2 {
        let found = find(table, token, None, occasion.at).await?;
        match found.live {
            // Declined before, perhaps by this very request whose answer was lost.
            Err(Unusable::Declined) => return Ok(()),
            Err(unusable) => return Err(FindError::from(unusable).into()),
            Ok(()) => {}
        }
        match table.decline_invitation(&found.invitation, occasion).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Refused(refused)) if refused.contains(DeclineCheck::Invitation) => {}
            Err(WriteError::Refused(_)) => {
                return Err(StoreError::Unexpected("a part of the invitation is missing".into()).into());
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the invitation keeps changing".into()).into())
}
