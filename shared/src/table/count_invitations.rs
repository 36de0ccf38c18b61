use aws_sdk_dynamodb::types::Select;

use super::{StoreError, Table, expression::Expression};
use crate::domain::{AddressKey, Timestamp};

/// The sparse index of pending invitations.
const INDEX: &str = "invitations-by-address";

impl Table {
    /// How many invitations wait for an address. From an index, so it may lag behind by moments; nothing is decided by it.
    pub async fn count_invitations(&self, address: &AddressKey, now: Timestamp) -> Result<u64, StoreError> {
        let query = Expression::new("#invited_address = :address AND #invitation_expires_at > :now")
            .string(":address", address.as_str())
            .string(":now", now);
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression(query.text())
            .set_expression_attribute_names(Expression::names([&query]))
            .set_expression_attribute_values(Expression::values([&query]))
            .select(Select::Count)
            .send()
            .await?;
        Ok(u64::try_from(answer.count).unwrap_or_default())
    }
}
