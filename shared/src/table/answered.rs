use super::{StoreError, Table};
use crate::items::{IdempotencyItem, Key};

impl Table {
    /// The answer that is kept under `location`, if there is one (I9).
    pub async fn answered(&self, location: Key) -> Result<Option<IdempotencyItem>, StoreError> {
        Ok(self.batch_get([location.clone()]).await?.take(location)?)
    }
}
