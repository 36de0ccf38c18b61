//! Changes the number of organization admins, with the conditions for a change (R10, I1).

use super::expression::Expression;
use crate::domain::Role;

/// The update for a member who becomes an organization admin.
pub(super) fn one_more() -> (Expression, Expression) {
    let count = Expression::new("SET #admins = #admins + :one").number(":one", 1);
    (count, Expression::new("attribute_exists(#pk)"))
}

/// The update for a member who is no longer an organization admin. Its condition is that another admin remains.
pub(super) fn one_fewer() -> (Expression, Expression) {
    let count = Expression::new("SET #admins = #admins - :one").number(":one", 1);
    (count, Expression::new("#admins > :one").number(":one", 1))
}

/// The condition that a MEMBER item belongs to an organization admin, or that it does not. The number changes only
/// together with such a condition, so it is always correct.
pub(super) fn is_admin(is: bool) -> Expression {
    let admin = Expression::new("contains(#roles, :admin_role)").string(":admin_role", Role::OrganizationAdmin);
    if is { admin } else { admin.negated() }
}
