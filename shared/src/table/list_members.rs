use super::{Page, StoreError, Table, expression::Expression, listed::ListedQuery, read, read::ListQuery};
use crate::{
    domain::{Guarded, Member, OrganizationId, Permission, Role, UserId},
    items::{List, MemberItem, keys, listing, listing::Span},
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
    fn is_all(&self) -> bool {
        self.role.is_none() && self.email_prefix.is_none()
    }

    /// Whether a text can be where a page of the list ends.
    pub fn is_key(&self) -> fn(&str) -> bool {
        if self.is_all() { keys::is_member } else { listing::is_member }
    }

    fn query(&self, organization: OrganizationId, limit: u16) -> ListedQuery {
        let lists = match self.role {
            None => vec![List::Members, List::Admins],
            Some(Role::Member) => vec![List::Members],
            Some(_) => vec![List::Admins],
        };
        let span = self.email_prefix.as_deref().map_or_else(|| Some(Span::everything()), Span::of_addresses);
        let role = self.role.filter(|role| *role != Role::Member);
        ListedQuery {
            organization,
            parts: lists.into_iter().filter_map(|list| Some((list, span.clone()?))).collect(),
            backwards: false,
            filter: role.map(|role| Expression::new("contains(#roles, :role)").string(":role", role)),
            limit: usize::from(limit),
        }
    }
}

impl Table {
    /// A page of members for `reader`, in the order of their ids; with a filter, in the order of their addresses. The time it
    /// takes does not depend on how many there are.
    pub async fn list_members(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        filter: &MemberFilter,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Page<Member>>, StoreError> {
        let page = if filter.is_all() {
            let list = ListQuery {
                partition: keys::organization_partition(organization),
                prefix: keys::MEMBERS,
                limit,
                after,
                newest_first: false,
            };
            self.guarded_list(organization, reader, list).await?
        } else {
            self.guarded_listed(reader, Permission::VIEW_USERS, filter.query(organization, limit), after).await?
        };
        Ok(page.map(|page| page.listed(read::read::<MemberItem, _>)))
    }
}
