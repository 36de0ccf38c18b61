use super::{Member, OrganizationId, Permission, PermissionSet, RoleSet, UserId};

/// The permissions that a write requires. Every write to an organization needs one. The transaction of the write checks
/// it against the actor's membership at that moment (R11).
///
/// It also names the organization, so that no write can reach into another one (I6).
#[derive(Clone, Debug)]
pub struct Authority {
    organization: OrganizationId,
    actor: UserId,
    required: PermissionSet,
}

impl Authority {
    /// The authority for a change by `actor` in `organization` that requires the permissions `required`.
    pub fn new(organization: OrganizationId, actor: UserId, required: PermissionSet) -> Self {
        Self { organization, actor, required }
    }

    /// The authority to grant `roles`. It requires the permission to manage users, and every permission that the roles
    /// have (R8).
    pub fn to_grant(organization: OrganizationId, actor: UserId, roles: RoleSet) -> Self {
        Self::new(organization, actor, PermissionSet::of(roles).with(Permission::MANAGE_USERS))
    }

    /// The organization that the write changes.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn actor(&self) -> &UserId {
        &self.actor
    }

    /// The permissions that the actor must hold.
    pub fn required(&self) -> PermissionSet {
        self.required
    }

    /// The reason why a check of this authority fails for an actor with the membership `member`. `None` if the
    /// membership has the permissions.
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

/// The reason why a caller lacks a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The caller is not a member. To the caller, the organization does not exist (R12).
    NotAMember,
    /// None of the caller's roles has the permission (R7).
    Lacks(Permission),
    /// The caller can manage users, but a role in the change has a permission that the caller lacks (R8).
    NotGrantable(Permission),
}

/// A value from an organization, together with the reader's membership. It opens only to a reader with the permission,
/// so a handler cannot skip the check.
#[derive(Debug)]
pub struct Guarded<T>(Option<(Member, T)>);

impl<T> Guarded<T> {
    /// Guards `value`, which was read in the same round trip as the membership of `reader`.
    pub fn new(reader: Option<Member>, value: T) -> Self {
        Self::found(reader, Some(value))
    }

    /// Guards an optional value. For an organization that does not exist, there is no value, and the response is the
    /// same as for a caller who is not a member (R12).
    pub fn found(reader: Option<Member>, value: Option<T>) -> Self {
        Self(reader.zip(value))
    }

    /// Replaces the value and keeps the membership.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Guarded<U> {
        Guarded(self.0.map(|(reader, value)| (reader, map(value))))
    }

    /// Returns the membership and the value to any member.
    ///
    /// # Errors
    /// When the reader is not a member.
    pub fn open_to_members(self) -> Result<(Member, T), Refusal> {
        self.0.ok_or(Refusal::NotAMember)
    }

    /// Returns the membership and the value to a member whose roles have `permission`.
    ///
    /// # Errors
    /// When the reader is not a member or lacks the permission.
    pub fn open(self, permission: Permission) -> Result<(Member, T), Refusal> {
        let (reader, value) = self.open_to_members()?;
        match PermissionSet::of(reader.roles).decide(permission.into()) {
            Ok(()) => Ok((reader, value)),
            Err(permission) => Err(Refusal::Lacks(permission)),
        }
    }
}
