use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem, Update,
        builders::TransactWriteItemBuilder,
    },
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::SignedDuration;

use super::{Occasion, StoreError, Table, WriteError, error::is_transient, expression::Expression};
use crate::{
    domain::{Authority, OrganizationId, RoleSet, UserId},
    items::{Attributes, AuditAction, AuditItem, Corrupt, IdempotencyItem, Item, Key},
    metrics::Metric,
};

/// All of it or none of it. `C` names the conditions that a caller wants to tell apart.
pub(super) struct Transaction<'a, C> {
    table: &'a Table,
    actions: Vec<(C, TransactWriteItem)>,
    /// What is counted once it has committed.
    counted: Option<Metric>,
    broken: Option<StoreError>,
}

/// Which conditions did not hold, and the items as they were.
#[derive(Debug)]
pub struct Refused<C>(Vec<(C, Option<Attributes>)>);

impl<C: Copy + PartialEq> Refused<C> {
    /// The item that `condition` was about, if that condition is among them: `Some(None)` where there is no such item.
    ///
    /// # Errors
    /// When the item cannot be read.
    pub fn found<I: Item>(&self, condition: C) -> Result<Option<Option<I>>, Corrupt> {
        let item = self.0.iter().find(|(refused, _)| *refused == condition);
        item.map(|(_, attributes)| attributes.clone().map(I::from_attributes).transpose()).transpose()
    }

    /// Whether `condition` is among them.
    pub fn contains(&self, condition: C) -> bool {
        self.0.iter().any(|(refused, _)| *refused == condition)
    }
}

impl<'a, C: Copy + PartialEq + std::fmt::Debug> Transaction<'a, C> {
    pub(super) fn new(table: &'a Table) -> Self {
        Self { table, actions: Vec::new(), counted: None, broken: None }
    }

    fn add(
        mut self,
        condition: C,
        action: impl FnOnce(TransactWriteItemBuilder) -> Result<TransactWriteItemBuilder, StoreError>,
    ) -> Self {
        match action(TransactWriteItem::builder()) {
            Ok(action) => self.actions.push((condition, action.build())),
            Err(error) => self.broken = Some(error),
        }
        self
    }

    /// Writes an item that must not exist yet.
    pub(super) fn create(self, condition: C, item: &impl Item) -> Self {
        self.put(condition, item, Expression::new("attribute_not_exists(#pk)"))
    }

    /// Writes an item if `allowed` holds of what is there.
    pub(super) fn put(self, condition: C, item: &impl Item, allowed: Expression) -> Self {
        let table = self.table.name.clone();
        self.add(condition, |action| {
            let put = Put::builder()
                .table_name(table)
                .set_item(Some(item.to_attributes()?))
                .condition_expression(allowed.text())
                .set_expression_attribute_names(Expression::names([&allowed]))
                .set_expression_attribute_values(Expression::values([&allowed]))
                .return_values_on_condition_check_failure(AllOld);
            Ok(action.put(put.build().map_err(broken)?))
        })
    }

    /// Writes nothing; the transaction fails unless `required` holds.
    pub(super) fn check(self, condition: C, key: &Key, required: Expression) -> Self {
        let table = self.table.name.clone();
        self.add(condition, |action| {
            let check = ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(key.to_attributes()))
                .condition_expression(required.text())
                .set_expression_attribute_names(Expression::names([&required]))
                .set_expression_attribute_values(Expression::values([&required]))
                .return_values_on_condition_check_failure(AllOld);
            Ok(action.condition_check(check.build().map_err(broken)?))
        })
    }

    /// Changes an item if `allowed` holds of it.
    pub(super) fn update(self, condition: C, key: &Key, change: Expression, allowed: Expression) -> Self {
        let table = self.table.name.clone();
        self.add(condition, |action| {
            let update = Update::builder()
                .table_name(table)
                .set_key(Some(key.to_attributes()))
                .update_expression(change.text())
                .condition_expression(allowed.text())
                .set_expression_attribute_names(Expression::names([&change, &allowed]))
                .set_expression_attribute_values(Expression::values([&change, &allowed]))
                .return_values_on_condition_check_failure(AllOld);
            Ok(action.update(update.build().map_err(broken)?))
        })
    }

    /// Deletes an item if `allowed` holds of it.
    pub(super) fn delete(self, condition: C, key: &Key, allowed: Expression) -> Self {
        let table = self.table.name.clone();
        self.add(condition, |action| {
            let delete = Delete::builder()
                .table_name(table)
                .set_key(Some(key.to_attributes()))
                .condition_expression(allowed.text())
                .set_expression_attribute_names(Expression::names([&allowed]))
                .set_expression_attribute_values(Expression::values([&allowed]))
                .return_values_on_condition_check_failure(AllOld);
            Ok(action.delete(delete.build().map_err(broken)?))
        })
    }

    /// The actor's right, decided by the actor's own membership at the time of the write (R11).
    pub(super) fn authorize(self, condition: C, authority: &Authority) -> Self {
        let key = Key::member(authority.organization(), authority.actor());
        self.check(condition, &key, Expression::member_who_may(authority.required()))
    }

    /// Keeps the answer for when the same request comes again (I9). A record whose 24 hours are over is as good as none.
    pub(super) fn answer(self, condition: C, record: &IdempotencyItem, occasion: &Occasion) -> Self {
        let unanswered =
            Expression::new("attribute_not_exists(#pk) OR #ttl <= :now").number(":now", occasion.at.as_seconds());
        self.put(condition, record, unanswered)
    }

    /// Leaves an audit record (R17). What it says is counted when the transaction has committed: never for a try, a refusal
    /// or an answer given again.
    pub(super) fn audit(
        mut self,
        condition: C,
        organization: OrganizationId,
        occasion: &Occasion,
        record: AuditRecord<'_>,
    ) -> Self {
        self.counted = counted(record.action);
        let item = AuditItem {
            organization_id: organization.into(),
            audit_id: self.table.environment.new_id().into(),
            actor: record.actor.cloned().map(Into::into),
            action: record.action.into(),
            target: record.target,
            roles: record.roles.map(|roles| roles.iter().map(Into::into).collect()),
            at: occasion.at.into(),
            request_id: occasion.request_id.clone(),
        };
        self.create(condition, &item)
    }

    /// Commits. Conflicts with other transactions and throttling are tried again, with jitter, for as long as the table's
    /// patience lasts. One token goes with every try whose fate is unknown, so that a lost reply never doubles an effect.
    pub(super) async fn commit(self) -> Result<(), WriteError<C>> {
        if let Some(error) = self.broken {
            return Err(error.into());
        }
        let (conditions, actions): (Vec<C>, Vec<_>) = self.actions.into_iter().unzip();
        let environment = &self.table.environment;
        let metrics = environment.metrics();
        let give_up = environment.now().plus(self.table.patience);
        let mut token = environment.new_id();
        for attempt in 0.. {
            let request = self.table.client.transact_write_items().client_request_token(token.to_string());
            let Err(error) = request.set_transact_items(Some(actions.clone())).send().await else {
                self.counted.into_iter().for_each(|metric| metrics.count(metric));
                return Ok(());
            };
            let retry = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    let failed = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
                    let busy = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
                        .into_iter()
                        .any(failed);
                    if !busy && failed("ConditionalCheckFailed") {
                        let refused = conditions
                            .iter()
                            .zip(reasons)
                            .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"));
                        let refused = refused.map(|(condition, reason)| {
                            (*condition, reason.item().cloned().filter(|item| !item.is_empty()))
                        });
                        return Err(WriteError::Refused(Refused(refused.collect())));
                    }
                    if failed("TransactionConflict") {
                        metrics.count(Metric::WriteConflicts);
                    }
                    // Cancelled for certain, so the next try is another transaction.
                    token = environment.new_id();
                    busy
                }
                _ => is_transient(&error),
            };
            let pause = self.table.pause(attempt);
            if !retry {
                return Err(StoreError::Unexpected(error.into()).into());
            }
            if environment.now().plus(pause) >= give_up {
                metrics.count(Metric::WritesGivenUp);
                return Err(StoreError::Unavailable(error.into()).into());
            }
            metrics.count(Metric::WriteRetries);
            tokio::time::sleep(pause.unsigned_abs()).await;
        }
        Ok(())
    }
}

/// The metric of what was done, if somebody on call asks for it.
fn counted(action: AuditAction) -> Option<Metric> {
    match action {
        AuditAction::OrganizationFounded => Some(Metric::OrganizationsFounded),
        AuditAction::InvitationCreated => Some(Metric::InvitationsCreated),
        AuditAction::InvitationAccepted => Some(Metric::InvitationsAccepted),
        AuditAction::InvitationDeclined => Some(Metric::InvitationsDeclined),
        _ => None,
    }
}

/// What an audit record says besides when and where.
pub(super) struct AuditRecord<'a> {
    pub(super) actor: Option<&'a UserId>,
    pub(super) action: AuditAction,
    pub(super) target: Option<String>,
    pub(super) roles: Option<RoleSet>,
}

impl Table {
    /// Repeats a plain write that met a transaction on the same item, which the SDK does not, for as long as the table's
    /// patience lasts.
    pub(super) async fn patiently<T, E, F>(&self, write: impl Fn() -> F) -> Result<T, SdkError<E, HttpResponse>>
    where
        E: ProvideErrorMetadata,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let give_up = self.environment.now().plus(self.patience);
        let mut attempt = 0;
        loop {
            let answer = write().await;
            let Err(error) = &answer else { return answer };
            if !is_transient(error) {
                return answer;
            }
            let metrics = self.environment.metrics();
            if error.as_service_error().and_then(|error| error.code()) == Some("TransactionConflictException") {
                metrics.count(Metric::WriteConflicts);
            }
            let pause = self.pause(attempt);
            if self.environment.now().plus(pause) >= give_up {
                metrics.count(Metric::WritesGivenUp);
                return answer;
            }
            metrics.count(Metric::WriteRetries);
            tokio::time::sleep(pause.unsigned_abs()).await;
            attempt += 1;
        }
    }

    /// How long to wait before the next try: a random part of a span that doubles from 20 ms up to 640 ms ("full jitter").
    pub(super) fn pause(&self, attempt: u32) -> SignedDuration {
        let longest = 20_u32 << attempt.min(5);
        let random = u32::from_le_bytes(self.environment.random_bytes());
        SignedDuration::from_millis(i64::from(1 + random % longest))
    }
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unexpected(error.into())
}
