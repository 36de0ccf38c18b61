use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ProjectionType};

use super::World;

type Item = HashMap<String, AttributeValue>;
/// The table at one moment, by key.
pub(crate) type Snapshot = BTreeMap<(String, String), Item>;

/// An index: its key attributes, and what it projects besides. `None`: everything.
struct Index {
    keys: Vec<String>,
    projected: Option<Vec<String>>,
}

/// The size of an item as the developer guide defines it ("Item sizes and formats").
fn size(item: &Item) -> usize {
    fn of(value: &AttributeValue) -> usize {
        match value {
            AttributeValue::S(text) => text.len(),
            // A byte for two digits, and one more.
            AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
            AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
            AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
            AttributeValue::L(list) => 3 + list.iter().map(|one| 1 + of(one)).sum::<usize>(),
            AttributeValue::M(map) => 3 + map.iter().map(|(name, one)| 1 + name.len() + of(one)).sum::<usize>(),
            other => panic!("no item here has {other:?}"),
        }
    }
    item.iter().map(|(name, one)| name.len() + of(one)).sum()
}

fn units(item: &Item) -> usize {
    size(item).div_ceil(1024)
}

impl World {
    pub(crate) async fn snapshot(&self) -> Snapshot {
        let scan = self.client.scan().table_name(&self.table_name).consistent_read(true);
        let items = scan.into_paginator().items().send().collect::<Result<Vec<Item>, _>>().await.unwrap();
        let text = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
        items.into_iter().map(|item| ((text(&item, "pk"), text(&item, "sk")), item)).collect()
    }

    async fn indexes(&self) -> Vec<Index> {
        let table = self.client.describe_table().table_name(&self.table_name).send().await.unwrap().table.unwrap();
        let index = |index: aws_sdk_dynamodb::types::GlobalSecondaryIndexDescription| {
            let keys: Vec<_> = index.key_schema.unwrap().into_iter().map(|key| key.attribute_name).collect();
            let projection = index.projection.unwrap();
            let everything = projection.projection_type == Some(ProjectionType::All);
            Index { keys, projected: (!everything).then(|| projection.non_key_attributes.unwrap_or_default()) }
        };
        table.global_secondary_indexes.unwrap_or_default().into_iter().map(index).collect()
    }

    /// The write units of one transaction that made `after` of `before`, by the rules of the developer guide: two for each kilobyte
    /// of an item, before or after, whichever is larger; in an index one for what goes and one for what comes, or one for
    /// what changes in its place. `checked`: how many items it looked at without writing them.
    pub(crate) async fn billed(&self, before: &Snapshot, after: &Snapshot, checked: usize) -> usize {
        let indexes = self.indexes().await;
        let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let changed = keys.into_iter().map(|key| (before.get(key), after.get(key))).filter(|(old, new)| old != new);
        let of_item = |(old, new): (Option<&Item>, Option<&Item>)| {
            let table = old.into_iter().chain(new).map(units).max().unwrap_or_default();
            2 * table + indexes.iter().map(|index| index.written(old, new)).sum::<usize>()
        };
        changed.map(of_item).sum::<usize>() + 2 * checked
    }
}

impl Index {
    /// What the index holds of an item: nothing unless it has all of its keys.
    fn entry(&self, item: Option<&Item>) -> Option<Item> {
        let item = item.filter(|item| self.keys.iter().all(|key| item.contains_key(key)))?;
        let Some(projected) = &self.projected else { return Some(item.clone()) };
        let names = self.keys.iter().chain(projected).map(String::as_str).chain(["pk", "sk"]);
        Some(names.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect())
    }

    fn written(&self, old: Option<&Item>, new: Option<&Item>) -> usize {
        match (self.entry(old), self.entry(new)) {
            (Some(old), Some(new)) if old == new => 0,
            (Some(old), Some(new)) if self.keys.iter().all(|key| old[key] == new[key]) => units(&old).max(units(&new)),
            (old, new) => old.iter().chain(&new).map(units).sum(),
        }
    }
}
