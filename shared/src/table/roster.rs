use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join;

use super::{Page, StoreError, Table, expression::Expression, read, read::ListQuery};
use crate::{
    domain::{Guarded, Member, OrganizationId, Permission, RoleSet, Timestamp, UserId},
    items::{Item, Key, MemberItem, PastMembershipItem, keys},
};

/// A member at an instant in the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastMember {
    pub user_id: UserId,
    pub roles: RoleSet,
    pub joined_at: Timestamp,
    /// The member as it is now. `None` if the user has left since.
    pub now: Option<Member>,
}

/// What is known about the members in a range of user ids.
struct Part {
    members: Vec<Member>,
    past: BTreeMap<UserId, Vec<PastMembershipItem>>,
    /// The last user id of the range. `None`: there are no more users.
    last: Option<UserId>,
}

impl Table {
    /// Reads a page of the members at the instant `at` for `reader`, ordered by their ids, strongly consistent. A page can
    /// have fewer members than `limit`, or none, and a next page.
    ///
    /// It reads the current members first and then what was before, in two round trips. A change in between is in the
    /// second; in the other order, or side by side, it could be in neither.
    pub async fn roster(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        at: Timestamp,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Page<PastMember>>, StoreError> {
        let members = ListQuery {
            partition: keys::organization_partition(organization),
            prefix: keys::MEMBERS,
            limit,
            after,
            newest_first: false,
        };
        let (reader, members) = try_join(self.membership(organization, reader), self.list(members)).await?;
        // Nobody else causes more reads.
        let may = |reader: &Member| reader.permissions().decide(Permission::VIEW_USERS.into()).is_ok();
        if !reader.as_ref().is_some_and(may) {
            return Ok(Guarded::new(reader, Page { items: Vec::new(), next: None }));
        }
        let last = members.next.as_deref().and_then(keys::user_of_member);
        let members = members.listed(read::read::<MemberItem, Member>).items;
        let part = self.past(organization, after.and_then(keys::user_of_member), last).await?;
        let page = Part { members, ..part }.at(organization, at, usize::from(limit));
        Ok(Guarded::new(reader, page))
    }

    /// The past memberships of the users after `after` up to `last`, or of the first of them: all of a user's, and at least
    /// one user's.
    async fn past(
        &self,
        organization: OrganizationId,
        after: Option<UserId>,
        last: Option<UserId>,
    ) -> Result<Part, StoreError> {
        let keys = Expression::new("#pk = :pk AND #sk BETWEEN :from AND :to")
            .string(":pk", keys::organization_partition(organization))
            .string(":from", keys::past_memberships_after(after.as_ref()))
            .string(":to", keys::past_memberships_until(last.as_ref()));
        let mut part = Part { members: Vec::new(), past: BTreeMap::new(), last };
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression(keys.text())
                .set_expression_attribute_names(Expression::names([&keys]))
                .set_expression_attribute_values(Expression::values([&keys]))
                .set_exclusive_start_key(start)
                .consistent_read(true)
                .send()
                .await?;
            let items = Page { items: answer.items.unwrap_or_default(), next: None };
            for item in items.listed(PastMembershipItem::from_attributes).items {
                part.past.entry(item.user_id.0.clone()).or_default().push(item);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(part);
            }
            // The last user may have more.
            if part.past.len() > 1 {
                part.past.pop_last();
                part.last = part.past.keys().next_back().cloned();
                return Ok(part);
            }
        }
    }
}

impl Part {
    /// The page of those who were members at an instant. The next page begins after the last user that this one decides about.
    fn at(self, organization: OrganizationId, at: Timestamp, limit: usize) -> Page<PastMember> {
        let Self { members, mut past, last } = self;
        let mut members: BTreeMap<UserId, Member> =
            members.into_iter().map(|member| (member.user_id.clone(), member)).collect();
        let users: BTreeSet<UserId> = members.keys().chain(past.keys()).cloned().collect();
        let mut page = Page { items: Vec::new(), next: None };
        for user in users.into_iter().filter(|user| last.as_ref().is_none_or(|last| user <= last)) {
            if page.items.len() == limit {
                let last: Option<&PastMember> = page.items.last();
                page.next = last.map(|last| Key::member(organization, &last.user_id).sk);
                return page;
            }
            let (past, now) = (past.remove(&user).unwrap_or_default(), members.remove(&user));
            page.items.extend(member_at(at, user, &past, now));
        }
        page.next = last.map(|last| Key::member(organization, &last).sk);
        page
    }
}

/// What a user was at an instant, from the past memberships in their order and the current one.
fn member_at(at: Timestamp, user_id: UserId, past: &[PastMembershipItem], now: Option<Member>) -> Option<PastMember> {
    let mut later = past.iter().filter(|past| past.until.0 > at).peekable();
    let roles = later.peek().map_or(now.as_ref().map(|now| now.roles), |first| Some(first.roles))?;
    let joined_at = later.find_map(|past| past.joined_at.as_ref().map(|joined| joined.0));
    let joined_at = joined_at.or(now.as_ref().map(|now| now.joined_at))?;
    (joined_at <= at).then_some(PastMember { user_id, roles, joined_at, now })
}
