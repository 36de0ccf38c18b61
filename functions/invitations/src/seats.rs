use jiff::SignedDuration;
use shared::{
    domain::{InvitationLimits, OrganizationId, UserId},
    failure::Failure,
    http::{Code, Problem},
    items::SeatsItem,
    table::{DayCount, Found, Occasion, Table},
};

/// Why there is no room for one more invitation.
#[derive(Debug)]
pub(crate) enum NoRoom {
    /// R16: all seats are in use, and no expired invitation holds one.
    SeatLimit,
    /// R24: the organization or the inviter has sent enough invitations for today.
    TooMany(SignedDuration),
    /// R24: the address was sent enough emails for today.
    TooManyToAddress(SignedDuration),
}

impl From<NoRoom> for Problem {
    fn from(reason: NoRoom) -> Self {
        match reason {
            NoRoom::SeatLimit => Self::new(
                Code::SeatLimitReached,
                "The organization has no free seats. Remove a member, revoke an invitation, or contact support to raise the limit.",
            ),
            NoRoom::TooMany(pause) => Self::retry_after(
                Code::InvitationRateLimited,
                "You or your organization used all invitations of today. Invite more people tomorrow.",
                pause,
            ),
            NoRoom::TooManyToAddress(pause) => Self::retry_after(
                Code::InvitationRateLimited,
                "This email address received all invitation emails that are allowed today. Try again tomorrow, or pass the link on yourself.",
                pause,
            ),
        }
    }
}

/// Room for one more invitation: a seat, and one more in the counts of the day.
pub(crate) struct Room<'a> {
    table: &'a Table,
    organization: OrganizationId,
    inviter: &'a UserId,
    limits: InvitationLimits,
    day: DayCount,
    /// Seats of expired invitations were looked for already.
    has_reclaimed: bool,
}

impl<'a> Room<'a> {
    /// For an invitation or resend of `inviter`'s.
    pub(crate) fn new(
        table: &'a Table,
        organization: OrganizationId,
        inviter: &'a UserId,
        limits: InvitationLimits,
    ) -> Self {
        Self { table, organization, inviter, limits, day: DayCount::default(), has_reclaimed: false }
    }

    /// What the next try has to assume about the day, after a try that found `seats` to be as they are. If no seat is free,
    /// those of expired invitations are reclaimed first: nobody waits for a schedule (R16).
    ///
    /// # Errors
    /// When no other try will fare better.
    pub(crate) async fn make<R: From<NoRoom>>(
        &mut self,
        seats: Found<SeatsItem>,
        uses_a_seat: bool,
        occasion: &Occasion,
    ) -> Result<DayCount, Failure<R>> {
        let Some(seats) = seats.was() else { return Ok(self.day.clone()) };
        let now = occasion.at;
        self.day.later_day = seats.later_day(now);
        if seats.is_of_another_day(now) {
            self.day.first_of_the_day = true;
        } else if seats.is_at_a_limit(self.limits, self.inviter) {
            return Err(Failure::Reason(NoRoom::TooMany(now.until_tomorrow()).into()));
        } else {
            self.day.first_of_the_day = false;
        }
        if uses_a_seat && seats.is_full() {
            if self.has_reclaimed {
                return Err(Failure::Reason(NoRoom::SeatLimit.into()));
            }
            // However many these were: another request may have reclaimed them a moment before.
            self.table.reclaim_seats(self.organization, occasion).await?;
            self.has_reclaimed = true;
        }
        Ok(self.day.clone())
    }
}
