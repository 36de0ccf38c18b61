use aws_sdk_dynamodb::types::Select;

use super::{StoreError, Table};
use crate::{
    domain::{AddressKey, Timestamp},
    items::listing::Span,
};

/// More are not counted: anybody can invite an address, and counting is paid by the item.
const MOST: i32 = 100;

impl Table {
    /// How many invitations wait for an address, 100 at most. From an index, so it may lag behind by moments; nothing is decided by it.
    pub async fn count_invitations(&self, address: &AddressKey, now: Timestamp) -> Result<u64, StoreError> {
        let query = self.of_address(address, Span::after(now), None).select(Select::Count).limit(MOST);
        Ok(u64::try_from(query.send().await?.count).unwrap_or_default())
    }
}
