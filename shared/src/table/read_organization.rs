use super::{StoreError, Table};
use crate::{
    domain::{Guarded, Organization, OrganizationId, UserId},
    items::{Key, OrganizationItem},
};

impl Table {
    /// An organization, for `reader`.
    pub async fn read_organization(
        &self,
        organization: OrganizationId,
        reader: &UserId,
    ) -> Result<Guarded<Organization>, StoreError> {
        let mut batch = self.batch_get([Key::organization(organization), Key::member(organization, reader)]).await?;
        let item: Option<OrganizationItem> = batch.take(Key::organization(organization))?;
        Ok(Guarded::found(batch.member(organization, reader)?, item.map(TryInto::try_into).transpose()?))
    }
}
