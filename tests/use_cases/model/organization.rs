use std::collections::BTreeMap;

use shared::domain::RoleSet;

use super::members::{Members, Problem};

/// What a client does; users by number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    /// Actor, target, roles.
    SetRoles(usize, usize, RoleSet),
    /// Actor, target.
    Remove(usize, usize),
    /// Actor, invited, roles.
    Invite(usize, usize, RoleSet),
    /// With the token from the last mail.
    Accept(usize),
    /// With the token from the last mail.
    Decline(usize),
    /// Actor, and whose: the invitation that the last mail was for.
    Resend(usize, usize),
    /// Likewise.
    Revoke(usize, usize),
}

/// Status and problem code.
pub(crate) type Outcome = (u16, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Pending,
    Accepted,
    Declined,
    Revoked,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Invitation {
    invited: usize,
    inviter: usize,
    roles: RoleSet,
    state: State,
    /// Whether its mail was tried: none goes out for an inviter who has left by then (I8).
    tried: bool,
}

/// One organization as the rules have it, without a table, a clock or a mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Model {
    members: Members,
    invitations: Vec<Invitation>,
    /// Which invitation the last mail to somebody was for.
    mailed: BTreeMap<usize, usize>,
}

impl Model {
    pub(crate) fn create() -> Self {
        Self { members: Members::create(), invitations: Vec::new(), mailed: BTreeMap::new() }
    }

    pub(crate) fn members(&self) -> &BTreeMap<usize, RoleSet> {
        self.members.all()
    }

    /// The mails go out.
    pub(crate) fn deliver(&mut self) {
        for (index, invitation) in self.invitations.iter_mut().enumerate() {
            let is_new = !std::mem::replace(&mut invitation.tried, true);
            if is_new && invitation.state == State::Pending && self.members.contains(invitation.inviter) {
                self.mailed.insert(invitation.invited, index);
            }
        }
    }

    /// The states that serial orders of `operations` lead to, of those orders that give `outcomes`.
    pub(crate) fn explain(&self, operations: &[Operation], outcomes: &[Outcome]) -> Vec<Self> {
        let pairs: Vec<_> = operations.iter().copied().zip(outcomes).collect();
        self.explain_rest(&pairs)
    }

    fn explain_rest(&self, rest: &[(Operation, &Outcome)]) -> Vec<Self> {
        if rest.is_empty() {
            return vec![self.clone()];
        }
        let mut found = Vec::new();
        for first in 0..rest.len() {
            let mut after = self.clone();
            let (status, code) = after.apply(rest[first].0);
            if (status, code) == (rest[first].1.0, rest[first].1.1.as_str()) {
                let mut others = rest.to_vec();
                others.remove(first);
                found.extend(after.explain_rest(&others));
            }
        }
        found
    }

    fn apply(&mut self, operation: Operation) -> (u16, &'static str) {
        let done = match operation {
            Operation::SetRoles(actor, target, roles) => self.members.set_roles(actor, target, roles),
            Operation::Remove(actor, target) => self.members.remove(actor, target),
            Operation::Invite(actor, invited, roles) => self.invite(actor, invited, roles),
            Operation::Accept(user) => self.accept(user),
            Operation::Decline(user) => self.decline(user),
            Operation::Resend(actor, invited) => self.resend(actor, invited),
            Operation::Revoke(actor, invited) => self.revoke(actor, invited),
        };
        match done {
            Ok(status) => (status, ""),
            Err(problem) => problem,
        }
    }

    fn invite(&mut self, actor: usize, invited: usize, roles: RoleSet) -> Result<u16, Problem> {
        self.members.may_grant(actor, roles)?;
        if self.members.contains(invited) {
            return Err((409, "already-a-member"));
        }
        let held = |held: &Invitation| held.invited == invited && held.state == State::Pending;
        if let Some(index) = self.invitations.iter().position(held) {
            let Invitation { inviter, roles, .. } = self.invitations[index];
            if self.members.may_grant(inviter, roles).is_ok() {
                return Err((409, "invitation-already-pending"));
            }
            // Nobody could accept it any more (I15).
            self.invitations[index].state = State::Revoked;
        }
        self.invitations.push(Invitation { invited, inviter: actor, roles, state: State::Pending, tried: false });
        Ok(201)
    }

    /// The invitation that the last mail was for.
    fn mailed(&self, user: usize) -> Result<(usize, Invitation), Problem> {
        let index = *self.mailed.get(&user).ok_or((404, "invitation-not-found"))?;
        Ok((index, self.invitations[index].clone()))
    }

    fn resend(&mut self, actor: usize, invited: usize) -> Result<u16, Problem> {
        self.members.may_grant(actor, RoleSet::MEMBER)?;
        let (index, invitation) = self.mailed(invited)?;
        match invitation.state {
            State::Accepted => return Err((409, "invitation-already-accepted")),
            State::Declined => return Err((410, "invitation-declined")),
            State::Revoked => return Err((410, "invitation-revoked")),
            State::Pending => {}
        }
        self.members.may_grant(actor, invitation.roles)?;
        self.invitations[index] = Invitation { inviter: actor, tried: false, ..invitation };
        Ok(202)
    }

    fn revoke(&mut self, actor: usize, invited: usize) -> Result<u16, Problem> {
        self.members.may_grant(actor, RoleSet::MEMBER)?;
        let (index, invitation) = self.mailed(invited)?;
        match invitation.state {
            State::Accepted => return Err((409, "invitation-already-accepted")),
            State::Declined => return Err((410, "invitation-declined")),
            State::Revoked => return Ok(204),
            State::Pending => {}
        }
        self.members.may_grant(actor, invitation.roles)?;
        self.invitations[index].state = State::Revoked;
        Ok(204)
    }

    fn accept(&mut self, user: usize) -> Result<u16, Problem> {
        let (index, invitation) = self.mailed(user)?;
        match invitation.state {
            State::Accepted => return Err((409, "invitation-already-accepted")),
            State::Declined => return Err((410, "invitation-declined")),
            State::Revoked => return Err((410, "invitation-revoked")),
            State::Pending => {}
        }
        self.members.may_grant(invitation.inviter, invitation.roles).map_err(|_| (409, "inviter-lost-authority"))?;
        self.invitations[index].state = State::Accepted;
        self.members.join(user, invitation.roles);
        Ok(200)
    }

    fn decline(&mut self, user: usize) -> Result<u16, Problem> {
        let (index, invitation) = self.mailed(user)?;
        match invitation.state {
            State::Accepted => return Err((409, "invitation-already-accepted")),
            State::Revoked => return Err((410, "invitation-revoked")),
            State::Pending | State::Declined => {}
        }
        self.invitations[index].state = State::Declined;
        Ok(204)
    }
}
