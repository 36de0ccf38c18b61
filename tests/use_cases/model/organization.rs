use std::collections::BTreeMap;

use shared::domain::{Permission, PermissionSet, Role, RoleSet};

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
    members: BTreeMap<usize, RoleSet>,
    invitations: Vec<Invitation>,
    /// Which invitation the last mail to somebody was for.
    mailed: BTreeMap<usize, usize>,
}

impl Model {
    pub(crate) fn create() -> Self {
        Self {
            members: BTreeMap::from([(0, RoleSet::ORGANIZATION_ADMIN)]),
            invitations: Vec::new(),
            mailed: BTreeMap::new(),
        }
    }

    pub(crate) fn members(&self) -> &BTreeMap<usize, RoleSet> {
        &self.members
    }

    /// The mails go out.
    pub(crate) fn deliver(&mut self) {
        for (index, invitation) in self.invitations.iter_mut().enumerate() {
            let is_new = !std::mem::replace(&mut invitation.tried, true);
            if is_new && invitation.state == State::Pending && self.members.contains_key(&invitation.inviter) {
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

    fn held(&self, user: usize) -> Option<PermissionSet> {
        self.members.get(&user).map(|roles| PermissionSet::of(*roles))
    }

    /// R12, R7, R8 in this order.
    fn may_grant(&self, actor: usize, roles: RoleSet) -> Result<(), (u16, &'static str)> {
        let held = self.held(actor).ok_or((404, "organization-not-found"))?;
        if !held.contains(Permission::MANAGE_USERS) {
            return Err((403, "permission-denied"));
        }
        if held.contains_all(PermissionSet::of(roles)) { Ok(()) } else { Err((403, "role-not-grantable")) }
    }

    fn admins(&self) -> usize {
        self.members.values().filter(|roles| roles.contains(Role::OrganizationAdmin)).count()
    }

    fn apply(&mut self, operation: Operation) -> (u16, &'static str) {
        let done = match operation {
            Operation::SetRoles(actor, target, roles) => self.set_roles(actor, target, roles),
            Operation::Remove(actor, target) if actor == target => self.leave(actor),
            Operation::Remove(actor, target) => self.remove(actor, target),
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

    fn set_roles(&mut self, actor: usize, target: usize, roles: RoleSet) -> Result<u16, (u16, &'static str)> {
        self.may_grant(actor, RoleSet::MEMBER)?;
        if actor == target {
            return Err((409, "cannot-change-own-roles"));
        }
        self.may_grant(actor, roles)?;
        let current = *self.members.get(&target).ok_or((404, "member-not-found"))?;
        self.may_grant(actor, current)?;
        self.members.insert(target, roles);
        Ok(200)
    }

    fn remove(&mut self, actor: usize, target: usize) -> Result<u16, (u16, &'static str)> {
        self.may_grant(actor, RoleSet::MEMBER)?;
        let current = *self.members.get(&target).ok_or((404, "member-not-found"))?;
        self.may_grant(actor, current)?;
        self.members.remove(&target);
        Ok(204)
    }

    fn leave(&mut self, actor: usize) -> Result<u16, (u16, &'static str)> {
        let roles = *self.members.get(&actor).ok_or((404, "organization-not-found"))?;
        if roles.contains(Role::OrganizationAdmin) && self.admins() == 1 {
            return Err((409, "last-organization-admin"));
        }
        self.members.remove(&actor);
        Ok(204)
    }

    fn invite(&mut self, actor: usize, invited: usize, roles: RoleSet) -> Result<u16, (u16, &'static str)> {
        self.may_grant(actor, roles)?;
        if self.members.contains_key(&invited) {
            return Err((409, "already-a-member"));
        }
        let held = |held: &Invitation| held.invited == invited && held.state == State::Pending;
        if let Some(index) = self.invitations.iter().position(held) {
            let Invitation { inviter, roles, .. } = self.invitations[index];
            if self.may_grant(inviter, roles).is_ok() {
                return Err((409, "invitation-already-pending"));
            }
            // Nobody could accept it any more (I15).
            self.invitations[index].state = State::Revoked;
        }
        self.invitations.push(Invitation { invited, inviter: actor, roles, state: State::Pending, tried: false });
        Ok(201)
    }

    /// The invitation that the last mail was for.
    fn mailed(&self, user: usize) -> Result<(usize, Invitation), (u16, &'static str)> {
        let index = *self.mailed.get(&user).ok_or((404, "invitation-not-found"))?;
        Ok((index, self.invitations[index].clone()))
    }

    fn resend(&mut self, actor: usize, invited: usize) -> Result<u16, (u16, &'static str)> {
        self.may_grant(actor, RoleSet::MEMBER)?;
        let (index, invitation) = self.mailed(invited)?;
        match invitation.state {
            State::Accepted => return Err((409, "invitation-already-accepted")),
            State::Declined => return Err((410, "invitation-declined")),
            State::Revoked => return Err((410, "invitation-revoked")),
            State::Pending => {}
        }
        self.may_grant(actor, invitation.roles)?;
        self.invitations[index] = Invitation { inviter: actor, tried: false, ..invitation };
        Ok(202)
    }

    fn revoke(&mut self, actor: usize, invited: usize) -> Result<u16, (u16, &'static str)> {
        self.may_grant(actor, RoleSet::MEMBER)?;
        let (index, invitation) = self.mailed(invited)?;
        match invitation.state {
            State::Accepted => return Err((409, "invitation-already-accepted")),
            State::Declined => return Err((410, "invitation-declined")),
            State::Revoked => return Ok(204),
            State::Pending => {}
        }
        self.may_grant(actor, invitation.roles)?;
        self.invitations[index].state = State::Revoked;
        Ok(204)
    }

    fn accept(&mut self, user: usize) -> Result<u16, (u16, &'static str)> {
        let (index, invitation) = self.mailed(user)?;
        match invitation.state {
            State::Accepted => return Err((409, "invitation-already-accepted")),
            State::Declined => return Err((410, "invitation-declined")),
            State::Revoked => return Err((410, "invitation-revoked")),
            State::Pending => {}
        }
        self.may_grant(invitation.inviter, invitation.roles).map_err(|_| (409, "inviter-lost-authority"))?;
        self.invitations[index].state = State::Accepted;
        self.members.insert(user, invitation.roles);
        Ok(200)
    }

    fn decline(&mut self, user: usize) -> Result<u16, (u16, &'static str)> {
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
