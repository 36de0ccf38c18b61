//! Changes the number of organization admins, with the conditions for a change (R10, I1).

use super::expression::Expression;

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
