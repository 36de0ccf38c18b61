use shared::{
    domain::InvitationToken,
    failure::Failure,
    table::{Occasion, StoreError, TRIES, Table},
};

use crate::find::{Unusable, find, usable};

/// Declines (R13). The secret is all that it takes: nobody has to sign up to say no.
pub(crate) async fn decline(
    table: &Table,
    token: &InvitationToken,
    occasion: &Occasion,
) -> Result<(), Failure<Unusable>> {
    // When the invitation was settled or resent in between, the next look says how.
    for _ in 0..TRIES {
        let found = find(table, token, None, None).await?;
        match usable(&found.invitation, occasion.at) {
            // Declined before, perhaps by this very request whose answer was lost.
            Err(Unusable::Declined) => return Ok(()),
            Err(unusable) => return Err(Failure::Reason(unusable)),
            Ok(()) => {}
        }
        if table.decline_invitation(&found.invitation, None, None, occasion).await?.is_ok() {
            return Ok(());
        }
    }
    Err(StoreError::contended("the invitation keeps changing").into())
}
