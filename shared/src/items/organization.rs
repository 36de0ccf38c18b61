use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Text,
    field::{Stored, metadata},
    keys::sk,
};
use crate::domain::{
    EmailAddress, InvitationLimits, Metadata, Organization, OrganizationDetails, OrganizationId, OrganizationName,
    OrganizationStatus, Seats, Subscription, SubscriptionStatus, Timestamp, UserId, Version,
};

/// The details of an organization, `ORG#org` / `META`.
#[derive(Debug, Serialize, Deserialize)]
pub struct OrganizationItem {
    organization_id: Text<OrganizationId>,
    name: Stored<OrganizationName>,
    phone: Option<String>,
    website: Option<String>,
    industry: Option<String>,
    company_size: Option<String>,
    country: Option<String>,
    #[serde(default, skip_serializing_if = "Metadata::is_empty", with = "metadata")]
    metadata: Metadata,
    status: Text<OrganizationStatus>,
    created_at: Text<Timestamp>,
    created_by: Text<UserId>,
    version: Text<Version>,
}

impl Item for OrganizationItem {
    const ENTITY: &'static str = "organization";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::META)
    }
}

impl From<&Organization> for OrganizationItem {
    fn from(organization: &Organization) -> Self {
        let details = organization.details.clone();
        Self {
            organization_id: Text(organization.id),
            name: Stored(details.name),
            phone: details.phone,
            website: details.website,
            industry: details.industry,
            company_size: details.company_size,
            country: details.country,
            metadata: organization.metadata.clone(),
            status: Text(organization.status),
            created_at: Text(organization.created_at),
            created_by: Text(organization.created_by.clone()),
            version: Text(organization.version.clone()),
        }
    }
}

impl From<OrganizationItem> for Organization {
    fn from(item: OrganizationItem) -> Self {
        Self {
            id: item.organization_id.0,
            details: OrganizationDetails {
                name: item.name.0,
                phone: item.phone,
                website: item.website,
                industry: item.industry,
                company_size: item.company_size,
                country: item.country,
            },
            metadata: item.metadata,
            status: item.status.0,
            created_at: item.created_at.0,
            created_by: item.created_by.0,
            version: item.version.0,
        }
    }
}

/// The subscription of an organization, `ORG#org` / `SUBSCRIPTION`.
#[derive(Debug, Serialize, Deserialize)]
pub struct SubscriptionItem {
    organization_id: Text<OrganizationId>,
    plan: String,
    status: Text<SubscriptionStatus>,
    billing_contact: Stored<EmailAddress>,
    /// Beside the limit, so that one condition on one item compares both. Both are missing in an organization of an earlier
    /// release, until it creates its second workspace.
    workspaces_used: Option<u64>,
    workspace_limit: Option<u64>,
    version: Text<Version>,
}

impl Item for SubscriptionItem {
    const ENTITY: &'static str = "subscription";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::SUBSCRIPTION)
    }
}

/// The limit of an organization of an earlier release, which had one workspace and no limit.
pub const EARLIER_WORKSPACE_LIMIT: u64 = 100;

impl SubscriptionItem {
    /// Whether the item counts the workspaces. An earlier release did not, and had no guards of their names.
    pub fn counts_workspaces(&self) -> bool {
        self.workspaces_used.is_some()
    }

    /// Creates the subscription of a new organization.
    pub fn new(organization: OrganizationId, subscription: &Subscription) -> Self {
        Self {
            organization_id: Text(organization),
            plan: subscription.plan.clone(),
            status: Text(subscription.status),
            billing_contact: Stored(subscription.billing_contact.clone()),
            workspaces_used: Some(subscription.workspaces_used),
            workspace_limit: Some(subscription.workspace_limit),
            version: Text(subscription.version.clone()),
        }
    }
}

impl From<SubscriptionItem> for Subscription {
    fn from(item: SubscriptionItem) -> Self {
        Self {
            plan: item.plan,
            status: item.status.0,
            billing_contact: item.billing_contact.0,
            workspaces_used: item.workspaces_used.unwrap_or(1),
            workspace_limit: item.workspace_limit.unwrap_or(EARLIER_WORKSPACE_LIMIT),
            version: item.version.0,
        }
    }
}

/// The seats of an organization and its invitations of the day, `ORG#org` / `SEATS`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeatsItem {
    organization_id: Text<OrganizationId>,
    seats_used: u64,
    /// The limit is in this item and not in SUBSCRIPTION, so that one condition on one item compares both (R16).
    seat_limit: u64,
    /// The day (UTC) of the two counts (R24). They are in this item, because every invitation writes it anyway.
    invitations_on: Option<String>,
    #[serde(default)]
    invitations_made: u32,
    /// The number of invitations by each inviter, see [`invitations_of`].
    #[serde(default)]
    invitations_today: BTreeMap<String, u32>,
}

/// The name of an inviter's count: `u_` and the user id, with `_` instead of `-`, which an expression cannot contain in
/// a name.
pub fn invitations_of(inviter: &UserId) -> String {
    format!("u_{}", inviter.as_str().replace('-', "_"))
}

impl Item for SeatsItem {
    const ENTITY: &'static str = "seats";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::SEATS)
    }
}

impl SeatsItem {
    /// Creates the seats of a new organization.
    pub fn new(organization: OrganizationId, seats: Seats, now: Timestamp) -> Self {
        Self {
            organization_id: Text(organization),
            seats_used: seats.used,
            seat_limit: seats.limit,
            invitations_on: Some(now.date()),
            invitations_made: 0,
            invitations_today: BTreeMap::new(),
        }
    }

    /// Whether the counts belong to a day that is over.
    pub fn is_of_another_day(&self, now: Timestamp) -> bool {
        self.invitations_on.as_deref().is_none_or(|day| day < now.date().as_str())
    }

    /// The day of the counts, if it is later than today by this machine's clock.
    pub fn later_day(&self, now: Timestamp) -> Option<String> {
        self.invitations_on.clone().filter(|day| *day > now.date())
    }

    /// Whether the organization or the inviter has reached a limit today.
    pub fn is_at_a_limit(&self, limits: InvitationLimits, inviter: &UserId) -> bool {
        let by_inviter = self.invitations_today.get(&invitations_of(inviter)).copied().unwrap_or_default();
        self.invitations_made >= limits.organization || by_inviter >= limits.inviter
    }

    /// The number of seats that members and pending invitations can use.
    pub fn limit(&self) -> u64 {
        self.seat_limit
    }

    /// As they are after one more invitation.
    pub fn count(&mut self, inviter: &UserId, uses_a_seat: bool) {
        self.invitations_made += 1;
        *self.invitations_today.entry(invitations_of(inviter)).or_default() += 1;
        self.seats_used += u64::from(uses_a_seat);
    }

    /// As they are when nobody has invited today.
    pub fn begin_day(&mut self, now: Timestamp) {
        (self.invitations_on, self.invitations_made) = (Some(now.date()), 0);
        self.invitations_today.clear();
    }

    /// As they are after this many seats were released.
    pub fn release(&mut self, seats: u64) {
        self.seats_used = self.seats_used.saturating_sub(seats);
    }

    /// Whether all seats are in use.
    pub fn is_full(&self) -> bool {
        self.seats_used >= self.seat_limit
    }
}

impl From<SeatsItem> for Seats {
    fn from(item: SeatsItem) -> Self {
        Self { used: item.seats_used, limit: item.seat_limit }
    }
}
