use std::fmt;

use super::{Role, RoleSet};

/// A part of an organization's settings; a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    General,
    /// Members and invitations.
    Users,
    Workspaces,
    Billing,
}

impl Area {
    /// All tabs, in the order they are shown.
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

/// How far an area is open. Who may manage may view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Read.
    View,
    /// Read and change.
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

/// Something that a role lets somebody do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// `general:view`, `users:manage`, …
    Settings(Area, Access),
    /// `organization:delete`
    DeleteOrganization,
}

impl Permission {
    /// `users: view`, which reading members and invitations takes.
    pub const VIEW_USERS: Self = Self::Settings(Area::Users, Access::View);
    /// `users: manage`, which every change of members and invitations takes.
    pub const MANAGE_USERS: Self = Self::Settings(Area::Users, Access::Manage);

    pub fn all() -> impl Iterator<Item = Self> {
        let settings = Area::ALL
            .into_iter()
            .flat_map(|area| [Access::View, Access::Manage].map(|access| Self::Settings(area, access)));
        settings.chain([Self::DeleteOrganization])
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Settings(area, access) => 1 << (area as u16 * 2 + access as u16),
            Self::DeleteOrganization => 1 << 8,
        }
    }

    /// The roles that hold it, the most privileged first.
    pub fn roles_that_may(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| PermissionSet::of_role(*role).contains(self))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(area, access) => write!(f, "{}:{}", area.name(), access.name()),
            Self::DeleteOrganization => f.write_str("organization:delete"),
        }
    }
}

/// A role, the areas that it opens and how far, and whether it may delete the organization.
type Grants = (Role, &'static [(Area, Access)], bool);

/// What each role opens, and how far (R7). This table is the only place that says so: answers, conditions in the table
/// and the documentation's matrix are derived from it.
const GRANTS: [Grants; 4] = {
    use Access::{Manage, View};
    use Area::{Billing, General, Users, Workspaces};
    [
        (Role::OrganizationAdmin, &[(General, Manage), (Users, Manage), (Workspaces, Manage), (Billing, Manage)], true),
        (Role::BillingAdmin, &[(General, View), (Users, View), (Workspaces, View), (Billing, Manage)], false),
        (Role::UserAdmin, &[(General, View), (Users, Manage), (Workspaces, Manage)], false),
        (Role::Member, &[], false),
    ]
};

/// Some permissions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PermissionSet(u16);

impl PermissionSet {
    /// What one role may do.
    pub fn of_role(role: Role) -> Self {
        GRANTS.iter().filter(|(holder, ..)| *holder == role).fold(Self::default(), |held, (_, settings, delete)| {
            let settings = settings.iter().fold(held, |held, (area, access)| {
                let held = held.with(Permission::Settings(*area, Access::View));
                if *access == Access::Manage { held.with(Permission::Settings(*area, Access::Manage)) } else { held }
            });
            if *delete { settings.with(Permission::DeleteOrganization) } else { settings }
        })
    }

    /// What somebody with all of these roles may do: what any of them may (R7).
    pub fn of(roles: RoleSet) -> Self {
        roles.iter().fold(Self::default(), |held, role| Self(held.0 | Self::of_role(role).0))
    }

    /// With one more.
    #[must_use]
    pub fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// With all of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `permission` is one of them.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether all of `other` are among them.
    pub fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// In the order of [`Permission::all`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::all().filter(move |permission| self.contains(*permission))
    }

    /// The first of `required` that is not among them. **The** decision: everything that is allowed or refused by roles is
    /// decided here, or in the table by a condition that is derived from the same data.
    ///
    /// # Errors
    /// The permission that is missing.
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
