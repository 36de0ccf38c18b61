use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem, Update,
    builders::TransactWriteItemBuilder,
};

use super::{Occasion, StoreError, Table, commit::Guard, expression::Expression};
use crate::{
    domain::{Authority, Member, OrganizationId, PermissionSet, RoleSet, Timestamp, UserId, WorkspaceAccess},
    items::{AuditAction, AuditItem, IdempotencyItem, Item, Key, PastMembershipItem},
    metrics::Metric,
};

/// A transaction. `C` names the conditions that the use case distinguishes. Other conditions are `None`: they fail
/// alone only if the code is wrong.
pub(super) struct Transaction<'a, C> {
    pub(super) table: &'a Table,
    pub(super) actions: Vec<(Guard<'a, C>, TransactWriteItem)>,
    /// The metrics that are counted after the commit.
    pub(super) counted: Vec<Metric>,
    pub(super) broken: Option<StoreError>,
}

impl<'a, C: Copy + PartialEq> Transaction<'a, C> {
    pub(super) fn new(table: &'a Table) -> Self {
        Self { table, actions: Vec::new(), counted: Vec::new(), broken: None }
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

    /// Writes an item if `allowed` holds for the current item.
    pub(super) fn put(self, condition: impl Into<Option<C>>, item: &impl Item, allowed: Expression) -> Self {
        self.put_guarded(Guard::Own(condition.into()), item, allowed)
    }

    /// Writes nothing. The transaction fails unless `required` holds.
    pub(super) fn check(self, condition: impl Into<Option<C>>, key: &Key, required: Expression) -> Self {
        self.check_guarded(Guard::Own(condition.into()), key, required)
    }

    /// Updates an item if `allowed` holds for it.
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

    /// Deletes an item if `allowed` holds for it.
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

    /// Requires the permissions of `authority`, which the actor's membership must have at the time of the write (R11).
    /// A missing permission takes precedence over every other failed condition.
    pub(super) fn authorize(self, authority: &'a Authority) -> Self {
        let key = Key::member(authority.organization(), authority.actor());
        self.check_guarded(Guard::Actor(authority), &key, Expression::member_who_may(authority.required()))
    }

    /// Does the same as [`Self::authorize`], and requires that `member` is still in the same membership; otherwise `condition`
    /// fails. If the actor is the member, one check requires both: the actor who has left meanwhile is no member.
    pub(super) fn authorize_on(self, authority: &'a Authority, member: &Member, condition: C) -> Self {
        let same = Expression::new("#joined_at = :joined_at").string(":joined_at", member.joined_at);
        let key = Key::member(authority.organization(), authority.actor());
        let own = Expression::member_who_may(authority.required());
        if *authority.actor() == member.user_id {
            return self.check_guarded(Guard::Actor(authority), &key, own.and(same));
        }
        let target = Key::member(authority.organization(), &member.user_id);
        self.check_guarded(Guard::Actor(authority), &key, own).check(condition, &target, same)
    }

    /// Does the same as [`Self::authorize`], and requires that every actor of `lost` lacks a permission of it; otherwise
    /// `condition` fails. DynamoDB allows one action for each item, so each member has one condition.
    pub(super) fn authorize_unless(self, authority: &'a Authority, lost: &[&Authority], condition: C) -> Self {
        let mut powerless: Vec<(&UserId, BTreeSet<PermissionSet>)> = Vec::new();
        for lost in lost {
            match powerless.iter_mut().find(|(actor, _)| *actor == lost.actor()) {
                Some((_, required)) => drop(required.insert(lost.required())),
                None => powerless.push((lost.actor(), BTreeSet::from([lost.required()]))),
            }
        }
        let negated = |required: &BTreeSet<PermissionSet>| {
            let all = required.iter().map(|required| Expression::member_who_may(*required).negated());
            all.reduce(Expression::and)
        };
        let mut transaction = self;
        let mut own = Expression::member_who_may(authority.required());
        for (actor, required) in &powerless {
            let Some(negated) = negated(required) else { continue };
            if *actor == authority.actor() {
                own = own.and(negated);
            } else {
                transaction = transaction.check(condition, &Key::member(authority.organization(), actor), negated);
            }
        }
        let key = Key::member(authority.organization(), authority.actor());
        transaction.check_guarded(Guard::Actor(authority), &key, own)
    }

    /// Stores the response for a repeated request (I9). A record that is older than 24 hours counts as none.
    pub(super) fn answer(self, record: Option<&'a IdempotencyItem>, occasion: &'a Occasion) -> Self {
        let Some(record) = record else { return self };
        self.put_guarded(Guard::Unanswered(record, occasion), record, unanswered(occasion))
    }

    /// Writes an audit record (R17). Its action is counted after the commit: never for an attempt, a rejection or a
    /// repeated response.
    pub(super) fn audit(self, organization: OrganizationId, occasion: &Occasion, record: AuditRecord<'_>) -> Self {
        self.audit_with(organization, occasion, record, |_| ())
    }

    /// Does the same as [`Self::audit`], and names the `fields` that changed.
    pub(super) fn audit_fields(
        self,
        organization: OrganizationId,
        occasion: &Occasion,
        record: AuditRecord<'_>,
        fields: &[&str],
    ) -> Self {
        self.audit_with(organization, occasion, record, |item| {
            item.fields = Some(fields.iter().map(|field| (*field).to_owned()).collect());
        })
    }

    /// Writes an audit record (R17) of a change of access to a workspace: on the user who has or had it.
    pub(super) fn audit_access(
        self,
        actor: &UserId,
        action: AuditAction,
        access: &WorkspaceAccess,
        occasion: &Occasion,
    ) -> Self {
        let record = AuditRecord { actor: Some(actor), action, target: Some(access.user.to_string()), roles: None };
        self.audit_with(access.organization, occasion, record, |item| {
            item.workspace_id = Some(access.workspace.into());
            item.workspace_role = Some(access.role.clone().into());
        })
    }

    /// Does the same as [`Self::audit`] for a change of a membership: writes the roles that `past` had until now into the
    /// record, and an item of their own.
    pub(super) fn audit_membership(
        self,
        organization: OrganizationId,
        occasion: &Occasion,
        record: AuditRecord<'_>,
        past: Past<'_>,
    ) -> Self {
        let ttl = self.table.retention.ttl(occasion.at);
        let id = self.table.environment.new_id_of(occasion.at);
        let member = (organization, past.user.clone());
        let item = PastMembershipItem::new(member, occasion.at, past.roles, past.joined_at, (id, ttl));
        self.create(None, &item).audit_with(organization, occasion, record, |item| {
            item.previous_roles = Some(past.roles.iter().map(Into::into).collect());
        })
    }

    fn audit_with(
        mut self,
        organization: OrganizationId,
        occasion: &Occasion,
        record: AuditRecord<'_>,
        complete: impl FnOnce(&mut AuditItem),
    ) -> Self {
        self.counted.extend(counted(record.action));
        let mut item = AuditItem {
            organization_id: organization.into(),
            // In the order of their instants, so that a part of the time is a part of the list.
            audit_id: self.table.environment.new_id_of(occasion.at).into(),
            actor: record.actor.cloned().map(Into::into),
            action: record.action.into(),
            target: record.target,
            roles: record.roles.map(|roles| roles.iter().map(Into::into).collect()),
            previous_roles: None,
            fields: None,
            workspace_id: None,
            workspace_role: None,
            at: occasion.at.into(),
            request_id: occasion.request_id.clone(),
            ttl: self.table.retention.ttl(occasion.at),
        };
        complete(&mut item);
        self.create(None, &item)
    }
}

/// The condition that an idempotency key has no response that is still valid.
pub(super) fn unanswered(occasion: &Occasion) -> Expression {
    Expression::new("attribute_not_exists(#pk) OR #ttl <= :now").number(":now", occasion.at.as_seconds())
}

/// The metric of an audited action, if it has one.
fn counted(action: AuditAction) -> Option<Metric> {
    match action {
        AuditAction::OrganizationCreated => Some(Metric::OrganizationsCreated),
        AuditAction::InvitationCreated => Some(Metric::InvitationsCreated),
        AuditAction::InvitationAccepted => Some(Metric::InvitationsAccepted),
        AuditAction::InvitationDeclined => Some(Metric::InvitationsDeclined),
        _ => None,
    }
}

/// The contents of an audit record, without time and request.
pub(super) struct AuditRecord<'a> {
    pub(super) actor: Option<&'a UserId>,
    pub(super) action: AuditAction,
    pub(super) target: Option<String>,
    pub(super) roles: Option<RoleSet>,
}

/// What a member was until a change.
pub(super) struct Past<'a> {
    pub(super) user: &'a UserId,
    pub(super) roles: RoleSet,
    /// When the membership began, if the change ends it.
    pub(super) joined_at: Option<Timestamp>,
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unexpected(error.into())
}
