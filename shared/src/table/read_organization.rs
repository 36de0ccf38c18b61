use super::{StoreError, Table};
use crate::{
    domain::{Guarded, Organization, OrganizationId, UserId},
    items::{Key, OrganizationItem},
};

impl Table {
    /// Reads an organization for `reader`.
    pub async fn read_organization(
        &self,
        organization: OrganizationId,
        reader: &UserId,
    ) -> Result<Guarded<Organization>, StoreError> {
        let mut batch = self.batch_get([Key::organization(organization), Key::member(organization, reader)]).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(member) = batch.member(organization, reader)? else { return Ok(Guarded::found(None, None)) };
        let item: Option<OrganizationItem> = batch.take(Key::organization(organization))?;
        Ok(Guarded::found(Some(member), item.map(Organization::from)))
    }
}
