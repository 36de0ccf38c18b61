use super::{EmailAddress, OrganizationId, PermissionSet, PersonName, RoleSet, Timestamp, UserId, Version};

/// A user in one organization (I2: at most once).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    /// The address that the user joined with: the creator's own, or the one that was invited.
    pub email: EmailAddress,
    /// What the user was called when joining.
    pub name: Option<PersonName>,
    pub roles: RoleSet,
    pub joined_at: Timestamp,
    /// Changes with every change of roles.
    pub version: Version,
}

impl Member {
    pub fn permissions(&self) -> PermissionSet {
        PermissionSet::of(self.roles)
    }
}

/// One line of "my organizations".
#[derive(Clone, Debug)]
pub struct Membership {
    pub organization: super::Organization,
    pub member: Member,
}
