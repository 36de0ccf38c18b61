use std::iter::once;

use super::{
    StoreError, Table,
    expression::Expression,
    read::{listed, read},
};
use crate::{
    domain::Timestamp,
    items::{Attributes, Expiring, ExpiringItem, ExpirySlot},
};

/// The sparse index of pending invitations, by the hour of their expiry.
const INDEX: &str = "invitations-by-expiry";
/// The items of a page: few enough for the memory of a function, which reads the pages of an hour's slots side by side.
const PAGE: i32 = 500;

/// A page of the pending invitations of a slot, the one that expires first first.
#[derive(Debug)]
pub struct ExpiringPage {
    pub items: Vec<Expiring>,
    /// The items that could not be read. Each is logged.
    pub unreadable: usize,
    /// Where the next page begins, if there may be one.
    pub next: Option<Attributes>,
}

impl Table {
    /// Reads the invitations of a slot that expire from `from` to `to`, both included.
    ///
    /// It comes from an index, so it can be moments behind the table. The conditions of each write decide.
    pub async fn expiring(
        &self,
        slot: ExpirySlot,
        from: Timestamp,
        to: Timestamp,
        start: Option<Attributes>,
    ) -> Result<ExpiringPage, StoreError> {
        let keys = Expression::new("#expiry_slot = :slot AND #expires_at BETWEEN :from AND :to")
            .string(":slot", slot)
            .string(":from", from)
            .string(":to", to);
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression(keys.text())
            .set_expression_attribute_names(Expression::names(once(&keys)))
            .set_expression_attribute_values(Expression::values(once(&keys)))
            .set_exclusive_start_key(start)
            .limit(PAGE)
            .send()
            .await?;
        let found = answer.items.unwrap_or_default();
        let number = found.len();
        let items: Vec<_> = found.into_iter().filter_map(|item| listed(read::<ExpiringItem, Expiring>(item))).collect();
        Ok(ExpiringPage { unreadable: number - items.len(), items, next: answer.last_evaluated_key })
    }
}
