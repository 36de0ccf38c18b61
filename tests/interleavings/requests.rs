//! Each request as the product makes it: a read, and later a transaction with conditions. The names are those of the functions in
//! `shared/src/table`. Whoever changes a condition there changes it here.

use super::state::{ADMINS, Address, Bounds, Guard, INVITED, Invitation, Role, State, Status};

/// For how long an invitation is good.
const LIFE: u8 = 1;

/// A request that has read, and has not written yet. `at` is the instant of its `Occasion`: when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Request {
    /// `create_invitation`, whose first attempt reads nothing.
    Invite { address: Address, at: u8, replaced: Option<Replaced> },
    /// `invitation_with_inviter`: another invitation held the address.
    Look { address: Address, at: u8, id: u8 },
    /// `resend_invitation`; `link` is the delivery.
    Resend { id: u8, at: u8, before: Invitation, link: bool },
    /// `revoke_invitation`.
    Revoke { id: u8, before: Status },
    /// `accept_invitation`; `link` unless it is in the app.
    Accept { id: u8, at: u8, inviter: u8, expires: u8, link: Option<u8> },
    /// `decline_invitation`; `expires` for a link, which the transaction compares.
    Decline { id: u8, at: u8, expires: Option<u8> },
    /// `send_invitation_again`.
    SendAgain { id: u8, at: u8, inviter: u8 },
}

impl Request {
    /// A resend remembers what its conditions and its changes use.
    fn resend(id: u8, at: u8, found: Invitation, link: bool) -> Self {
        let mut before = Invitation { issued: 0, mail_waits: false, ..found };
        if !link && before.expires > at {
            (before.good, before.over) = (0, 0);
        }
        Self::Resend { id, at, before, link }
    }
}

/// `table::Replaced`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Replaced {
    Expired(u8),
    Orphaned(u8, u8),
}

/// What a commit came to: the state after it, or what the request does next, or neither.
type Committed = Result<State, Option<Request>>;

impl State {
    /// Everything that can happen next, in every order.
    pub(super) fn steps(&self, bounds: Bounds) -> Vec<State> {
        let mut next = self.alone(bounds);
        let under_way = self.requests.into_iter().flatten().count();
        for person in 0..=INVITED {
            match self.request(person) {
                // One whose process dies is as one that never began: a read changes nothing.
                Some(request) => next.push(self.go_on(person, request, bounds)),
                None if under_way < bounds.at_once => {
                    next.extend(self.begins(person).into_iter().map(|request| self.with(person, Some(request))));
                }
                None => {}
            }
        }
        next.into_iter().map(State::simplified).collect()
    }

    /// The same state without what nothing can depend on any more: the links of an invitation with a reply, and requests of
    /// somebody who has left and whom nobody invites again.
    fn simplified(mut self) -> State {
        for found in self.invitations.iter_mut().flatten().filter(|found| found.state.is_final()) {
            (found.issued, found.good, found.over, found.mail_waits) = (0, 0, 0, false);
        }
        for person in ADMINS {
            if self.member(person).is_none() {
                self.requests[usize::from(person)] = None;
            }
        }
        self
    }

    pub(super) fn with(&self, person: u8, request: Option<Request>) -> State {
        let mut next = *self;
        next.requests[usize::from(person)] = request;
        next
    }

    pub(super) fn request(&self, person: u8) -> Option<Request> {
        self.requests[usize::from(person)]
    }

    /// What somebody may ask for, with what is read for it. Refusals that write nothing are left out.
    pub(super) fn begins(&self, person: u8) -> Vec<Request> {
        let at = self.clock;
        let known = self.known();
        if person == INVITED {
            let live = known.filter(|(_, found)| found.address == Address::Invited && found.is_live(at));
            return live
                .flat_map(|(id, Invitation { inviter, good, expires, .. })| {
                    // All good links of an invitation are alike until it ends: the oldest stands for them.
                    let link = (good != 0).then(|| good & good.wrapping_neg());
                    let by_link = link.map(|link| Request::Accept { id, at, inviter, expires, link: Some(link) });
                    let in_app = Request::Accept { id, at, inviter, expires, link: None };
                    let declined = link.map(|_| Request::Decline { id, at, expires: Some(expires) });
                    let decline = Request::Decline { id, at, expires: None };
                    let others = [in_app, decline, Request::SendAgain { id, at, inviter }];
                    by_link.into_iter().chain(declined).chain(others)
                })
                .collect();
        }
        if !self.is_admin(person) {
            return Vec::new();
        }
        let mut requests = Vec::new();
        if self.invitations.contains(&None) {
            let addresses = [Address::Invited, Address::Other];
            requests.extend(addresses.map(|address| Request::Invite { address, at, replaced: None }));
        }
        for (id, before) in known.filter(|(_, found)| matches!(found.state, Status::Pending | Status::Expired)) {
            requests.push(Request::Revoke { id, before: before.state });
            requests.push(Request::resend(id, at, before, false));
            if before.address == Address::Invited {
                requests.push(Request::resend(id, at, before, true));
            }
        }
        requests
    }

    /// The next thing that a request does. After a refusal it ends, or reads again as `invite` does.
    pub(super) fn go_on(&self, person: u8, request: Request, bounds: Bounds) -> State {
        let committed = match request {
            Request::Invite { address, at, replaced } => self.invite(person, address, at, replaced, bounds),
            Request::Look { address, at, id } => Err(self.look(address, at, id)),
            Request::Resend { id, at, before, link } => self.resend(person, id, at, before, link, bounds).ok_or(None),
            Request::Revoke { id, before } => self.revoke(person, id, before).ok_or(None),
            Request::Accept { id, at, inviter, expires, .. } => self.accept(id, at, inviter, expires).ok_or(None),
            Request::Decline { id, at, expires } => self.decline(id, at, expires).ok_or(None),
            Request::SendAgain { id, at, inviter } => self.send_again(id, at, inviter, bounds).ok_or(None),
        };
        match committed {
            Ok(next) => next.with(person, None),
            Err(then) => self.with(person, then),
        }
    }

    /// `CreateInvitationCheck`: the authority, `Address`, `Replaced`, `OldInviter`, `Seats`, `Mailbox`.
    fn invite(&self, actor: u8, address: Address, at: u8, replaced: Option<Replaced>, bounds: Bounds) -> Committed {
        if !self.is_admin(actor) {
            return Err(None);
        }
        let Some(id) = ADMINS.into_iter().find(|id| self.invitation(*id).is_none()) else { return Err(None) };
        let guard = self.guards[address as usize];
        let is_address_ok = match (replaced, guard) {
            (None, guard) => guard == Guard::Free,
            (Some(Replaced::Expired(old)), Guard::Invitation { id, expires }) => id == old && expires <= at,
            (Some(Replaced::Orphaned(old, _)), Guard::Invitation { id, .. }) => id == old,
            _ => false,
        };
        if !is_address_ok {
            return Err(match guard {
                Guard::Member => None,
                Guard::Free => Some(Request::Invite { address, at, replaced: None }),
                Guard::Invitation { id, expires } if expires <= at => {
                    Some(Request::Invite { address, at, replaced: Some(Replaced::Expired(id)) })
                }
                Guard::Invitation { id, .. } => Some(Request::Look { address, at, id }),
            });
        }
        let mut next = *self;
        if let Some(replaced) = replaced {
            let (old, state, is_as_found) = match replaced {
                Replaced::Expired(old) => (old, Status::Expired, true),
                Replaced::Orphaned(old, inviter) => {
                    let is_its = self.invitation(old).is_some_and(|found| found.inviter == inviter);
                    (old, Status::Revoked, is_its && !self.is_admin(inviter))
                }
            };
            let found = next.invitations[usize::from(old)]
                .as_mut()
                .filter(|found| found.state == Status::Pending && is_as_found);
            found.ok_or(None)?.state = state;
        }
        if !next.count(replaced.is_none(), false, bounds) {
            return Err(None);
        }
        let expires = at + LIFE;
        let (state, inviter, mail_waits) = (Status::Pending, actor, false);
        let mut invitation = Invitation { address, inviter, state, expires, issued: 0, good: 0, over: 0, mail_waits };
        if address == Address::Invited {
            // With the delivery `link`. Emails come of the requests that follow.
            invitation.add_link();
        }
        next.invitations[usize::from(id)] = Some(invitation);
        next.guards[address as usize] = Guard::Invitation { id, expires };
        Ok(next)
    }

    /// `what_holds_the_address` of `functions/invitations`.
    fn look(&self, address: Address, at: u8, id: u8) -> Option<Request> {
        let inviter = self.invitation(id)?.inviter;
        let replaced = Some(Replaced::Orphaned(id, inviter));
        (!self.is_admin(inviter)).then_some(Request::Invite { address, at, replaced })
    }

    /// `seats::counted` and `one_more_email`.
    fn count(&mut self, uses_a_seat: bool, is_mailed: bool, bounds: Bounds) -> bool {
        if self.made >= bounds.made
            || (uses_a_seat && self.seats >= bounds.seats)
            || (is_mailed && self.emails >= bounds.emails)
        {
            return false;
        }
        self.made += 1;
        self.seats += u8::from(uses_a_seat);
        self.emails += u8::from(is_mailed);
        true
    }

    /// `ResendCheck`: the authority, `Invitation`, `Address`, `Mailbox`, `Seats`.
    fn resend(&self, actor: u8, id: u8, at: u8, before: Invitation, link: bool, bounds: Bounds) -> Option<State> {
        let mut next = *self;
        let found = next.invitations[usize::from(id)].as_mut()?;
        let has_expired = before.expires <= at;
        let is_unchanged =
            (found.state, found.expires, found.inviter) == (before.state, before.expires, before.inviter);
        if !self.is_admin(actor) || !is_unchanged || ((has_expired || link) && found.good != before.good) {
            return None;
        }
        let uses_a_seat = before.state == Status::Expired;
        let is_address_ok = match self.guards[before.address as usize] {
            Guard::Free => uses_a_seat,
            Guard::Invitation { id: holder, .. } => !uses_a_seat && holder == id,
            Guard::Member => false,
        };
        if !is_address_ok {
            return None;
        }
        let expires = at + LIFE;
        let is_mailed = before.address == Address::Invited && !link;
        (found.state, found.inviter, found.expires, found.mail_waits) = (Status::Pending, actor, expires, is_mailed);
        if has_expired {
            (found.good, found.over) = (0, before.over | before.good);
        } else if link {
            (found.good, found.over) = (before.good, before.over);
        }
        if link {
            found.add_link();
        }
        next.guards[before.address as usize] = Guard::Invitation { id, expires };
        next.count(uses_a_seat, is_mailed, bounds).then_some(next)
    }

    /// `RevokeCheck`.
    fn revoke(&self, actor: u8, id: u8, before: Status) -> Option<State> {
        let found = self.invitation(id).filter(|found| found.state == before && self.is_admin(actor))?;
        let mut next = *self;
        if found.state == Status::Pending {
            next.release(id, found);
        }
        next.end(id, Status::Revoked);
        Some(next)
    }

    /// `AcceptanceCheck`: `Invitation`, `Inviter`, `Member`.
    fn accept(&self, id: u8, at: u8, inviter: u8, expires: u8) -> Option<State> {
        let is_as_read = |found: &Invitation| (found.inviter, found.expires) == (inviter, expires);
        let found = self.invitation(id).filter(|found| found.is_live(at) && is_as_read(found))?;
        let holds = matches!(self.guards[found.address as usize], Guard::Invitation { id: holder, .. } if holder == id);
        if !self.is_admin(inviter) || self.member(INVITED).is_some() || !holds {
            return None;
        }
        let mut next = *self;
        next.members[usize::from(INVITED)] = Some(Role::Member);
        next.guards[found.address as usize] = Guard::Member;
        next.end(id, Status::Accepted);
        Some(next)
    }

    /// `DeclineCheck`.
    fn decline(&self, id: u8, at: u8, expires: Option<u8>) -> Option<State> {
        let is_as_read = |found: &Invitation| expires.is_none_or(|expires| found.expires == expires);
        let found = self.invitation(id).filter(|found| found.is_live(at) && is_as_read(found))?;
        let mut next = *self;
        next.release(id, found);
        next.end(id, Status::Declined);
        Some(next)
    }

    /// `SendAgainCheck`.
    fn send_again(&self, id: u8, at: u8, inviter: u8, bounds: Bounds) -> Option<State> {
        let mut next = *self;
        let found =
            next.invitations[usize::from(id)].as_mut().filter(|found| found.is_live(at) && found.inviter == inviter)?;
        found.mail_waits = true;
        next.emails += 1;
        (self.is_admin(inviter) && next.emails <= bounds.emails).then_some(next)
    }

    /// `ended`.
    pub(super) fn end(&mut self, id: u8, state: Status) {
        if let Some(found) = &mut self.invitations[usize::from(id)] {
            found.state = state;
        }
    }

    /// `released`, and the guard with `holds`: without a name, so the model asserts what the code takes for granted.
    pub(super) fn release(&mut self, id: u8, found: Invitation) {
        let guard = &mut self.guards[found.address as usize];
        assert!(matches!(*guard, Guard::Invitation { id: holder, .. } if holder == id), "the guard is not its own");
        *guard = Guard::Free;
        self.seats -= 1;
    }

    /// Steps without a read that anything depends on: one transaction or update each.
    fn alone(&self, bounds: Bounds) -> Vec<State> {
        let mut all = Vec::new();
        let mut push = |change: &dyn Fn(&mut State)| {
            let mut next = *self;
            change(&mut next);
            all.push(next);
        };
        if self.clock < bounds.clock {
            push(&|next| next.clock += 1);
        }
        for (id, found) in self.pending().filter(|(_, found)| found.expires <= self.clock) {
            // `end_expired`: of the sweeper, and of a request that finds no free seat.
            push(&|next| {
                next.release(id, found);
                next.end(id, Status::Expired);
            });
        }
        for (id, found) in self.known().filter(|(_, found)| found.mail_waits) {
            // `claim_mail`, then SES: nothing goes out for an invitation that is over or whose inviter has left (I8).
            push(&|next| {
                let it = next.invitations[usize::from(id)].as_mut().unwrap();
                it.mail_waits = false;
                if found.is_live(self.clock) && self.member(found.inviter).is_some() {
                    it.add_link();
                }
            });
        }
        for actor in ADMINS.into_iter().filter(|actor| self.is_admin(*actor)) {
            let other = 1 - actor;
            match self.member(other) {
                // `change_roles`
                Some(Role::Member) => push(&|next| next.set(other, Some(Role::Admin))),
                Some(Role::Admin) => {
                    push(&|next| next.set(other, Some(Role::Member)));
                    // `remove_member`, of somebody who leaves: one admin remains.
                    push(&|next| next.set(actor, None));
                }
                None => {}
            }
            // `remove_member`
            for target in [other, INVITED].into_iter().filter(|target| self.member(*target).is_some()) {
                push(&|next| next.set(target, None));
            }
        }
        all
    }

    fn set(&mut self, person: u8, role: Option<Role>) {
        self.admins = self.admins - u8::from(self.is_admin(person)) + u8::from(role == Some(Role::Admin));
        self.seats -= u8::from(role.is_none());
        if person == INVITED && role.is_none() {
            self.guards[Address::Invited as usize] = Guard::Free;
        }
        self.members[usize::from(person)] = role;
    }
}
