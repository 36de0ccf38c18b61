use super::{
    EmailAddress, OrganizationDetails, OrganizationId, Timestamp, UserId, Version, WorkspaceId, WorkspaceName, named,
};

/// A group of users who share a subscription (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What it says about itself.
    pub details: OrganizationDetails,
    /// Whether it is in use.
    pub status: OrganizationStatus,
    /// When it was founded.
    pub created_at: Timestamp,
    /// Who founded it.
    pub created_by: UserId,
    /// Changes with every change of its details.
    pub version: Version,
}

/// Whether an organization is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationStatus {
    /// In use.
    Active,
}

impl OrganizationStatus {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Active];

    /// The name on the wire and in the table.
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
    /// Which plan, in the operator's own words.
    pub plan: String,
    /// Whether it is in force.
    pub status: SubscriptionStatus,
    /// Who gets the bills; the founder, to begin with.
    pub billing_contact: EmailAddress,
    /// Changes with every change.
    pub version: Version,
}

/// Whether a subscription is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionStatus {
    /// In force.
    Active,
}

impl SubscriptionStatus {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Active];

    /// The name on the wire and in the table.
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
    /// Taken.
    pub used: u64,
    /// There are.
    pub limit: u64,
}

/// Where an organization's members work (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// What it is called.
    pub name: WorkspaceName,
    /// Whether it is the one that the organization started with.
    pub is_default: bool,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// Changes with every change.
    pub version: Version,
}
