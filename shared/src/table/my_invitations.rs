use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

use super::{Page, StoreError, Table, expression::Expression, read};
use crate::{
    domain::{AddressKey, Invitation, InvitationId, Organization, Timestamp},
    items::{Attributes, InvitationItem, Item, Key, LIST_KEY_ATTRIBUTE, OrganizationItem, listing::Span},
};

/// The sparse index of pending invitations.
const INDEX: &str = "invitations-by-address";

/// An invitation, and the organization that it is to.
#[derive(Debug)]
pub struct MyInvitation {
    pub invitation: Invitation,
    pub organization: Organization,
}

impl Table {
    /// A page of the pending invitations of an address, the one that expires first first. Two round trips; from an index, so
    /// it may lag behind by moments.
    pub async fn list_my_invitations(
        &self,
        address: &AddressKey,
        now: Timestamp,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Page<MyInvitation>, StoreError> {
        let span = Span::after(now);
        let Some(span) = (match after {
            Some(key) => span.continued_after(key),
            None => Some(span),
        }) else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        // One more tells whether there is more.
        let found = self.of_address(address, span, None).limit(i32::from(limit) + 1).send().await?;
        let mut found = found.items.unwrap_or_default();
        let is_beyond = found.len() > usize::from(limit);
        found.truncate(usize::from(limit));
        let last = found.last().and_then(|item| item.get(LIST_KEY_ATTRIBUTE)).and_then(|key| key.as_s().ok()).cloned();
        let page = Page { items: found, next: last.filter(|_| is_beyond) };
        let page = page.listed(read::read::<InvitationItem, Invitation>);
        let organizations = page.items.iter().map(|invitation| Key::organization(invitation.organization_id));
        let mut batch = self.batch_get(organizations).await?;
        let mut items = Vec::new();
        for invitation in page.items {
            // Two invitations are never to one organization: the address has one at a time there (I3).
            let key = Key::organization(invitation.organization_id);
            let organization = read::listed(batch.take::<OrganizationItem>(key)).flatten();
            items.extend(organization.map(|item| MyInvitation { invitation, organization: item.into() }));
        }
        Ok(Page { items, next: page.next })
    }

    /// One of the pending invitations of an address, as the index has it.
    pub async fn my_invitation(
        &self,
        address: &AddressKey,
        now: Timestamp,
        id: InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        let wanted = Expression::new("#invitation_id = :id").string(":id", id);
        let mut start: Option<Attributes> = None;
        loop {
            let query = self.of_address(address, Span::after(now), Some(&wanted));
            let page = query.set_exclusive_start_key(start).send().await?;
            if let Some(found) = page.items.into_iter().flatten().next() {
                return Ok(Some(Invitation::from(InvitationItem::from_attributes(found)?)));
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(None);
            }
        }
    }

    pub(super) fn of_address(
        &self,
        address: &AddressKey,
        span: Span,
        filter: Option<&Expression>,
    ) -> QueryFluentBuilder {
        let keys = Expression::new("#invited_address = :address AND #list_key BETWEEN :from AND :to")
            .string(":address", address.as_str())
            .string(":from", span.from)
            .string(":to", span.to);
        let expressions: Vec<&Expression> = [&keys].into_iter().chain(filter).collect();
        self.client
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression(keys.text())
            .set_filter_expression(filter.map(Expression::text))
            .set_expression_attribute_names(Expression::names(expressions.iter().copied()))
            .set_expression_attribute_values(Expression::values(expressions.iter().copied()))
    }
}
