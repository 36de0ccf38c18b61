use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::Timestamp,
    items::{Item, Key, WatermarkItem},
};

/// One of the two instants of the watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Every invitation that expired before it is ended.
    Swept,
    /// The reminders of all invitations that expire before it are sent.
    Reminded,
}

impl Mark {
    const fn attribute(self) -> &'static str {
        match self {
            Self::Swept => "swept_until",
            Self::Reminded => "reminded_until",
        }
    }
}

impl Table {
    /// Reads how far the sweeper has come.
    pub async fn watermark(&self) -> Result<WatermarkItem, StoreError> {
        let found = self.get(&Key::watermark()).await?;
        Ok(found.map(WatermarkItem::from_attributes).transpose()?.unwrap_or_default())
    }

    /// Reads when the table was created. No invitation is older, so the first sweep begins there.
    pub async fn created_at(&self) -> Result<Timestamp, StoreError> {
        let answer = self.client.describe_table().table_name(&self.name).send().await?;
        let created = answer.table.and_then(|table| table.creation_date_time);
        let created = created.and_then(|created| jiff::Timestamp::from_second(created.secs()).ok());
        created.map(Timestamp::new).ok_or_else(|| StoreError::Unexpected("the table has no creation time".into()))
    }

    /// Moves one instant of the watermark forward. If another run is further, nothing changes.
    pub async fn move_watermark(&self, mark: Mark, to: Timestamp) -> Result<(), StoreError> {
        let name = mark.attribute();
        let change = Expression::new(format!("SET #entity = :watermark, #schema = :schema, #{name} = :to"))
            .string(":watermark", WatermarkItem::ENTITY)
            .number(":schema", 1);
        let forward = Expression::new(format!("attribute_not_exists(#{name}) OR #{name} < :to")).string(":to", to);
        self.update_if(self.updating(&Key::watermark(), &change, &forward)).await.map(drop)
    }
}
