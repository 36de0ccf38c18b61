use super::{
    EmailAddress, Metadata, OrganizationDetails, OrganizationId, Timestamp, UserId, Version, WorkspaceId,
    WorkspaceName, named,
};

/// An organization: a group of users who share a subscription (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    /// The name and the other details of the organization.
    pub details: OrganizationDetails,
    /// What the product stores with the organization.
    pub metadata: Metadata,
    pub status: OrganizationStatus,
    pub created_at: Timestamp,
    pub created_by: UserId,
    /// The version of the details and the metadata. Every change of them creates a new one.
    pub version: Version,
}

/// The status of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationStatus {
    Active,
}

impl OrganizationStatus {
    pub const ALL: [Self; 1] = [Self::Active];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
        }
    }
}

named!(OrganizationStatus);

/// The subscription of an organization (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub plan: String,
    pub status: SubscriptionStatus,
    /// The email address that receives the bills. At first, it is the creator's.
    pub billing_contact: EmailAddress,
    /// The number of workspaces, and how many there may be.
    pub workspaces_used: u64,
    pub workspace_limit: u64,
    pub version: Version,
}

/// The status of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionStatus {
    Active,
}

impl SubscriptionStatus {
    pub const ALL: [Self; 1] = [Self::Active];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
        }
    }
}

named!(SubscriptionStatus);

/// The seats that members and pending invitations use, and the limit (R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    pub used: u64,
    pub limit: u64,
}

/// A workspace of an organization (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: WorkspaceName,
    pub is_default: bool,
    pub created_at: Timestamp,
    pub version: Version,
}
