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
        let item: Option<OrganizationItem> = batch.take(Key::organization(organization))?;
        match (item, batch.member(organization, reader)?) {
            (Some(organization), Some(member)) => {
                Ok(Some(Membership { organization: organization.try_into()?, member }))
            }
            _ => Ok(None),
        }
    }
}
