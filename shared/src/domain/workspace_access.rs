use std::{fmt, str::FromStr};

use super::{Member, OrganizationId, Timestamp, UserId, WorkspaceId};

/// The most workspaces that one invitation gives access to.
pub const MOST_GRANTS: usize = 10;

/// A role of the product's own in a workspace (R23). It decides nothing in this API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRole(String);

impl fmt::Display for WorkspaceRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WorkspaceRole {
    type Err = InvalidWorkspaceRole;

    /// Accepts the form of a role, whether or not the parameter still lists it: stored items outlive the list.
    fn from_str(text: &str) -> Result<Self, InvalidWorkspaceRole> {
        let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        let is_role = (1..=40).contains(&text.len())
            && text.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
            && text.bytes().all(rest);
        if is_role { Ok(Self(text.to_owned())) } else { Err(InvalidWorkspaceRole) }
    }
}

/// The text is no role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("must be a lowercase word with at most 40 letters, digits, `-` and `_`")]
pub struct InvalidWorkspaceRole;

/// The roles of the parameter `WorkspaceRoles`: 1 to 20.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRoles(Vec<WorkspaceRole>);

impl FromStr for WorkspaceRoles {
    type Err = InvalidWorkspaceRoles;

    fn from_str(text: &str) -> Result<Self, InvalidWorkspaceRoles> {
        let roles: Result<Vec<_>, _> = text.split(',').map(str::parse).collect();
        let roles = roles.map_err(|InvalidWorkspaceRole| InvalidWorkspaceRoles)?;
        if (1..=20).contains(&roles.len()) { Ok(Self(roles)) } else { Err(InvalidWorkspaceRoles) }
    }
}

impl WorkspaceRoles {
    /// Parses a role of the list.
    ///
    /// # Errors
    /// What a role must be, with the list.
    pub fn role(&self, text: &str) -> Result<WorkspaceRole, String> {
        let found = self.0.iter().find(|role| role.0 == text).cloned();
        found.ok_or_else(|| {
            let names: Vec<_> = self.0.iter().map(|role| format!("`{role}`")).collect();
            format!("must be one of {}", names.join(", "))
        })
    }
}

/// The text is no list of roles.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("must be 1 to 20 lowercase words, separated by commas")]
pub struct InvalidWorkspaceRoles;

/// What an invitation gives: a workspace, and the role in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceGrant {
    pub workspace: WorkspaceId,
    pub role: WorkspaceRole,
}

/// The access of a member to a workspace (R23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceAccess {
    pub organization: OrganizationId,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub role: WorkspaceRole,
    /// When the membership began that the access belongs to. It never changes within a membership, and a later membership of
    /// the same user begins later. So the access ends with its membership, though its item remains.
    pub joined_at: Timestamp,
}

impl WorkspaceAccess {
    /// The access of `member` by `grant`.
    pub fn of(member: &Member, grant: &WorkspaceGrant) -> Self {
        Self {
            organization: member.organization_id,
            workspace: grant.workspace,
            user: member.user_id.clone(),
            role: grant.role.clone(),
            joined_at: member.joined_at,
        }
    }

    /// Whether the access belongs to this membership, and not to an earlier one of the same user.
    pub fn is_of(&self, member: &Member) -> bool {
        (self.organization, &self.user, self.joined_at) == (member.organization_id, &member.user_id, member.joined_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_words_of_the_list() {
        let roles: WorkspaceRoles = "manager,agent,read-only_2".parse().unwrap();
        assert_eq!(roles.role("agent").unwrap().to_string(), "agent");
        assert_eq!(roles.role("Agent").unwrap_err(), "must be one of `manager`, `agent`, `read-only_2`");
        let many = ["x"; 21].join(",");
        for wrong in ["", "a,", "a, b", "A", "1a", "-a", "a b", "ä", &"x".repeat(41), &many] {
            assert_eq!(wrong.parse::<WorkspaceRoles>(), Err(InvalidWorkspaceRoles), "{wrong:?}");
        }
    }
}
