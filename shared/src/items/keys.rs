//! All keys of the table. Each key names a user, an organization or an email address, so that no id of one organization can reach an item
//! of another one (R19, I6). The only other key is that of the sweeper's own item.

use std::{fmt::Display, str::FromStr};

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::Attributes;
use crate::domain::{AddressKey, InvitationId, OrganizationId, Timestamp, UserId, WorkspaceId, WorkspaceNameKey};

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The partition key: `USER#sub`, `ORG#org`, `MAILBOX#address` or `SWEEPER`.
    pub pk: String,
    pub sk: String,
}

/// The sort key of a user's profile.
pub const PROFILE: &str = "PROFILE";
/// The beginning of the sort keys of membership pointers.
pub const POINTERS: &str = "ORG#";
/// The beginning of the sort keys of members.
pub const MEMBERS: &str = "MEMBER#";
/// The beginning of the sort keys of invitations.
pub const INVITATIONS: &str = "INVITATION#";
/// The beginning of the sort keys of audit records.
pub const AUDIT_RECORDS: &str = "AUDIT#";
/// The beginning of the sort keys of past memberships.
pub const PAST_MEMBERSHIPS: &str = "HISTORY#";
/// The beginning of the sort keys of workspaces.
pub const WORKSPACES: &str = "WORKSPACE#";

/// The beginning of the sort keys of the accesses to a workspace. It differs from that of workspaces, whose list they are not in.
pub fn workspace_members(workspace: impl Display) -> String {
    format!("WORKSPACE_MEMBER#{workspace}#")
}

/// The sort keys. Items have their ids as text, and all other code has them as types. Both use these functions.
pub(super) mod sk {
    use std::fmt::Display;

    use crate::domain::{AddressKey, WorkspaceNameKey};

    pub(in crate::items) const META: &str = "META";
    pub(in crate::items) const ADMINS: &str = "ADMINS";
    pub(in crate::items) const SUBSCRIPTION: &str = "SUBSCRIPTION";
    pub(in crate::items) const SEATS: &str = "SEATS";

    pub(in crate::items) fn pointer(organization: impl Display) -> String {
        format!("{}{organization}", super::POINTERS)
    }

    pub(in crate::items) fn idempotency(route: &str, key: &str) -> String {
        format!("IDEMPOTENCY#{route}#{key}")
    }

    pub(in crate::items) fn member(user: impl Display) -> String {
        format!("{}{user}", super::MEMBERS)
    }

    pub(in crate::items) fn address(key: &AddressKey) -> String {
        format!("ADDRESS#{key}")
    }

    pub(in crate::items) fn invitation(invitation: impl Display) -> String {
        format!("{}{invitation}", super::INVITATIONS)
    }

    pub(in crate::items) fn acceptance_notice(invitation: impl Display) -> String {
        format!("ACCEPTED#{invitation}")
    }

    pub(in crate::items) fn workspace(workspace: impl Display) -> String {
        format!("{}{workspace}", super::WORKSPACES)
    }

    pub(in crate::items) fn workspace_name(key: &WorkspaceNameKey) -> String {
        format!("WORKSPACE_NAME#{key}")
    }

    pub(in crate::items) fn workspace_member(workspace: impl Display, user: impl Display) -> String {
        format!("{}{user}", super::workspace_members(workspace))
    }

    pub(in crate::items) fn workspace_pointer(organization: impl Display, workspace: impl Display) -> String {
        format!("{}{organization}#{workspace}", super::WORKSPACES)
    }

    pub(in crate::items) fn audit(id: impl Display) -> String {
        format!("{}{id}", super::AUDIT_RECORDS)
    }

    pub(in crate::items) fn past_membership(user: impl Display, until: impl Display, id: impl Display) -> String {
        format!("{}{user}#{until}#{id}", super::PAST_MEMBERSHIPS)
    }
}

impl Key {
    pub(super) fn of_user(user: impl Display, sk: impl Into<String>) -> Self {
        Self { pk: format!("USER#{user}"), sk: sk.into() }
    }

    pub(super) fn of_organization(organization: impl Display, sk: impl Into<String>) -> Self {
        Self { pk: format!("ORG#{organization}"), sk: sk.into() }
    }

    pub fn profile(user: &UserId) -> Self {
        Self::of_user(user, PROFILE)
    }

    /// The key of a membership pointer: the fact that a user is a member of an organization.
    pub fn pointer(user: &UserId, organization: OrganizationId) -> Self {
        Self::of_user(user, sk::pointer(organization))
    }

    /// The key of an idempotency record: the response to a request that can be repeated.
    pub fn idempotency(user: &UserId, route: &str, key: &str) -> Self {
        Self::of_user(user, sk::idempotency(route, key))
    }

    /// The key of an organization's details.
    pub fn organization(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::META)
    }

    /// The key of the number of organization admins. It is not in META, so that only a change that concerns an admin
    /// writes it.
    pub fn admins(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::ADMINS)
    }

    pub fn subscription(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::SUBSCRIPTION)
    }

    /// The key of an organization's seats. They are not in META, so that joining and inviting never write META.
    pub fn seats(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::SEATS)
    }

    /// The key of a member of an organization.
    pub fn member(organization: OrganizationId, user: &UserId) -> Self {
        Self::of_organization(organization, sk::member(user))
    }

    /// The key of an address guard: the pending invitation or the member that has an email address.
    pub fn address(organization: OrganizationId, address: &AddressKey) -> Self {
        Self::of_organization(organization, sk::address(address))
    }

    /// The key of an invitation of an organization.
    pub fn invitation(organization: OrganizationId, invitation: InvitationId) -> Self {
        Self::of_organization(organization, sk::invitation(invitation))
    }

    /// The key of the email that tells the inviter of an acceptance.
    pub fn acceptance_notice(organization: OrganizationId, invitation: InvitationId) -> Self {
        Self::of_organization(organization, sk::acceptance_notice(invitation))
    }

    /// The key of a workspace of an organization.
    pub fn workspace(organization: OrganizationId, workspace: WorkspaceId) -> Self {
        Self::of_organization(organization, sk::workspace(workspace))
    }

    /// The key of the guard of a workspace's name.
    pub fn workspace_name(organization: OrganizationId, name: &WorkspaceNameKey) -> Self {
        Self::of_organization(organization, sk::workspace_name(name))
    }

    /// The key of a member's access to a workspace.
    pub fn workspace_access(organization: OrganizationId, workspace: WorkspaceId, user: &UserId) -> Self {
        Self::of_organization(organization, sk::workspace_member(workspace, user))
    }

    /// The key of the same access among the user's own items.
    pub fn workspace_pointer(user: &UserId, organization: OrganizationId, workspace: WorkspaceId) -> Self {
        Self::of_user(user, sk::workspace_pointer(organization, workspace))
    }

    /// How many invitation emails one address was sent on one day, whichever organizations invited it.
    pub fn mailbox(address: &AddressKey, day: &str) -> Self {
        Self { pk: format!("MAILBOX#{address}"), sk: format!("EMAILS#{day}") }
    }

    /// How far the sweeper has come. There is one item of this kind.
    pub fn watermark() -> Self {
        Self { pk: "SWEEPER".to_owned(), sk: "WATERMARK".to_owned() }
    }

    /// The key as DynamoDB attributes.
    pub fn to_attributes(&self) -> Attributes {
        Attributes::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// Whether a sort key belongs to a member.
pub fn is_member(key: &str) -> bool {
    is::<UserId>(key, MEMBERS)
}

/// Whether a sort key belongs to an invitation.
pub fn is_invitation(key: &str) -> bool {
    is::<InvitationId>(key, INVITATIONS)
}

/// Whether a sort key belongs to an audit record.
pub fn is_audit_record(key: &str) -> bool {
    is::<Uuid>(key, AUDIT_RECORDS)
}

/// Whether a sort key belongs to a workspace.
pub fn is_workspace(key: &str) -> bool {
    is::<WorkspaceId>(key, WORKSPACES)
}

/// Whether a sort key belongs to an access to a workspace, or comes before all of them.
pub fn is_workspace_member(key: &str) -> bool {
    let parts = key.strip_prefix("WORKSPACE_MEMBER#").and_then(|rest| rest.split_once('#'));
    parts.is_some_and(|(workspace, user)| {
        workspace.parse::<WorkspaceId>().is_ok() && (user.is_empty() || user.parse::<UserId>().is_ok())
    })
}

/// Whether a sort key belongs to a membership pointer.
pub fn is_pointer(key: &str) -> bool {
    is::<OrganizationId>(key, POINTERS)
}

/// The user of a sort key of a member.
pub fn user_of_member(key: &str) -> Option<UserId> {
    key.strip_prefix(MEMBERS)?.parse().ok()
}

/// A sort key before the audit records of an instant and after those of all earlier ones: UUIDs begin with their instant.
pub fn first_audit_record(at: Timestamp) -> String {
    let milliseconds = at.as_milliseconds().max(0);
    format!("{AUDIT_RECORDS}{:08x}-{:04x}", milliseconds >> 16, milliseconds & 0xffff)
}

/// A sort key after all audit records.
pub const LAST_AUDIT_RECORD: &str = "AUDIT#g";

/// A sort key before the past memberships of the users after `user`. No character of a user id sorts before `$`, and `#` does.
pub fn past_memberships_after(user: Option<&UserId>) -> String {
    user.map_or(PAST_MEMBERSHIPS.to_owned(), |user| format!("{PAST_MEMBERSHIPS}{user}$"))
}

/// A sort key after the past memberships of `user` and all users before.
pub fn past_memberships_until(user: Option<&UserId>) -> String {
    user.map_or("HISTORY$".to_owned(), |user| format!("{PAST_MEMBERSHIPS}{user}$"))
}

fn is<T: FromStr>(key: &str, prefix: &str) -> bool {
    key.strip_prefix(prefix).is_some_and(|id| id.parse::<T>().is_ok())
}

/// The partition key of a user.
pub fn user_partition(user: &UserId) -> String {
    Key::of_user(user, "").pk
}

/// The partition key of an organization.
pub fn organization_partition(organization: OrganizationId) -> String {
    Key::of_organization(organization, "").pk
}
