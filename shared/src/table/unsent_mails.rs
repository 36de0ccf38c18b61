use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    StoreError, Table,
    read::{listed, read},
};
use crate::items::{UnsentMail, UnsentMailItem};

/// The sparse index of mails that were neither sent nor failed.
const INDEX: &str = "unsent-mails";

impl Table {
    /// Every mail that was neither sent nor failed, whether it is due or not, in no order.
    ///
    /// A scan, because the index holds nothing else and is empty on a good day. A query in order of time would show the mails
    /// of one organization first when it has many, and nobody could give the others their turn. The index may lag behind by
    /// moments; [`Table::claim_mail`] decides.
    pub async fn unsent_mails(&self) -> Result<Vec<UnsentMail>, StoreError> {
        let mut mails = Vec::new();
        let mut start = None;
        loop {
            let scan = self.client.scan().table_name(&self.name).index_name(INDEX).set_exclusive_start_key(start);
            let answer = scan.send().await?;
            let items = answer.items.unwrap_or_default().into_iter();
            mails.extend(items.filter_map(|item| listed(read::<UnsentMailItem, UnsentMail>(item))));
            start = answer.last_evaluated_key.filter(|key| key.values().any(AttributeValue::is_s));
            if start.is_none() {
                return Ok(mails);
            }
        }
    }
}
