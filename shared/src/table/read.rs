use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures::future::{try_join, try_join_all};

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{Guarded, Member, OrganizationId, UserId},
    items::{Attributes, Corrupt, Item, Key, MemberItem},
    telemetry,
};

/// Some of a list, and where the rest begins.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The sort key of the last item looked at, if there may be more.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// What can be read of a page. One item that cannot is left out of it, see [`listed`]; the next page begins where it
    /// would have begun anyway.
    pub(super) fn listed<U>(self, read: impl Fn(T) -> Result<U, Corrupt>) -> Page<U> {
        Page { items: self.items.into_iter().filter_map(|item| listed(read(item))).collect(), next: self.next }
    }
}

/// A list: the items of one partition whose sort keys begin alike.
pub(super) struct ListQuery<'a> {
    pub(super) partition: String,
    pub(super) prefix: &'a str,
    pub(super) limit: u16,
    /// Sort key to continue after.
    pub(super) after: Option<&'a str>,
    pub(super) newest_first: bool,
}

/// DynamoDB's limit for one BatchGetItem.
const LARGEST_BATCH: usize = 100;

impl Table {
    /// Strongly consistent.
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

    /// Strongly consistent, all in one round trip; keys that nothing has are missing from the answer.
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

    /// One page, strongly consistent.
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
        let mut items = answer.items.unwrap_or_default();
        let beyond = items.len() > limit;
        items.truncate(limit);
        let last = if beyond { items.last() } else { answer.last_evaluated_key.as_ref() };
        let next = last.and_then(|item| item.get("sk")).and_then(|sk| sk.as_s().ok()).cloned();
        Ok(Page { items, next })
    }

    /// A list of an organization's, with the place of `reader` in it; side by side.
    pub(super) async fn guarded_list(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        list: ListQuery<'_>,
    ) -> Result<Guarded<Page<Attributes>>, StoreError> {
        let (reader, page) = try_join(self.membership(organization, reader), self.list(list)).await?;
        Ok(Guarded::new(reader, page))
    }

    /// Somebody's membership.
    pub(super) async fn membership(
        &self,
        organization: OrganizationId,
        user: &UserId,
    ) -> Result<Option<Member>, StoreError> {
        Ok(self.get(&Key::member(organization, user)).await?.map(read::<MemberItem, _>).transpose()?)
    }
}

/// What a batch found.
pub(super) struct Batch(HashMap<(String, String), Attributes>);

impl Batch {
    pub(super) fn take<I: Item>(&mut self, key: Key) -> Result<Option<I>, Corrupt> {
        self.0.remove(&(key.pk, key.sk)).map(I::from_attributes).transpose()
    }

    /// Somebody's membership. Not taken out: it may be asked for twice, as the reader's and as what is read.
    pub(super) fn member(&self, organization: OrganizationId, user: &UserId) -> Result<Option<Member>, Corrupt> {
        let key = Key::member(organization, user);
        self.0.get(&(key.pk, key.sk)).cloned().map(read::<MemberItem, _>).transpose()
    }
}

/// What an item says, as the domain has it.
pub(super) fn read<I: Item, T: From<I>>(attributes: Attributes) -> Result<T, Corrupt> {
    I::from_attributes(attributes).map(T::from)
}

/// An item of a list. One that cannot be read is left out, for otherwise it would take everybody's list away, and the
/// `GET /me` of everybody whom it concerns. Whoever is on call learns of it from the log; asked for alone, the item is an
/// internal error.
pub(super) fn listed<T>(read: Result<T, Corrupt>) -> Option<T> {
    read.map_err(|corrupt| tracing::error!(error = telemetry::chain(&corrupt), "an item was left out of a list")).ok()
}
