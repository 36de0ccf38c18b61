use std::collections::{BTreeMap, BTreeSet};

use shared::domain::{DeliveryChannel, InvitationState, InvitationStatus, Permission, RoleSet};

use super::{
    answer::{Answer, Given, answered},
    operation::{Link, Span},
};
use crate::model::members::{Members, Problem};

/// Milliseconds.
pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;

/// How many secrets an invitation keeps.
pub(super) const MOST_SECRETS: usize = 10;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) seats: usize,
    /// Invitations and resends a day: of one inviter, and of the organization.
    pub(crate) inviter: u32,
    pub(crate) organization: u32,
    /// Emails to one address a day.
    pub(crate) address: u32,
}

/// What became of the last email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Email {
    Queued {
        since: i64,
    },
    /// SES may have it; the schedule tries again, within two hours at the latest.
    Waiting {
        since: i64,
    },
    Sent,
    Delivered,
    Failed,
    Bounced,
    Complained,
    /// None: the inviter has the link.
    Link,
}

/// Links are counted from the first that was handed out.
#[derive(Clone, Debug)]
pub(crate) struct Invitation {
    pub(crate) invited: usize,
    pub(crate) inviter: usize,
    pub(crate) roles: RoleSet,
    /// As the table has it: an expired one is pending until its seat was reclaimed.
    pub(crate) state: InvitationState,
    pub(crate) expires: i64,
    pub(crate) email: Email,
    /// Whether SES may have an email of the last request: what it reports about an earlier one changes nothing.
    pub(crate) is_out: bool,
    pub(crate) links: usize,
    /// The links that open it.
    pub(crate) good: Vec<usize>,
    /// The links that opened it until it expired once.
    pub(crate) over: Vec<usize>,
}

/// Whoever holds an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Member(usize),
    Invitation(usize),
}

/// One organization and its invitations as the rules have them: without a table, and with a clock of its own.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) limits: Limits,
    pub(crate) now: i64,
    pub(crate) members: Members,
    pub(crate) invitations: Vec<Invitation>,
    /// The day of the two counts behind it.
    pub(crate) day: i64,
    pub(crate) made: u32,
    pub(crate) made_by: BTreeMap<usize, u32>,
    /// Emails by address and day.
    pub(crate) mailbox: BTreeMap<(usize, i64), u32>,
    /// The invitations that an email went out for in this step.
    pub(crate) mailed: Vec<usize>,
}

impl Model {
    pub(crate) fn create(limits: Limits, now: i64) -> Self {
        Self {
            limits,
            now,
            members: Members::create(),
            invitations: Vec::new(),
            day: now / DAY,
            made: 0,
            made_by: BTreeMap::new(),
            mailbox: BTreeMap::new(),
            mailed: Vec::new(),
        }
    }

    /// The invitation that is meant, if there is any.
    pub(crate) fn nth(&self, which: usize) -> Option<usize> {
        let count = self.invitations.len();
        (count > 0).then(|| count - 1 - which % count)
    }

    /// The invitation and the link that are meant. `None` for a link that was made up.
    pub(crate) fn link(&self, Link { which, link }: Link) -> Option<(usize, Option<usize>)> {
        let index = self.nth(which)?;
        let count = self.invitations[index].links;
        let back = link % (count + 1);
        Some((index, (back < count).then(|| count - 1 - back)))
    }

    /// Who replies: the invited person, unless somebody is named.
    pub(crate) fn person(&self, named: Option<usize>, which: usize) -> usize {
        named.unwrap_or_else(|| self.nth(which).map_or(0, |index| self.invitations[index].invited))
    }

    pub(crate) fn status(&self, index: usize) -> InvitationStatus {
        let invitation = &self.invitations[index];
        match invitation.state {
            InvitationState::Pending if self.now < invitation.expires => InvitationStatus::Pending,
            InvitationState::Pending | InvitationState::Expired => InvitationStatus::Expired,
            InvitationState::Accepted => InvitationStatus::Accepted,
            InvitationState::Declined => InvitationStatus::Declined,
            InvitationState::Revoked => InvitationStatus::Revoked,
        }
    }

    /// The invitations that hold a seat and an address.
    pub(crate) fn holding(&self) -> impl Iterator<Item = usize> {
        (0..self.invitations.len()).filter(|index| self.invitations[*index].state == InvitationState::Pending)
    }

    pub(crate) fn seats(&self) -> usize {
        self.members.all().len() + self.holding().count()
    }

    pub(crate) fn holder(&self, address: usize) -> Option<Holder> {
        if self.members.contains(address) {
            return Some(Holder::Member(address));
        }
        let mut holding = self.holding().filter(|index| self.invitations[*index].invited == address);
        let holder = holding.next().map(Holder::Invitation);
        assert!(holding.next().is_none(), "I3: the model has two holders of one address");
        holder
    }

    /// The next instant that the clock may be moved to.
    pub(crate) fn after(&self, span: Span) -> i64 {
        let expiry = self.holding().map(|index| self.invitations[index].expires).filter(|at| *at > self.now).min();
        let midnight = (self.now / DAY + 1) * DAY;
        let wanted = match span {
            Span::BeforeExpiry => expiry.map(|at| at - 1),
            Span::ToExpiry => expiry,
            Span::PastExpiry => expiry.map(|at| at + 1),
            Span::BeforeMidnight => Some(midnight - 1),
            Span::Midnight => Some(midnight),
            Span::Hours(hours) => Some(self.now + hours * HOUR),
        };
        wanted.unwrap_or(self.now).max(self.now)
    }

    /// R16: what has expired gives its seat and its address back.
    pub(super) fn reclaim(&mut self) {
        for invitation in &mut self.invitations {
            if invitation.state == InvitationState::Pending && invitation.expires <= self.now {
                invitation.state = InvitationState::Expired;
            }
        }
    }

    pub(super) fn until_tomorrow(&self) -> Given {
        Err(Answer {
            retry_after: Some((DAY - self.now.rem_euclid(DAY) + 999) / 1000),
            ..Answer::new(429, "invitation-rate-limited")
        })
    }

    /// R24, then R16: one more invitation or resend of today.
    pub(super) fn make_room(
        &mut self,
        actor: usize,
        address: usize,
        channel: DeliveryChannel,
        uses_a_seat: bool,
    ) -> Result<(), Answer> {
        let today = self.now / DAY;
        let emails = self.mailbox.get(&(address, today)).copied().unwrap_or_default();
        if channel == DeliveryChannel::Email && emails >= self.limits.address {
            return self.until_tomorrow().map(drop);
        }
        let by_actor = self.made_by.get(&actor).copied().unwrap_or_default();
        if self.day == today && (self.made >= self.limits.organization || by_actor >= self.limits.inviter) {
            return self.until_tomorrow().map(drop);
        }
        if uses_a_seat && self.seats() >= self.limits.seats {
            self.reclaim();
            if self.seats() >= self.limits.seats {
                return answered(409, "seat-limit-reached").map(drop);
            }
        }
        if self.day != today {
            (self.day, self.made, self.made_by) = (today, 0, BTreeMap::new());
        }
        self.made += 1;
        *self.made_by.entry(actor).or_default() += 1;
        if channel == DeliveryChannel::Email {
            self.count_email(address);
        }
        Ok(())
    }

    pub(super) fn count_email(&mut self, address: usize) {
        *self.mailbox.entry((address, self.now / DAY)).or_default() += 1;
    }

    pub(super) fn list(&self, actor: usize, status: InvitationStatus) -> Given {
        self.members.may(actor, Permission::VIEW_USERS)?;
        let found = (0..self.invitations.len()).filter(|index| self.status(*index) == status);
        Ok(Answer { lists: Some(found.collect()), ..Answer::new(200, "") })
    }

    pub(super) fn list_mine(&self, user: usize) -> Given {
        let mine: BTreeSet<usize> = self.mine(user).collect();
        Ok(Answer { lists: Some(mine), ..Answer::new(200, "") })
    }

    pub(super) fn mine(&self, user: usize) -> impl Iterator<Item = usize> {
        let pending = (0..self.invitations.len()).filter(|index| self.status(*index) == InvitationStatus::Pending);
        pending.filter(move |index| self.invitations[*index].invited == user)
    }

    /// Whether somebody could still accept it, apart from the clock (R8).
    pub(super) fn inviter_may(&self, invitation: &Invitation) -> Result<(), Problem> {
        self.members.may_grant(invitation.inviter, invitation.roles)
    }
}
