use futures::future::try_join;

use super::{Page, StoreError, Table, expression::Expression, read};
use crate::{
    domain::{Guarded, OrganizationId, Timestamp, UserId},
    items::{AuditAction, AuditItem, Key, keys},
};

/// The filter of a list of audit records. The default selects all records.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Selects the records of this actor.
    pub actor: Option<UserId>,
    /// Selects the records of this action.
    pub action: Option<AuditAction>,
    /// Selects the records of this instant or later ones.
    pub from: Option<Timestamp>,
    /// Selects the records before this instant.
    pub to: Option<Timestamp>,
}

/// The number of records that one page with a filter looks at. So an actor who never acted costs no more than that.
const LOOKED_AT: i32 = 1000;

impl AuditFilter {
    /// Whether every record in the time is selected.
    fn is_all(&self) -> bool {
        self.actor.is_none() && self.action.is_none()
    }

    fn condition(&self) -> Option<Expression> {
        let actor = self.actor.as_ref().map(|actor| Expression::new("#actor = :actor").string(":actor", actor));
        let action = self.action.map(|action| Expression::new("#action = :action").string(":action", action.name()));
        actor.into_iter().chain(action).reduce(Expression::and)
    }
}

impl Table {
    /// Reads a page of audit records for `reader`, the newest first, in one round trip. A page with a filter can have fewer
    /// items than `limit`, or none, and a next page.
    pub async fn list_audit_records(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        filter: &AuditFilter,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Page<AuditItem>>, StoreError> {
        let page = self.audit_records(organization, filter, limit, after);
        let (reader, page) = try_join(self.membership(organization, reader), page).await?;
        Ok(Guarded::new(reader, page))
    }

    async fn audit_records(
        &self,
        organization: OrganizationId,
        filter: &AuditFilter,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Page<AuditItem>, StoreError> {
        let partition = keys::organization_partition(organization);
        // What DynamoDB has not deleted yet is over all the same.
        let from = filter.from.max(self.retention().since(self.environment.now()));
        let from = from.map_or(keys::AUDIT_RECORDS.to_owned(), keys::first_audit_record);
        let to = filter.to.map_or(keys::LAST_AUDIT_RECORD.to_owned(), keys::first_audit_record);
        // DynamoDB refuses a beginning outside of the range. Clients can make one up, and records end while a client reads.
        let after = after.filter(|after| *after < to.as_str());
        if from >= to || after.is_some_and(|after| after <= from.as_str()) {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let wanted = Expression::new("#pk = :pk AND #sk BETWEEN :from AND :to")
            .string(":pk", &partition)
            .string(":from", from)
            .string(":to", to);
        let condition = filter.condition();
        let start = after.map(|sk| Key { pk: partition.clone(), sk: sk.to_owned() }.to_attributes());
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(wanted.text())
            .set_filter_expression(condition.as_ref().map(Expression::text))
            .set_expression_attribute_names(Expression::names([&wanted].into_iter().chain(&condition)))
            .set_expression_attribute_values(Expression::values([&wanted].into_iter().chain(&condition)))
            .set_exclusive_start_key(start)
            .limit(if filter.is_all() { i32::from(limit) + 1 } else { LOOKED_AT })
            .scan_index_forward(false)
            .consistent_read(true)
            .send()
            .await?;
        let page = Page::cut(answer.items.unwrap_or_default(), limit.into(), answer.last_evaluated_key.as_ref());
        Ok(page.listed(read::read::<AuditItem, _>))
    }
}
