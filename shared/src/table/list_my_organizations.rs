use super::{
    Page, StoreError, Table,
    read::{self, ListQuery},
};
use crate::{
    domain::{Membership, OrganizationId, UserId},
    items::{Corrupt, Key, OrganizationItem, PointerItem, keys},
};

impl Table {
    /// Reads a page of the ids of the user's organizations, the oldest organization first.
    pub async fn list_my_organizations(
        &self,
        user: &UserId,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Page<OrganizationId>, StoreError> {
        let list = ListQuery {
            partition: keys::user_partition(user),
            prefix: keys::POINTERS,
            limit,
            after,
            newest_first: false,
        };
        Ok(self.list(list).await?.listed(read::read::<PointerItem, _>))
    }

    /// Reads the organizations and the user's memberships in the given order, in one round trip. It leaves out a
    /// membership that has ended since the ids were read, or that cannot be read.
    pub async fn memberships(
        &self,
        user: &UserId,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Membership>, StoreError> {
        let keys = organizations.iter().flat_map(|id| [Key::organization(*id), Key::member(*id, user)]);
        let mut batch = self.batch_get(keys).await?;
        let mut membership = |id: OrganizationId| -> Result<Option<Membership>, Corrupt> {
            let organization: Option<OrganizationItem> = batch.take(Key::organization(id))?;
            let member = batch.member(id, user)?;
            Ok(organization.zip(member).map(|(item, member)| Membership { organization: item.into(), member }))
        };
        Ok(organizations.iter().filter_map(|id| read::listed(membership(*id)).flatten()).collect())
    }
}
