use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem, Update,
    builders::TransactWriteItemBuilder,
};

use super::{Occasion, StoreError, Table, commit::Guard, expression::Expression};
use crate::{
    domain::{Authority, OrganizationId, RoleSet, UserId},
    items::{AuditAction, AuditItem, IdempotencyItem, Item, Key},
    metrics::Metric,
};

/// All of it or none of it. `C` names the conditions that a use case tells apart; the others are `None`: only a mistake of
/// this side breaks one of them alone.
pub(super) struct Transaction<'a, C> {
    pub(super) table: &'a Table,
    pub(super) actions: Vec<(Guard<'a, C>, TransactWriteItem)>,
    /// What is counted once it has committed.
    pub(super) counted: Option<Metric>,
    pub(super) broken: Option<StoreError>,
}

impl<'a, C: Copy + PartialEq> Transaction<'a, C> {
    pub(super) fn new(table: &'a Table) -> Self {
        Self { table, actions: Vec::new(), counted: None, broken: None }
    }

    fn add(
        mut self,
        guard: Guard<'a, C>,
        action: impl FnOnce(TransactWriteItemBuilder) -> Result<TransactWriteItemBuilder, StoreError>,
    ) -> Self {
        match action(TransactWriteItem::builder()) {
            Ok(action) => self.actions.push((guard, action.build())),
            Err(error) => self.broken = Some(error),
        }
        self
    }

    fn put_guarded(self, guard: Guard<'a, C>, item: &impl Item, allowed: Expression) -> Self {
        let table = self.table.name.clone();
        self.add(guard, |action| {
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

    fn check_guarded(self, guard: Guard<'a, C>, key: &Key, required: Expression) -> Self {
        let table = self.table.name.clone();
        self.add(guard, |action| {
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

    /// Writes an item that must not exist yet.
    pub(super) fn create(self, condition: impl Into<Option<C>>, item: &impl Item) -> Self {
        self.put(condition, item, Expression::new("attribute_not_exists(#pk)"))
    }

    /// Writes an item if `allowed` holds of what is there.
    pub(super) fn put(self, condition: impl Into<Option<C>>, item: &impl Item, allowed: Expression) -> Self {
        self.put_guarded(Guard::Own(condition.into()), item, allowed)
    }

    /// Writes nothing; the transaction fails unless `required` holds.
    pub(super) fn check(self, condition: impl Into<Option<C>>, key: &Key, required: Expression) -> Self {
        self.check_guarded(Guard::Own(condition.into()), key, required)
    }

    /// Changes an item if `allowed` holds of it.
    pub(super) fn update(
        self,
        condition: impl Into<Option<C>>,
        key: &Key,
        change: Expression,
        allowed: Expression,
    ) -> Self {
        let table = self.table.name.clone();
        self.add(Guard::Own(condition.into()), |action| {
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
    pub(super) fn delete(self, condition: impl Into<Option<C>>, key: &Key, allowed: Expression) -> Self {
        let table = self.table.name.clone();
        self.add(Guard::Own(condition.into()), |action| {
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

    /// The actor's right, decided by the actor's own membership at the time of the write (R11). An actor without it is
    /// refused before anything else is looked at.
    pub(super) fn authorize(self, authority: &'a Authority) -> Self {
        let key = Key::member(authority.organization(), authority.actor());
        self.check_guarded(Guard::Actor(authority), &key, Expression::member_who_may(authority.required()))
    }

    /// As [`Self::authorize`], and that the same actor may not do what `lost` asks for: DynamoDB takes one action an item.
    pub(super) fn authorize_unless(self, authority: &'a Authority, lost: &Authority) -> Self {
        let key = Key::member(authority.organization(), authority.actor());
        let required =
            Expression::member_who_may(authority.required()).and(Expression::member_who_may(lost.required()).negated());
        self.check_guarded(Guard::Actor(authority), &key, required)
    }

    /// Keeps the answer for when the same request comes again (I9). A record whose 24 hours are over is as good as none.
    pub(super) fn answer(self, record: Option<&'a IdempotencyItem>, occasion: &'a Occasion) -> Self {
        let Some(record) = record else { return self };
        let unanswered =
            Expression::new("attribute_not_exists(#pk) OR #ttl <= :now").number(":now", occasion.at.as_seconds());
        self.put_guarded(Guard::Unanswered(record, occasion), record, unanswered)
    }

    /// Leaves an audit record (R17). What it says is counted when the transaction has committed: never for a try, a refusal
    /// or an answer given again.
    pub(super) fn audit(mut self, organization: OrganizationId, occasion: &Occasion, record: AuditRecord<'_>) -> Self {
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
        self.create(None, &item)
    }
}

/// The metric of what was done, if somebody on call asks for it.
fn counted(action: AuditAction) -> Option<Metric> {
    match action {
        AuditAction::OrganizationCreated => Some(Metric::OrganizationsCreated),
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

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unexpected(error.into())
}
