use super::{
    Page, StoreError, Table,
    expression::Expression,
    read::{self, ListQuery},
};
use crate::{
    domain::{Guarded, Member, OrganizationId, Permission, Role, UserId},
    items::{MemberItem, keys},
};

/// Which members are wanted. Nothing given: all.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// Those who hold it.
    pub role: Option<Role>,
    /// Those whose address begins with it, upper and lower case aside.
    pub email_prefix: Option<String>,
}

impl MemberFilter {
    fn expression(&self) -> Option<Expression> {
        let role = self.role.map(|role| Expression::new("contains(#roles, :role)").string(":role", role));
        let email = self.email_prefix.as_ref().map(|prefix| {
            Expression::new("begins_with(#email_lower, :email)").string(":email", prefix.to_ascii_lowercase())
        });
        match (role, email) {
            (Some(role), Some(email)) => Some(role.and(email)),
            (role, email) => role.or(email),
        }
    }
}

impl Table {
    /// A page of members in the order of their ids, for `reader`. The time it takes does not depend on how many there are.
    pub async fn list_members(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        filter: &MemberFilter,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Page<Member>>, StoreError> {
        let list = ListQuery {
            partition: keys::organization_partition(organization),
            prefix: keys::MEMBERS,
            limit,
            after,
            newest_first: false,
            filter: filter.expression(),
        };
        let page = self.guarded_list(organization, reader, Permission::VIEW_USERS, list).await?;
        Ok(page.map(|page| page.listed(read::read::<MemberItem, _>)))
    }
}
