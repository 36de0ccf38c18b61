use std::collections::BTreeMap;

use shared::domain::{Permission, PermissionSet, Role, RoleSet};

/// Status and problem code of a refusal.
pub(crate) type Problem = (u16, &'static str);

/// The members of an organization by number, with the rules on roles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Members(BTreeMap<usize, RoleSet>);

impl Members {
    /// The first user creates the organization.
    pub(crate) fn create() -> Self {
        Self(BTreeMap::from([(0, RoleSet::ORGANIZATION_ADMIN)]))
    }

    pub(crate) fn all(&self) -> &BTreeMap<usize, RoleSet> {
        &self.0
    }

    pub(crate) fn contains(&self, user: usize) -> bool {
        self.0.contains_key(&user)
    }

    pub(crate) fn join(&mut self, user: usize, roles: RoleSet) {
        self.0.insert(user, roles);
    }

    pub(crate) fn admins(&self) -> usize {
        self.0.values().filter(|roles| roles.contains(Role::OrganizationAdmin)).count()
    }

    /// R12, then R7.
    pub(crate) fn may(&self, actor: usize, permission: Permission) -> Result<PermissionSet, Problem> {
        let roles = self.0.get(&actor).ok_or((404, "organization-not-found"))?;
        let held = PermissionSet::of(*roles);
        if held.contains(permission) { Ok(held) } else { Err((403, "permission-denied")) }
    }

    /// R12, R7, R8 in this order.
    pub(crate) fn may_grant(&self, actor: usize, roles: RoleSet) -> Result<(), Problem> {
        let held = self.may(actor, Permission::MANAGE_USERS)?;
        if held.contains_all(PermissionSet::of(roles)) { Ok(()) } else { Err((403, "role-not-grantable")) }
    }

    pub(crate) fn set_roles(&mut self, actor: usize, target: usize, roles: RoleSet) -> Result<u16, Problem> {
        self.may_grant(actor, RoleSet::MEMBER)?;
        if actor == target {
            return Err((409, "cannot-change-own-roles"));
        }
        self.may_grant(actor, roles)?;
        let current = *self.0.get(&target).ok_or((404, "member-not-found"))?;
        self.may_grant(actor, current)?;
        self.0.insert(target, roles);
        Ok(200)
    }

    /// Removes a member, or lets one leave.
    pub(crate) fn remove(&mut self, actor: usize, target: usize) -> Result<u16, Problem> {
        if actor == target {
            let roles = *self.0.get(&actor).ok_or((404, "organization-not-found"))?;
            if roles.contains(Role::OrganizationAdmin) && self.admins() == 1 {
                return Err((409, "last-organization-admin"));
            }
        } else {
            self.may_grant(actor, RoleSet::MEMBER)?;
            let current = *self.0.get(&target).ok_or((404, "member-not-found"))?;
            self.may_grant(actor, current)?;
        }
        self.0.remove(&target);
        Ok(204)
    }
}
