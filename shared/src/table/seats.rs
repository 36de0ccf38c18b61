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

/// How many invitations or resends one transaction counts, and how many seats it uses.
pub(super) struct Growth {
    pub(super) invitations: u32,
    pub(super) seats: u64,
    /// The limit of seats as it was read. A condition cannot add, so only one seat can do without it.
    pub(super) seat_limit: Option<u64>,
}

impl Growth {
    pub(super) fn one(uses_a_seat: bool) -> Self {
        Self { invitations: 1, seats: u64::from(uses_a_seat), seat_limit: None }
    }
}

/// Counts more invitations or resends of today, of the organization and of `inviter`, and uses seats for them.
///
/// Returns the update and its condition.
pub(super) fn counted(
    day: &DayCount,
    growth: Growth,
    limits: InvitationLimits,
    inviter: &UserId,
    occasion: &Occasion,
) -> (Expression, Expression) {
    let by_inviter = format!("#invitations_today.#{}", invitations_of(inviter));
    let mut count = Expression::new("SET #invitations_on = :today");
    let mut within = Expression::new("attribute_exists(#pk)");
    if day.first_of_the_day {
        let first =
            AttributeValue::M([(invitations_of(inviter), AttributeValue::N(growth.invitations.to_string()))].into());
        count = count.appended(", #invitations_made = :more, #invitations_today = :first").value(":first", first);
        within = within.and(Expression::new("attribute_not_exists(#invitations_on) OR #invitations_on < :today"));
    } else {
        count = count.appended(&format!(
            ", #invitations_made = #invitations_made + :more, {by_inviter} = if_not_exists({by_inviter}, :zero) + :more"
        ));
        count = count.number(":zero", 0);
        let limit = format!(
            "#invitations_on = :today AND #invitations_made < :organization_limit AND (attribute_not_exists({by_inviter}) OR {by_inviter} < :inviter_limit)"
        );
        within = within
            .and(Expression::new(limit))
            .number(":organization_limit", i64::from(limits.organization) + 1 - i64::from(growth.invitations))
            .number(":inviter_limit", i64::from(limits.inviter) + 1 - i64::from(growth.invitations));
    }
    if growth.seats > 0 {
        count = count.appended(", #seats_used = #seats_used + :seats").number(":seats", growth.seats);
        within = within.and(match growth.seat_limit {
            None => Expression::new("#seats_used < #seat_limit"),
            Some(limit) => Expression::new("#seats_used <= :most_used AND #seat_limit >= :seat_limit")
                .number(":most_used", limit.saturating_sub(growth.seats))
                .number(":seat_limit", limit),
        });
    }
    let today = day.later_day.clone().unwrap_or_else(|| occasion.at.date());
    (count.string(":today", &today).number(":more", growth.invitations), within)
}

/// `seats` fewer seats in use (R16). Returns the update and its condition.
pub(super) fn released(seats: usize) -> (Expression, Expression) {
    let release = Expression::new("SET #seats_used = #seats_used - :seats").number(":seats", seats);
    (release, Expression::new("#seats_used >= :seats").number(":seats", seats))
}
