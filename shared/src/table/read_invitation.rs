use super::{StoreError, Table};
use crate::{
    domain::{Guarded, Invitation, InvitationId, OrganizationId, UserId},
    items::{InvitationItem, Key},
};

impl Table {
    /// An invitation, for `reader`.
    pub async fn read_invitation(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        invitation: InvitationId,
    ) -> Result<Guarded<Option<Invitation>>, StoreError> {
        let key = Key::invitation(organization, invitation);
        let mut batch = self.batch_get([key.clone(), Key::member(organization, reader)]).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(reader) = batch.member(organization, reader)? else { return Ok(Guarded::new(None, None)) };
        let item: Option<InvitationItem> = batch.take(key)?;
        Ok(Guarded::new(Some(reader), item.map(Into::into)))
    }
}
