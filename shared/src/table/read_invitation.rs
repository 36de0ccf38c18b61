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
        let item: Option<InvitationItem> = batch.take(key)?;
        Ok(Guarded::new(batch.member(organization, reader)?, item.map(TryInto::try_into).transpose()?))
    }
}
