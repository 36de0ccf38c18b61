use super::{StoreError, Table, expression::Expression, read};
use crate::{
    domain::{OrganizationId, User, UserId},
    items::{PointerItem, UserItem, keys},
};

/// A user and where they are a member.
#[derive(Debug)]
pub struct UserOverview {
    /// Missing while neither the trigger nor a request has created the user.
    pub user: Option<User>,
    /// By id, and so by age.
    pub organizations: Vec<OrganizationId>,
}

impl Table {
    /// Everything in a user's partition but idempotency records: one query, strongly consistent.
    pub async fn user_overview(&self, user: &UserId) -> Result<UserOverview, StoreError> {
        let query = Expression::new("#pk = :pk AND #sk >= :from")
            .string(":pk", keys::user_partition(user))
            .string(":from", keys::USER_OVERVIEW_FROM);
        let mut overview = UserOverview { user: None, organizations: Vec::new() };
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression(query.text())
                .set_expression_attribute_names(Expression::names([&query]))
                .set_expression_attribute_values(Expression::values([&query]))
                .set_exclusive_start_key(start)
                .consistent_read(true)
                .send()
                .await?;
            for item in answer.items.unwrap_or_default() {
                if item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == keys::PROFILE) {
                    overview.user = Some(read::read::<UserItem, _>(item)?);
                } else {
                    overview.organizations.extend(read::listed(read::read::<PointerItem, OrganizationId>(item)));
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(overview);
            }
        }
    }
}
