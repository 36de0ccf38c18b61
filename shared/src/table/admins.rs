//! The number of organization admins, with the conditions under which it may change (R10, I1).

use super::expression::Expression;
use crate::domain::Role;

/// Somebody becomes an organization admin.
pub(super) fn one_more() -> (Expression, Expression) {
    let count = Expression::new("SET #admins = #admins + :one").number(":one", 1);
    (count, Expression::new("attribute_exists(#pk)"))
}

/// An organization admin ceases to be one, and another one remains.
pub(super) fn one_fewer() -> (Expression, Expression) {
    let count = Expression::new("SET #admins = #admins - :one").number(":one", 1);
    (count, Expression::new("#admins > :one").number(":one", 1))
}

/// That a MEMBER item is one of an organization admin, or that it is not. The number changes together with such a condition
/// only, so it is always right.
pub(super) fn is_admin(is: bool) -> Expression {
    let admin = Expression::new("contains(#roles, :admin_role)").string(":admin_role", Role::OrganizationAdmin);
    if is { admin } else { admin.negated() }
}
