//! Every key of the table, in one place. Each names a user or an organization, so that no item of one organization can
//! be reached with the id of another (R19, I6).

use std::{fmt::Display, str::FromStr};

use aws_sdk_dynamodb::types::AttributeValue;

use super::Attributes;
use crate::domain::{AddressKey, InvitationId, OrganizationId, UserId};

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition: `USER#sub`, `ORG#org` or `MAILBOX#address`.
    pub pk: String,
    pub sk: String,
}

/// Sort key of a user's profile.
pub const PROFILE: &str = "PROFILE";
/// Sort keys of membership pointers begin with it.
pub const POINTERS: &str = "ORG#";
/// Sort keys of members begin with it.
pub const MEMBERS: &str = "MEMBER#";
/// Sort keys of invitations begin with it.
pub const INVITATIONS: &str = "INVITATION#";
/// Sort keys of workspaces begin with it.
pub const WORKSPACES: &str = "WORKSPACE#";

/// Sort keys. Items know their ids as text, everybody else as types: both come here.
pub(super) mod sk {
    use std::fmt::Display;

    use crate::domain::AddressKey;

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

    pub(in crate::items) fn workspace(workspace: impl Display) -> String {
        format!("{}{workspace}", super::WORKSPACES)
    }

    pub(in crate::items) fn audit(id: impl Display) -> String {
        format!("AUDIT#{id}")
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

    /// That a user is a member of an organization, as seen from the user.
    pub fn pointer(user: &UserId, organization: OrganizationId) -> Self {
        Self::of_user(user, sk::pointer(organization))
    }

    /// The answer to a request that may come again.
    pub fn idempotency(user: &UserId, route: &str, key: &str) -> Self {
        Self::of_user(user, sk::idempotency(route, key))
    }

    /// An organization's details.
    pub fn organization(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::META)
    }

    /// How many organization admins it has, apart from META: only a change that concerns an admin touches it.
    pub fn admins(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::ADMINS)
    }

    pub fn subscription(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::SUBSCRIPTION)
    }

    /// Its seats, apart from META so that joining and inviting never touch that.
    pub fn seats(organization: OrganizationId) -> Self {
        Self::of_organization(organization, sk::SEATS)
    }

    /// One of its members.
    pub fn member(organization: OrganizationId, user: &UserId) -> Self {
        Self::of_organization(organization, sk::member(user))
    }

    /// Who holds an address in it: one live invitation or one member.
    pub fn address(organization: OrganizationId, address: &AddressKey) -> Self {
        Self::of_organization(organization, sk::address(address))
    }

    /// One of its invitations.
    pub fn invitation(organization: OrganizationId, invitation: InvitationId) -> Self {
        Self::of_organization(organization, sk::invitation(invitation))
    }

    /// How many invitation emails one address was sent on one day, whichever organizations invited it.
    pub fn mailbox(address: &AddressKey, day: &str) -> Self {
        Self { pk: format!("MAILBOX#{address}"), sk: format!("EMAILS#{day}") }
    }

    /// As DynamoDB's API has it.
    pub fn to_attributes(&self) -> Attributes {
        Attributes::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// Whether a sort key is that of a member.
pub fn is_member(key: &str) -> bool {
    is::<UserId>(key, MEMBERS)
}

/// Whether a sort key is that of an invitation.
pub fn is_invitation(key: &str) -> bool {
    is::<InvitationId>(key, INVITATIONS)
}

/// Whether a sort key is that of a membership pointer.
pub fn is_pointer(key: &str) -> bool {
    is::<OrganizationId>(key, POINTERS)
}

fn is<T: FromStr>(key: &str, prefix: &str) -> bool {
    key.strip_prefix(prefix).is_some_and(|id| id.parse::<T>().is_ok())
}

/// The partition of a user.
pub fn user_partition(user: &UserId) -> String {
    Key::of_user(user, "").pk
}

/// The partition of an organization.
pub fn organization_partition(organization: OrganizationId) -> String {
    Key::of_organization(organization, "").pk
}
