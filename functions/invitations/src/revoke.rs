use shared::{
    domain::{Authority, InvitationId, OrganizationId, Permission, UserId},
    failure::Failure,
    http::Problem,
    table::{Occasion, StoreError, TRIES, Table},
};

use crate::{ended::Ended, unknown};

/// Revokes an invitation (R13). An invitation that is revoked already stays so.
///
/// # Errors
/// `invitation-not-found`, `invitation-already-accepted`, `invitation-declined`, or that the actor may not (R8).
pub(crate) async fn revoke(
    table: &Table,
    organization: OrganizationId,
    actor: &UserId,
    id: InvitationId,
    occasion: &Occasion,
) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let guarded = table.read_invitation(organization, actor, id).await?;
        let (_, invitation) = guarded.open(Permission::MANAGE_USERS)?;
        let invitation = invitation.ok_or_else(unknown)?;
        match Ended::of(invitation.state) {
            Some(Ended::Revoked) => return Ok(()),
            Some(ended) => return Err(ended.into()),
            None => {}
        }
        let authority = Authority::to_grant(organization, actor.clone(), invitation.roles);
        let written = table.revoke_invitation(&authority, &invitation, occasion).await;
        if written.map_err(Failure::<Ended>::from)?.is_ok() {
            return Ok(());
        }
    }
    Err(StoreError::contended("the invitation keeps changing").into())
}
