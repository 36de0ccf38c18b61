use super::{StoreError, Table};
use crate::{
    domain::{Guarded, Invitation, InvitationId, OrganizationId, UserId},
    items::{IdempotencyItem, InvitationItem, Key},
};

/// An invitation, and the answer to the same request if there was one before.
#[derive(Debug)]
pub struct InvitationToChange {
    pub invitation: Option<Invitation>,
    pub answered: Option<IdempotencyItem>,
}

impl Table {
    /// An invitation, for `reader`.
    pub async fn read_invitation(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        invitation: InvitationId,
    ) -> Result<Guarded<Option<Invitation>>, StoreError> {
        let read = self.invitation_to_change(organization, reader, invitation, None).await?;
        Ok(read.map(|read| read.invitation))
    }

    /// An invitation, for `reader`, and what is kept under `answered`.
    pub async fn invitation_to_change(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        invitation: InvitationId,
        answered: Option<Key>,
    ) -> Result<Guarded<InvitationToChange>, StoreError> {
        let key = Key::invitation(organization, invitation);
        let keys = [key.clone(), Key::member(organization, reader)].into_iter().chain(answered.clone());
        let mut batch = self.batch_get(keys).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(reader) = batch.member(organization, reader)? else { return Ok(Guarded::found(None, None)) };
        let item: Option<InvitationItem> = batch.take(key)?;
        let answered = answered.map(|key| batch.take(key)).transpose()?.flatten();
        Ok(Guarded::new(Some(reader), InvitationToChange { invitation: item.map(Into::into), answered }))
    }
}
