use aws_sdk_dynamodb::types::Select;

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{AddressKey, Timestamp},
    items::listing::Span,
};

/// The sparse index of pending invitations.
const INDEX: &str = "invitations-by-address";
/// More are not counted: anybody can invite an address, and counting is paid by the item.
const MOST: i32 = 100;

impl Table {
    /// How many invitations wait for an address, 100 at most. From an index, so it may lag behind by moments; nothing is decided by it.
    pub async fn count_invitations(&self, address: &AddressKey, now: Timestamp) -> Result<u64, StoreError> {
        let Span { from, to } = Span::after(now);
        let query = Expression::new("#invited_address = :address AND #list_key BETWEEN :from AND :to")
            .string(":address", address.as_str())
            .string(":from", from)
            .string(":to", to);
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression(query.text())
            .set_expression_attribute_names(Expression::names([&query]))
            .set_expression_attribute_values(Expression::values([&query]))
            .select(Select::Count)
            .limit(MOST)
            .send()
            .await?;
        Ok(u64::try_from(answer.count).unwrap_or_default())
    }
}
