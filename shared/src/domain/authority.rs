use super::{Member, OrganizationId, Permission, PermissionSet, RoleSet, UserId};

/// Proof that somebody's right to do something is asked for: whoever writes to an organization hands one over, and the
/// write's own transaction checks it against the actor's membership as it is at that moment (R11).
///
/// It also names the organization, so that no write can reach into another one (I6).
#[derive(Clone, Debug)]
pub struct Authority {
    organization: OrganizationId,
    actor: UserId,
    required: PermissionSet,
}

impl Authority {
    /// `actor` wants to do in `organization` what takes `required`.
    pub fn new(organization: OrganizationId, actor: UserId, required: PermissionSet) -> Self {
        Self { organization, actor, required }
    }

    /// What granting `roles` takes: managing users, and every permission granted (R8).
    pub fn to_grant(organization: OrganizationId, actor: UserId, roles: RoleSet) -> Self {
        Self::new(organization, actor, PermissionSet::of(roles).with(Permission::MANAGE_USERS))
    }

    /// The organization that is written to.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn actor(&self) -> &UserId {
        &self.actor
    }

    /// What the actor has to hold.
    pub fn required(&self) -> PermissionSet {
        self.required
    }

    /// Why the actor, whose membership was found to be `member`, may not: what a failed check means.
    /// `None` if that membership does allow it.
    pub fn refusal(&self, member: Option<&Member>) -> Option<Refusal> {
        let Some(member) = member else { return Some(Refusal::NotAMember) };
        let held = PermissionSet::of(member.roles);
        let missing = held.decide(self.required).err()?;
        // An actor who may not manage users is told so; only one who may is told about the roles (R8).
        if !self.required.contains(Permission::MANAGE_USERS) {
            Some(Refusal::Lacks(missing))
        } else if held.contains(Permission::MANAGE_USERS) {
            Some(Refusal::NotGrantable(missing))
        } else {
            Some(Refusal::Lacks(Permission::MANAGE_USERS))
        }
    }
}

/// Why somebody may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// To them the organization does not exist (R12).
    NotAMember,
    /// None of their roles has the permission (R7).
    Lacks(Permission),
    /// They may manage users, but a role involved may do something that they may not (R8).
    NotGrantable(Permission),
}

/// Something read from an organization together with the reader's membership. It opens only to who may see it, so a
/// handler cannot forget to ask.
#[derive(Debug)]
pub struct Guarded<T>(Option<(Member, T)>);

impl<T> Guarded<T> {
    /// `value`, read in the same round trip as the `reader`'s membership.
    pub fn new(reader: Option<Member>, value: T) -> Self {
        Self::found(reader, Some(value))
    }

    /// Likewise, where an organization that does not exist has no value: nobody can tell the difference (R12).
    pub fn found(reader: Option<Member>, value: Option<T>) -> Self {
        Self(reader.zip(value))
    }

    /// The same with another value.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Guarded<U> {
        Guarded(self.0.map(|(reader, value)| (reader, map(value))))
    }

    /// For any member.
    ///
    /// # Errors
    /// When the reader is none.
    pub fn open_to_members(self) -> Result<(Member, T), Refusal> {
        self.0.ok_or(Refusal::NotAMember)
    }

    /// For members whose roles have `permission`.
    ///
    /// # Errors
    /// When the reader is no member or lacks it.
    pub fn open(self, permission: Permission) -> Result<(Member, T), Refusal> {
        let (reader, value) = self.open_to_members()?;
        match PermissionSet::of(reader.roles).decide(permission.into()) {
            Ok(()) => Ok((reader, value)),
            Err(permission) => Err(Refusal::Lacks(permission)),
        }
    }
}
