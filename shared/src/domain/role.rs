use std::{fmt, str::FromStr};

/// A role of a member in one organization (R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// Has every permission.
    OrganizationAdmin,
    /// Manages billing and reads the other settings.
    BillingAdmin,
    /// Manages users and workspaces, and reads the general settings.
    UserAdmin,
    /// Uses the workspaces and cannot read the settings.
    Member,
}

impl Role {
    /// All roles, the most privileged first.
    pub const ALL: [Self; 4] = [Self::OrganizationAdmin, Self::BillingAdmin, Self::UserAdmin, Self::Member];

    pub const fn name(self) -> &'static str {
        match self {
            Self::OrganizationAdmin => "organization_admin",
            Self::BillingAdmin => "billing_admin",
            Self::UserAdmin => "user_admin",
            Self::Member => "member",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = InvalidRoles;

    fn from_str(text: &str) -> Result<Self, InvalidRoles> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or(InvalidRoles::Unknown)
    }
}

/// The reason why a membership cannot have these roles.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidRoles {
    /// A name is not the name of a role.
    #[error("must contain only `organization_admin`, `billing_admin`, `user_admin` or `member`")]
    Unknown,
    /// There is no role.
    #[error("must contain at least one role")]
    Empty,
    /// `member` is combined with another role. A membership has either exactly `member`, or some of the other three
    /// (R7).
    #[error("must be either `member` alone, or one or more of `organization_admin`, `billing_admin`, `user_admin`")]
    MemberWithOthers,
}

/// The roles that a membership holds: either exactly `member`, or one or more of the other three (R7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleSet(u8);

impl RoleSet {
    /// The set of only the most privileged role. The creator of an organization has it (R5).
    pub const ORGANIZATION_ADMIN: Self = Self(1 << Role::OrganizationAdmin as u8);
    /// The set of only the least privileged role.
    pub const MEMBER: Self = Self(1 << Role::Member as u8);

    /// Collects roles into a set. A role that occurs twice counts once.
    ///
    /// # Errors
    /// When a membership cannot have these roles together.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, InvalidRoles> {
        let set = roles.into_iter().fold(0, |set, role| set | 1 << role as u8);
        match Self(set) {
            Self(0) => Err(InvalidRoles::Empty),
            roles if roles.contains(Role::Member) && roles != Self::MEMBER => Err(InvalidRoles::MemberWithOthers),
            roles => Ok(roles),
        }
    }

    /// # Errors
    /// When a name is unknown, or when a membership cannot have these roles together.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidRoles> {
        let roles: Vec<Role> = names.into_iter().map(str::parse).collect::<Result<_, _>>()?;
        Self::new(roles)
    }

    /// All eight sets that a membership can have.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..16).filter_map(|bits| Self::new(Role::ALL.into_iter().filter(|role| bits & 1 << *role as u8 != 0)).ok())
    }

    /// The set as one hexadecimal digit.
    pub(super) fn as_digit(self) -> char {
        char::from_digit(self.0.into(), 16).unwrap_or('0')
    }

    pub(super) fn from_digit(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        let digit = characters.next().filter(|_| characters.next().is_none())?.to_digit(16)?;
        Self::all().find(|roles| u32::from(roles.0) == digit)
    }

    /// Whether the set contains `role`.
    pub const fn contains(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }

    /// The roles of the set, the most privileged first.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }

    /// The names of the roles, the most privileged first.
    pub fn names(self) -> Vec<String> {
        self.iter().map(|role| role.name().to_owned()).collect()
    }
}

impl fmt::Debug for RoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_stands_alone() {
        assert_eq!(RoleSet::parse(["member", "user_admin"]), Err(InvalidRoles::MemberWithOthers));
        assert_eq!(RoleSet::parse([]), Err(InvalidRoles::Empty));
        assert_eq!(RoleSet::parse(["owner"]), Err(InvalidRoles::Unknown));
        assert_eq!(
            RoleSet::parse(["user_admin", "billing_admin", "user_admin"]).unwrap().names(),
            ["billing_admin", "user_admin"]
        );
    }

    #[test]
    fn there_are_eight_sets() {
        assert_eq!(RoleSet::all().count(), 8);
    }
}
