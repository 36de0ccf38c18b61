use super::{Page, StoreError, Table, read::ListQuery, user_overview};
use crate::{
    domain::{Membership, OrganizationId, UserId},
    items::{Item, Key, OrganizationItem, PointerItem, keys},
};

impl Table {
    /// A page of the ids of the organizations that somebody is a member of, the oldest organization first.
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
            filter: None,
        };
        self.list(list).await?.try_map(|item| user_overview::organization(&PointerItem::from_attributes(item)?))
    }

    /// The organizations and the user's place in each, in the order asked for, in one round trip. A membership that ended
    /// since the ids were read is left out.
    pub async fn memberships(
        &self,
        user: &UserId,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Membership>, StoreError> {
        let keys = organizations.iter().flat_map(|id| [Key::organization(*id), Key::member(*id, user)]);
        let mut batch = self.batch_get(keys).await?;
        let mut memberships = Vec::new();
        for id in organizations {
            let organization: Option<OrganizationItem> = batch.take(Key::organization(*id))?;
            if let (Some(organization), Some(member)) = (organization, batch.member(*id, user)?) {
                memberships.push(Membership { organization: organization.try_into()?, member });
            }
        }
        Ok(memberships)
    }
}
