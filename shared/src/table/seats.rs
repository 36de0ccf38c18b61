//! The item SEATS: seats in use (R16), and how many invitations were sent today (R24). One item, so that one condition decides
//! all of it.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Occasion, expression::Expression};
use crate::{
    domain::{InvitationLimits, UserId},
    items::invitations_of,
};

/// What is assumed about the count of the day. The default is the usual: another invitation was sent today.
#[derive(Clone, Debug, Default)]
pub struct DayCount {
    /// Whether this is the organization's first invitation of the day.
    pub first_of_the_day: bool,
    /// The day that is counted, if it is later than this machine's: another machine's clock is ahead. A count never goes
    /// back to a day that is over.
    pub later_day: Option<String>,
}

/// Counts one more invitation or resend of today, of the organization and of `inviter`, and uses a seat if `uses_a_seat`.
///
/// Returns the update and its condition.
pub(super) fn counted(
    day: &DayCount,
    uses_a_seat: bool,
    limits: InvitationLimits,
    inviter: &UserId,
    occasion: &Occasion,
) -> (Expression, Expression) {
    let by_inviter = format!("#invitations_today.#{}", invitations_of(inviter));
    let mut count = Expression::new("SET #invitations_on = :today");
    let mut within = Expression::new("attribute_exists(#pk)");
    if day.first_of_the_day {
        let first = AttributeValue::M([(invitations_of(inviter), AttributeValue::N("1".to_owned()))].into());
        count = count.appended(", #invitations_made = :one, #invitations_today = :first").value(":first", first);
        within = within.and(Expression::new("attribute_not_exists(#invitations_on) OR #invitations_on < :today"));
    } else {
        count = count.appended(&format!(
            ", #invitations_made = #invitations_made + :one, {by_inviter} = if_not_exists({by_inviter}, :zero) + :one"
        ));
        count = count.number(":zero", 0);
        let limit = format!(
            "#invitations_on = :today AND #invitations_made < :organization_limit AND (attribute_not_exists({by_inviter}) OR {by_inviter} < :inviter_limit)"
        );
        within = within
            .and(Expression::new(limit))
            .number(":organization_limit", limits.organization)
            .number(":inviter_limit", limits.inviter);
    }
    if uses_a_seat {
        count = count.appended(", #seats_used = #seats_used + :one");
        within = within.and(Expression::new("#seats_used < #seat_limit"));
    }
    let today = day.later_day.clone().unwrap_or_else(|| occasion.at.date());
    (count.string(":today", &today).number(":one", 1), within)
}

/// `seats` fewer seats in use (R16). Returns the update and its condition.
pub(super) fn released(seats: usize) -> (Expression, Expression) {
    let release = Expression::new("SET #seats_used = #seats_used - :seats").number(":seats", seats);
    (release, Expression::new("#seats_used >= :seats").number(":seats", seats))
}
