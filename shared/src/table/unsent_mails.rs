use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    StoreError, Table,
    read::{listed, read},
};
use crate::items::{UnsentMail, UnsentMailItem};

/// The sparse index of emails that were neither sent nor failed.
const INDEX: &str = "unsent-mails";

impl Table {
    /// Reads every email that was neither sent nor failed, whether it is due or not, in no order.
    ///
    /// It scans the index, which contains nothing else and is usually empty. If one organization has many emails, a
    /// query by time would return those first, and the others could not take turns. The index can be moments behind the
    /// table. [`Table::claim_mail`] decides.
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
