use super::{EmailAddress, OrganizationId, PermissionSet, PersonName, RoleSet, Timestamp, UserId, Version};

/// A user in one organization (I2: at most once).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// In which one.
    pub organization_id: OrganizationId,
    /// Who.
    pub user_id: UserId,
    /// The address that the user joined with: the founder's own, or the one that was invited.
    pub email: EmailAddress,
    /// What the user was called when joining.
    pub name: Option<PersonName>,
    /// What the user may do.
    pub roles: RoleSet,
    /// Since when.
    pub joined_at: Timestamp,
    /// Changes with every change of roles.
    pub version: Version,
}

impl Member {
    /// What the member may do.
    pub fn permissions(&self) -> PermissionSet {
        PermissionSet::of(self.roles)
    }
}

/// One line of "my organizations".
#[derive(Clone, Debug)]
pub struct Membership {
    /// The organization.
    pub organization: super::Organization,
    /// The user in it.
    pub member: Member,
}
