use super::{StoreError, Table};
use crate::{
    domain::{Membership, OrganizationId, UserId},
    items::{Key, OrganizationItem},
};

impl Table {
    /// An organization with the reader's place in it; nothing if the reader has none (R12).
    pub async fn read_organization(
        &self,
        organization: OrganizationId,
        reader: &UserId,
    ) -> Result<Option<Membership>, StoreError> {
        let mut batch = self.batch_get([Key::organization(organization), Key::member(organization, reader)]).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(member) = batch.member(organization, reader)? else { return Ok(None) };
        let item: Option<OrganizationItem> = batch.take(Key::organization(organization))?;
        Ok(item.map(|item| Membership { organization: item.into(), member }))
    }
}
