use std::fmt;

use super::{Role, RoleSet};

/// An area of an organization's settings. Each area is a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    General,
    /// The members and invitations.
    Users,
    Workspaces,
    Billing,
}

impl Area {
    /// All areas, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::General, Self::Users, Self::Workspaces, Self::Billing];

    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Users => "users",
            Self::Workspaces => "workspaces",
            Self::Billing => "billing",
        }
    }
}

/// The access to an area. `Manage` includes `View`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// The permission to read the area.
    View,
    /// The permission to read and to change the area.
    Manage,
}

impl Access {
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Manage => "manage",
        }
    }
}

/// A permission that a role can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// The access to an area, such as `general:view` or `users:manage`.
    Settings(Area, Access),
    /// The permission to delete the organization: `organization:delete`.
    DeleteOrganization,
    /// The permission to read the audit records: `audit-records:view`.
    ViewAuditRecords,
}

impl Permission {
    /// `users:view`, the permission to read members and invitations.
    pub const VIEW_USERS: Self = Self::Settings(Area::Users, Access::View);
    /// `users:manage`, the permission to change members and invitations.
    pub const MANAGE_USERS: Self = Self::Settings(Area::Users, Access::Manage);

    /// `workspaces:view`, the permission to read workspaces.
    pub const VIEW_WORKSPACES: Self = Self::Settings(Area::Workspaces, Access::View);
    /// `workspaces:manage`, the permission to create, rename and delete workspaces.
    pub const MANAGE_WORKSPACES: Self = Self::Settings(Area::Workspaces, Access::Manage);

    pub fn all() -> impl Iterator<Item = Self> {
        let settings = Area::ALL
            .into_iter()
            .flat_map(|area| [Access::View, Access::Manage].map(|access| Self::Settings(area, access)));
        settings.chain([Self::DeleteOrganization, Self::ViewAuditRecords])
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Settings(area, access) => 1 << (area as u16 * 2 + access as u16),
            Self::DeleteOrganization => 1 << 8,
            Self::ViewAuditRecords => 1 << 9,
        }
    }

    /// The roles that have this permission, the most privileged first.
    pub fn roles_that_may(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| PermissionSet::of_role(*role).contains(self))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(area, access) => write!(f, "{}:{}", area.name(), access.name()),
            Self::DeleteOrganization => f.write_str("organization:delete"),
            Self::ViewAuditRecords => f.write_str("audit-records:view"),
        }
    }
}

/// A role, its areas with the access to each, and its other permissions.
type Grants = (Role, &'static [(Area, Access)], &'static [Permission]);

/// The permissions of each role (R7). This table is their only source. Responses, conditions in the table and the
/// matrix of the documentation are derived from it.
const GRANTS: [Grants; 4] = {
    use Access::{Manage, View};
    use Area::{Billing, General, Users, Workspaces};
    use Permission::{DeleteOrganization, ViewAuditRecords};
    [
        (
            Role::OrganizationAdmin,
            &[(General, Manage), (Users, Manage), (Workspaces, Manage), (Billing, Manage)],
            &[DeleteOrganization, ViewAuditRecords],
        ),
        (Role::BillingAdmin, &[(General, View), (Users, View), (Workspaces, View), (Billing, Manage)], &[]),
        (Role::UserAdmin, &[(General, View), (Users, Manage), (Workspaces, Manage)], &[]),
        (Role::Member, &[], &[]),
    ]
};

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PermissionSet(u16);

impl PermissionSet {
    /// The permissions of one role.
    pub fn of_role(role: Role) -> Self {
        GRANTS.iter().filter(|(holder, ..)| *holder == role).fold(Self::default(), |held, (_, settings, others)| {
            let settings = settings.iter().fold(held, |held, (area, access)| {
                let held = held.with(Permission::Settings(*area, Access::View));
                if *access == Access::Manage { held.with(Permission::Settings(*area, Access::Manage)) } else { held }
            });
            others.iter().copied().fold(settings, Self::with)
        })
    }

    /// The permissions of a set of roles: those that at least one of the roles has (R7).
    pub fn of(roles: RoleSet) -> Self {
        roles.iter().fold(Self::default(), |held, role| Self(held.0 | Self::of_role(role).0))
    }

    /// The set with one more permission.
    #[must_use]
    pub fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// The permissions that are in at least one of the two sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set contains `permission`.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether the set contains all permissions of `other`.
    pub fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The permissions of the set, in the order of [`Permission::all`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::all().filter(move |permission| self.contains(*permission))
    }

    /// Decides whether the set contains all permissions of `required`. Every decision by roles is made here, or in the
    /// table by a condition that is derived from the same data.
    ///
    /// # Errors
    /// The first missing permission.
    pub fn decide(self, required: Self) -> Result<(), Permission> {
        required.iter().find(|permission| !self.contains(*permission)).map_or(Ok(()), Err)
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|permission| permission.to_string())).finish()
    }
}

impl From<Permission> for PermissionSet {
    fn from(permission: Permission) -> Self {
        Self::default().with(permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_matrix() {
        let rows: Vec<String> = RoleSet::all()
            .map(|roles| {
                let held = PermissionSet::of(roles).iter().map(|permission| permission.to_string()).collect::<Vec<_>>();
                format!("{}: {}", roles.names().join(" + "), held.join(" "))
            })
            .collect();
        insta::assert_snapshot!(rows.join("\n"));
    }

    #[test]
    fn billing_and_user_admins_are_not_comparable() {
        let (billing, user) = (PermissionSet::of_role(Role::BillingAdmin), PermissionSet::of_role(Role::UserAdmin));
        assert!(!billing.contains_all(user) && !user.contains_all(billing));
    }
}
