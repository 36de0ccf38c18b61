use super::{
    EmailAddress, OrganizationDetails, OrganizationId, Timestamp, UserId, Version, WorkspaceId, WorkspaceName, named,
};

/// A group of users who share a subscription (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    /// What it says about itself.
    pub details: OrganizationDetails,
    pub status: OrganizationStatus,
    pub created_at: Timestamp,
    pub created_by: UserId,
    /// Changes with every change of its details.
    pub version: Version,
}

/// Whether an organization is in use.
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

/// What an organization pays for (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub plan: String,
    pub status: SubscriptionStatus,
    /// Who gets the bills; the creator, to begin with.
    pub billing_contact: EmailAddress,
    pub version: Version,
}

/// Whether a subscription is in force.
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

/// How many seats are taken by members and live invitations, and how many there are (R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    pub used: u64,
    pub limit: u64,
}

/// Where an organization's members work (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: WorkspaceName,
    pub is_default: bool,
    pub created_at: Timestamp,
    pub version: Version,
}
