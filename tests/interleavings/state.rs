//! What the table holds of one organization, as far as invitations and their conditions read it.

/// Positions in `members`: two admins, and the person who is invited.
pub(super) const ADMINS: [u8; 2] = [0, 1];
pub(super) const INVITED: u8 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Admin,
    Member,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Status {
    Pending,
    Accepted,
    Declined,
    Revoked,
    Expired,
}

impl Status {
    /// R13: nothing comes after it.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Declined | Self::Revoked)
    }
}

/// Of the invited person, and of somebody who never replies but takes a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Address {
    Invited,
    Other,
}

/// `InvitationItem`. Each link is a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Invitation {
    pub(super) address: Address,
    pub(super) inviter: u8,
    pub(super) state: Status,
    pub(super) expires: u8,
    /// Every link that was ever handed out.
    pub(super) issued: u8,
    /// `secret_hashes`, `expired_hashes`.
    pub(super) good: u8,
    pub(super) over: u8,
    /// `mail_due_at` is there.
    pub(super) mail_waits: bool,
}

impl Invitation {
    pub(super) fn is_live(&self, now: u8) -> bool {
        self.state == Status::Pending && self.expires > now
    }

    pub(super) fn add_link(&mut self) {
        let link = self.issued + 1;
        self.issued |= link;
        self.good |= link;
    }
}

/// `AddressGuardItem`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Guard {
    Free,
    Member,
    Invitation { id: u8, expires: u8 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) clock: u8,
    pub(super) members: [Option<Role>; 3],
    pub(super) invitations: [Option<Invitation>; 2],
    /// By address.
    pub(super) guards: [Guard; 2],
    /// `SeatsItem`: seats in use, and the invitations and resends of the day.
    pub(super) seats: u8,
    pub(super) made: u8,
    /// `AdminsItem`.
    pub(super) admins: u8,
    /// `MailboxItem` of the invited address.
    pub(super) emails: u8,
    /// At most one request of each person is under way.
    pub(super) requests: [Option<super::requests::Request>; 3],
}

/// What bounds a search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) seats: u8,
    /// R24: invitations and resends a day, and emails to an address.
    pub(super) made: u8,
    pub(super) emails: u8,
    /// The last instant of the clock. An invitation is good for one.
    pub(super) clock: u8,
    /// Requests under way at the same time.
    pub(super) at_once: usize,
}

impl State {
    /// Two admins, and nobody invited.
    pub(super) fn new() -> Self {
        Self {
            clock: 0,
            members: [Some(Role::Admin), Some(Role::Admin), None],
            invitations: [None; 2],
            guards: [Guard::Free; 2],
            seats: 2,
            made: 0,
            admins: 2,
            emails: 0,
            requests: [None; 3],
        }
    }

    pub(super) fn member(&self, person: u8) -> Option<Role> {
        self.members[usize::from(person)]
    }

    pub(super) fn is_admin(&self, person: u8) -> bool {
        self.member(person) == Some(Role::Admin)
    }

    pub(super) fn invitation(&self, id: u8) -> Option<Invitation> {
        self.invitations[usize::from(id)]
    }

    /// The invitations that there are, with their ids.
    pub(super) fn known(&self) -> impl Iterator<Item = (u8, Invitation)> {
        (0..).zip(self.invitations).filter_map(|(id, invitation)| Some((id, invitation?)))
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = (u8, Invitation)> {
        self.known().filter(|(_, found)| found.state == Status::Pending)
    }

    /// What has to hold of every state, whatever is under way.
    pub(super) fn check(&self, bounds: Bounds) {
        let admins = ADMINS.into_iter().filter(|person| self.is_admin(*person)).count();
        assert!(admins > 0 && usize::from(self.admins) == admins, "I1: {self:?}");

        let members = self.members.into_iter().flatten().count();
        assert_eq!(usize::from(self.seats), members + self.pending().count(), "I14: {self:?}");
        assert!(self.seats <= bounds.seats, "R16: {self:?}");
        assert!(self.made <= bounds.made && self.emails <= bounds.emails, "R24: {self:?}");

        for address in [Address::Invited, Address::Other] {
            let holds = |(id, held): (u8, Invitation)| {
                (held.address == address).then_some(Guard::Invitation { id, expires: held.expires })
            };
            let joined = address == Address::Invited && self.member(INVITED).is_some();
            let mut holders = self.pending().filter_map(holds).chain(joined.then_some(Guard::Member));
            let holder = holders.next().unwrap_or(Guard::Free);
            assert_eq!(self.guards[address as usize], holder, "I3: {self:?}");
            assert!(holders.next().is_none(), "I3: {self:?}");
        }

        for invitation in self.invitations.into_iter().flatten() {
            let Invitation { issued, good, over, .. } = invitation;
            assert!(good & over == 0 && good | over == issued, "R14: a link was lost: {self:?}");
        }
    }

    /// What has to hold of every step.
    pub(super) fn check_step(&self, next: &Self) {
        for (before, after) in self.invitations.into_iter().zip(next.invitations) {
            let Some(before) = before else { continue };
            let after = after.expect("an invitation is never deleted");
            let is_ended = before.state == Status::Pending && after.state == Status::Expired;
            assert!(!is_ended || before.expires <= self.clock, "R13: ended too early: {self:?} → {next:?}");
            assert!(
                !before.state.is_final() || before.state == after.state,
                "I3: replied to twice: {self:?} → {next:?}"
            );
        }
        if self.member(INVITED).is_none() && next.member(INVITED).is_some() {
            let accepted = |of: &Self, id: u8| of.invitation(id).is_some_and(|it| it.state == Status::Accepted);
            let by: Vec<u8> = (0..2).filter(|id| accepted(next, *id) && !accepted(self, *id)).collect();
            assert_eq!(by.len(), 1, "I4: joined without an invitation: {self:?} → {next:?}");
            let inviter = self.invitation(by[0]).unwrap().inviter;
            assert!(self.is_admin(inviter), "R8: the inviter had no authority: {self:?} → {next:?}");
        }
    }
}
