//! The decision about every row, without any I/O. So a dry run decides as a real one.

use std::collections::{HashMap, HashSet};

use shared::{
    domain::{
        AddressKey, Authority, DeliveryChannel, InvitationId, InvitationLimits, InvitationTerms, Member, Timestamp,
        WorkspaceId,
    },
    http::Problem,
    items::{Holder, SeatsItem},
    table::{InvitationBatch, MOST_EXPIRED_AT_ONCE, Replaced},
};

use super::rows::Row;
use crate::{
    invite::{NotInvited, orphaned},
    seats::NoRoom,
};

/// What becomes of one row, if everything is as it was read.
pub(super) enum Verdict {
    Invite(InvitationTerms, Option<Replaced>),
    Refuse(Problem),
}

/// The verdicts in the rows' order.
pub(super) struct Plan {
    pub(super) verdicts: Vec<Verdict>,
    /// The next row needs a seat, and only those of expired invitations are left. There is no verdict from that row on.
    pub(super) needs_seats: bool,
}

/// What a plan is made with, beside the rows.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) actor: &'a Member,
    pub(super) read: &'a InvitationBatch,
    /// The invitations whose seats can be reclaimed, the oldest first. `None` if they were not read.
    pub(super) expired: Option<&'a [InvitationId]>,
    pub(super) limits: InvitationLimits,
    pub(super) now: Timestamp,
}

/// Decides about the rows in their order, each as the route that invites one person would after those before it.
pub(super) fn plan<'a>(rows: impl IntoIterator<Item = &'a Row>, given: Given<'_>) -> Plan {
    let mut planner = Planner {
        given,
        seats: given.read.seats.clone(),
        emails: given.read.emails.clone(),
        invited: HashSet::new(),
        ended: HashSet::new(),
    };
    if planner.seats.is_of_another_day(given.now) {
        planner.seats.begin_day(given.now);
    }
    let mut verdicts = Vec::new();
    for row in rows {
        let verdict = match &row.terms {
            Err(problem) => Verdict::Refuse(problem.clone()),
            Ok(terms) => match planner.decide(terms) {
                Ok(replaced) => Verdict::Invite(terms.clone(), replaced),
                Err(No::Refused(problem)) => Verdict::Refuse(problem),
                Err(No::NeedsSeats) => return Plan { verdicts, needs_seats: true },
            },
        };
        verdicts.push(verdict);
    }
    Plan { verdicts, needs_seats: false }
}

/// Why a row is not invited, or not yet.
enum No {
    Refused(Problem),
    NeedsSeats,
}

impl<T: Into<Problem>> From<T> for No {
    fn from(reason: T) -> Self {
        Self::Refused(reason.into())
    }
}

/// The state after the rows so far.
struct Planner<'a> {
    given: Given<'a>,
    seats: SeatsItem,
    emails: HashMap<AddressKey, u32>,
    invited: HashSet<AddressKey>,
    /// The expired invitations that are over now: reclaimed, or replaced by a row.
    ended: HashSet<InvitationId>,
}

impl Planner<'_> {
    /// In the order in which the route that invites one person refuses.
    fn decide(&mut self, terms: &InvitationTerms) -> Result<Option<Replaced>, No> {
        let Given { actor, limits, now, .. } = self.given;
        let authority = Authority::to_grant(actor.organization_id, actor.user_id.clone(), terms.roles);
        if let Some(refusal) = authority.refusal(Some(actor)) {
            return Err(refusal.into());
        }
        let gone = |workspace: &WorkspaceId| !self.given.read.workspaces.contains(workspace);
        NotInvited::no_workspaces(&terms.workspaces, gone)?;
        let address = terms.email.key();
        let replaced = self.replaced(&address)?;
        let is_mailed = terms.channel == DeliveryChannel::Email;
        let emails = self.emails.get(&address).copied().unwrap_or_default();
        if is_mailed && emails >= limits.address {
            return Err(NoRoom::TooManyToAddress(now.until_tomorrow()).into());
        }
        if self.seats.is_at_a_limit(limits, &actor.user_id) {
            return Err(NoRoom::TooMany(now.until_tomorrow()).into());
        }
        while replaced.is_none() && self.seats.is_full() {
            self.reclaim()?;
        }
        self.seats.count(&actor.user_id, replaced.is_none());
        self.emails.insert(address.clone(), emails + u32::from(is_mailed));
        self.invited.insert(address);
        if let Some(Replaced::Expired(id)) = &replaced {
            self.ended.insert(*id);
        }
        Ok(replaced)
    }

    /// What holds the address, if it does not block it.
    fn replaced(&self, address: &AddressKey) -> Result<Option<Replaced>, NotInvited> {
        let Given { read, now, .. } = self.given;
        if self.invited.contains(address) {
            return Err(NotInvited::AlreadyPending);
        }
        match read.holders.get(address) {
            None => Ok(None),
            Some(Holder::Member(_)) => Err(NotInvited::AlreadyAMember),
            Some(Holder::Invitation(id, _)) if self.ended.contains(id) => Ok(None),
            Some(Holder::Invitation(id, expiry)) if *expiry <= now => Ok(Some(Replaced::Expired(*id))),
            Some(Holder::Invitation(id, _)) => {
                let (held, inviter) = read.pending.get(id).ok_or(NotInvited::AlreadyPending)?;
                orphaned(held, inviter.as_ref()).map(Some)
            }
        }
    }

    /// Seats of expired invitations are released, as many as one request for one invitation releases.
    fn reclaim(&mut self) -> Result<(), No> {
        let Some(expired) = self.given.expired else { return Err(No::NeedsSeats) };
        let next: Vec<_> =
            expired.iter().filter(|id| !self.ended.contains(*id)).take(MOST_EXPIRED_AT_ONCE).copied().collect();
        if next.is_empty() {
            return Err(NoRoom::SeatLimit.into());
        }
        self.seats.release(next.len() as u64);
        self.ended.extend(next);
        Ok(())
    }
}
