use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures::future::{try_join, try_join_all};

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{Guarded, Member, OrganizationId, UserId},
    items::{Attributes, Corrupt, Item, Key, MemberItem},
    telemetry,
};

/// A page of a list, with the position of the next page.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The sort key of the last evaluated item, if there may be more.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Reads the items of a page and leaves out those that cannot be read, see [`listed`]. The position of the next
    /// page stays the same.
    pub(super) fn listed<U>(self, read: impl Fn(T) -> Result<U, Corrupt>) -> Page<U> {
        Page { items: self.items.into_iter().filter_map(|item| listed(read(item))).collect(), next: self.next }
    }
}

impl Page<Attributes> {
    /// The first `limit` of the items of an answer, which ends at `last_evaluated` if DynamoDB has more.
    pub(super) fn cut(mut items: Vec<Attributes>, limit: usize, last_evaluated: Option<&Attributes>) -> Self {
        let beyond = items.len() > limit;
        items.truncate(limit);
        let last = if beyond { items.last() } else { last_evaluated };
        let next = last.and_then(|item| item.get("sk")).and_then(|sk| sk.as_s().ok()).cloned();
        Self { items, next }
    }
}

/// A query of the items in one partition whose sort keys have the same beginning.
pub(super) struct ListQuery<'a> {
    pub(super) partition: String,
    pub(super) prefix: &'a str,
    pub(super) limit: u16,
    /// The sort key after which the page begins.
    pub(super) after: Option<&'a str>,
    pub(super) newest_first: bool,
}

/// The maximum number of items in one BatchGetItem.
const LARGEST_BATCH: usize = 100;

impl Table {
    /// Reads one item, strongly consistent.
    pub(super) async fn get(&self, key: &Key) -> Result<Option<Attributes>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.to_attributes()))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.item)
    }

    /// Reads several items in one round trip, strongly consistent. The result leaves out keys without an item.
    pub(super) async fn batch_get(&self, keys: impl IntoIterator<Item = Key>) -> Result<Batch, StoreError> {
        let mut keys: Vec<Key> = keys.into_iter().collect();
        keys.sort_by(|a, b| (&a.pk, &a.sk).cmp(&(&b.pk, &b.sk)));
        // DynamoDB refuses a request that names one key twice.
        keys.dedup();
        let batches = try_join_all(keys.chunks(LARGEST_BATCH).map(|keys| self.batch_get_some(keys))).await?;
        Ok(Batch(batches.into_iter().flatten().collect()))
    }

    async fn batch_get_some(&self, keys: &[Key]) -> Result<HashMap<(String, String), Attributes>, StoreError> {
        let mut found = HashMap::new();
        let mut wanted: Vec<Attributes> = keys.iter().map(Key::to_attributes).collect();
        for attempt in 0.. {
            let request = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(wanted)).build();
            let request = request.map_err(|error| StoreError::Unexpected(error.into()))?;
            let answer = self.client.batch_get_item().request_items(&self.name, request).send().await?;
            for item in answer.responses.unwrap_or_default().into_values().flatten() {
                if let (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) = (item.get("pk"), item.get("sk")) {
                    found.insert((pk.clone(), sk.clone()), item);
                }
            }
            wanted = answer.unprocessed_keys.unwrap_or_default().into_values().flat_map(|rest| rest.keys).collect();
            if wanted.is_empty() {
                break;
            }
            if attempt == 8 {
                return Err(StoreError::Unavailable("keys were left unprocessed".into()));
            }
            tokio::time::sleep(self.pause(attempt).unsigned_abs()).await;
        }
        Ok(found)
    }

    /// Reads one page of a list, strongly consistent.
    pub(super) async fn list(&self, list: ListQuery<'_>) -> Result<Page<Attributes>, StoreError> {
        let limit = usize::from(list.limit);
        let keys = Expression::new("#pk = :pk AND begins_with(#sk, :prefix)")
            .string(":pk", &list.partition)
            .string(":prefix", list.prefix);
        let start = list.after.map(|sk| Key { pk: list.partition.clone(), sk: sk.to_owned() }.to_attributes());
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(keys.text())
            .set_expression_attribute_names(Expression::names([&keys]))
            .set_expression_attribute_values(Expression::values([&keys]))
            .set_exclusive_start_key(start)
            .limit(i32::from(list.limit) + 1)
            .scan_index_forward(!list.newest_first)
            .consistent_read(true)
            .send()
            .await?;
        Ok(Page::cut(answer.items.unwrap_or_default(), limit, answer.last_evaluated_key.as_ref()))
    }

    /// Reads a list of an organization and the membership of `reader`, side by side.
    pub(super) async fn guarded_list(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        list: ListQuery<'_>,
    ) -> Result<Guarded<Page<Attributes>>, StoreError> {
        let (reader, page) = try_join(self.membership(organization, reader), self.list(list)).await?;
        Ok(Guarded::new(reader, page))
    }

    /// Reads the membership of a user.
    pub(super) async fn membership(
        &self,
        organization: OrganizationId,
        user: &UserId,
    ) -> Result<Option<Member>, StoreError> {
        Ok(self.get(&Key::member(organization, user)).await?.map(read::<MemberItem, _>).transpose()?)
    }
}

/// The items that a batch returned, by their keys.
pub(super) struct Batch(HashMap<(String, String), Attributes>);

impl Batch {
    pub(super) fn take<I: Item>(&mut self, key: Key) -> Result<Option<I>, Corrupt> {
        self.0.remove(&(key.pk, key.sk)).map(I::from_attributes).transpose()
    }

    /// Returns the membership of a user. It stays in the batch, because it can be needed twice: for the reader and for
    /// the read member.
    pub(super) fn member(&self, organization: OrganizationId, user: &UserId) -> Result<Option<Member>, Corrupt> {
        let key = Key::member(organization, user);
        self.0.get(&(key.pk, key.sk)).cloned().map(read::<MemberItem, _>).transpose()
    }
}

/// Converts an item into its domain type.
pub(super) fn read<I: Item, T: From<I>>(attributes: Attributes) -> Result<T, Corrupt> {
    I::from_attributes(attributes).map(T::from)
}

/// Converts an item of a list. If the item cannot be read, it is left out and the error is logged. Otherwise, no one
/// could read the list, or the `GET /me` of the users that it concerns. A request for that item alone returns an
/// internal error.
pub(super) fn listed<T>(read: Result<T, Corrupt>) -> Option<T> {
    read.map_err(|corrupt| tracing::error!(error = telemetry::chain(&corrupt), "an item was left out of a list")).ok()
}
