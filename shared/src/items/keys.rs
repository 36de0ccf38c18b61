//! Every key of the table, in one place. Each names a user or an organization, so that no item of one organization can
//! be reached with the id of another (R19, I6).

use aws_sdk_dynamodb::types::AttributeValue;

use super::Attributes;
use crate::domain::{AddressKey, InvitationId, OrganizationId, UserId, WorkspaceId};

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition: `USER#sub` or `ORG#org`.
    pub pk: String,
    /// What it is there.
    pub sk: String,
}

/// Sort keys of a user's partition from here on: memberships, then the profile. Idempotency records sort before.
pub const USER_OVERVIEW_FROM: &str = "ORG#";
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

impl Key {
    fn of_user(user: &UserId, sk: String) -> Self {
        Self { pk: user_partition(user), sk }
    }

    fn of_organization(organization: OrganizationId, sk: String) -> Self {
        Self { pk: organization_partition(organization), sk }
    }

    /// A user.
    pub fn profile(user: &UserId) -> Self {
        Self::of_user(user, PROFILE.to_owned())
    }

    /// That a user is a member of an organization, as seen from the user.
    pub fn pointer(user: &UserId, organization: OrganizationId) -> Self {
        Self::of_user(user, format!("{POINTERS}{organization}"))
    }

    /// The answer to a request that may come again.
    pub fn idempotency(user: &UserId, route: &str, key: &str) -> Self {
        Self::of_user(user, format!("IDEMPOTENCY#{route}#{key}"))
    }

    /// An organization's details and its administrators.
    pub fn organization(organization: OrganizationId) -> Self {
        Self::of_organization(organization, "META".to_owned())
    }

    /// Its subscription.
    pub fn subscription(organization: OrganizationId) -> Self {
        Self::of_organization(organization, "SUBSCRIPTION".to_owned())
    }

    /// Its seats, apart from META so that joining and inviting never touch that.
    pub fn seats(organization: OrganizationId) -> Self {
        Self::of_organization(organization, "SEATS".to_owned())
    }

    /// One of its members.
    pub fn member(organization: OrganizationId, user: &UserId) -> Self {
        Self::of_organization(organization, format!("{MEMBERS}{user}"))
    }

    /// Who holds an address in it: one live invitation or one member.
    pub fn address(organization: OrganizationId, address: &AddressKey) -> Self {
        Self::of_organization(organization, format!("ADDRESS#{}", address.as_str()))
    }

    /// One of its invitations.
    pub fn invitation(organization: OrganizationId, invitation: InvitationId) -> Self {
        Self::of_organization(organization, format!("{INVITATIONS}{invitation}"))
    }

    /// One of its workspaces.
    pub fn workspace(organization: OrganizationId, workspace: WorkspaceId) -> Self {
        Self::of_organization(organization, format!("{WORKSPACES}{workspace}"))
    }

    /// One record of what was done in it. `id` is a UUIDv7: records sort by time.
    pub fn audit(organization: OrganizationId, id: &str) -> Self {
        Self::of_organization(organization, format!("AUDIT#{id}"))
    }

    /// As DynamoDB's API has it.
    pub fn to_attributes(&self) -> Attributes {
        Attributes::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// The partition of a user.
pub fn user_partition(user: &UserId) -> String {
    format!("USER#{user}")
}

/// The partition of an organization.
pub fn organization_partition(organization: OrganizationId) -> String {
    format!("ORG#{organization}")
}
