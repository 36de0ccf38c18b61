use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, keys::sk, parse};
use crate::domain::{
    Organization, OrganizationDetails, OrganizationId, OrganizationName, OrganizationStatus, Seats, Subscription,
    SubscriptionStatus, UserId, Version,
};

/// `ORG#org` / `META`
#[derive(Debug, Serialize, Deserialize)]
pub struct OrganizationItem {
    organization_id: String,
    name: String,
    phone: Option<String>,
    website: Option<String>,
    industry: Option<String>,
    company_size: Option<String>,
    country: Option<String>,
    status: String,
    created_at: String,
    created_by: String,
    version: String,
    /// Who is an organization admin: what the last-admin rule is a condition on (R10, I1).
    #[serde(with = "serde_dynamo::string_set")]
    admin_ids: Vec<String>,
}

impl Item for OrganizationItem {
    const ENTITY: &'static str = "organization";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::META)
    }
}

impl OrganizationItem {
    /// A new organization, whose only admin is its founder.
    pub fn founded(organization: &Organization) -> Self {
        let details = organization.details.clone();
        Self {
            organization_id: organization.id.to_string(),
            name: details.name.as_str().to_owned(),
            phone: details.phone,
            website: details.website,
            industry: details.industry,
            company_size: details.company_size,
            country: details.country,
            status: organization.status.name().to_owned(),
            created_at: organization.created_at.to_string(),
            created_by: organization.created_by.to_string(),
            version: organization.version.as_str().to_owned(),
            admin_ids: vec![organization.created_by.to_string()],
        }
    }
}

impl TryFrom<OrganizationItem> for Organization {
    type Error = Corrupt;

    fn try_from(item: OrganizationItem) -> Result<Self, Corrupt> {
        Ok(Self {
            id: parse::<OrganizationItem, _>("organization_id", item.organization_id.parse())?,
            details: OrganizationDetails {
                name: parse::<OrganizationItem, _>("name", OrganizationName::parse(&item.name))?,
                phone: item.phone,
                website: item.website,
                industry: item.industry,
                company_size: item.company_size,
                country: item.country,
            },
            status: OrganizationStatus::Active,
            created_at: parse::<OrganizationItem, _>("created_at", item.created_at.parse())?,
            created_by: parse::<OrganizationItem, UserId>("created_by", item.created_by.parse())?,
            version: Version::from(item.version),
        })
    }
}

/// `ORG#org` / `SUBSCRIPTION`
#[derive(Debug, Serialize, Deserialize)]
pub struct SubscriptionItem {
    organization_id: String,
    plan: String,
    status: String,
    billing_contact: String,
    version: String,
}

impl Item for SubscriptionItem {
    const ENTITY: &'static str = "subscription";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::SUBSCRIPTION)
    }
}

impl SubscriptionItem {
    /// What an organization is founded with.
    pub fn new(organization: OrganizationId, subscription: &Subscription) -> Self {
        Self {
            organization_id: organization.to_string(),
            plan: subscription.plan.clone(),
            status: subscription.status.name().to_owned(),
            billing_contact: subscription.billing_contact.as_str().to_owned(),
            version: subscription.version.as_str().to_owned(),
        }
    }
}

impl TryFrom<SubscriptionItem> for Subscription {
    type Error = Corrupt;

    fn try_from(item: SubscriptionItem) -> Result<Self, Corrupt> {
        Ok(Self {
            plan: item.plan,
            status: SubscriptionStatus::Active,
            billing_contact: parse::<SubscriptionItem, _>("billing_contact", item.billing_contact.parse())?,
            version: Version::from(item.version),
        })
    }
}

/// `ORG#org` / `SEATS`
#[derive(Debug, Serialize, Deserialize)]
pub struct SeatsItem {
    organization_id: String,
    seats_used: u64,
    /// Here rather than in SUBSCRIPTION, so that one condition on one item compares both (R16).
    seat_limit: u64,
}

impl Item for SeatsItem {
    const ENTITY: &'static str = "seats";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::SEATS)
    }
}

impl SeatsItem {
    /// What an organization is founded with.
    pub fn new(organization: OrganizationId, seats: Seats) -> Self {
        Self { organization_id: organization.to_string(), seats_used: seats.used, seat_limit: seats.limit }
    }
}

impl From<SeatsItem> for Seats {
    fn from(item: SeatsItem) -> Self {
        Self { used: item.seats_used, limit: item.seat_limit }
    }
}
