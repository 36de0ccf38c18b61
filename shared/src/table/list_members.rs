use super::{Page, StoreError, Table, expression::Expression, listed::ListedQuery, read, read::ListQuery};
use crate::{
    domain::{Guarded, Member, OrganizationId, Permission, Role, UserId},
    items::{List, MemberItem, keys, listing, listing::Span},
};

/// The filter of a list of members. The default selects all members.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// Selects the members with this role.
    pub role: Option<Role>,
    /// Selects the members whose email address begins with this text, without regard to case.
    pub email_prefix: Option<String>,
}

impl MemberFilter {
    fn is_all(&self) -> bool {
        self.role.is_none() && self.email_prefix.is_none()
    }

    /// Returns the function that checks whether a text can be the key at the end of a page.
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
    /// Reads a page of members for `reader`, ordered by their ids, or with a filter by their email addresses. The time
    /// does not depend on the number of members.
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
