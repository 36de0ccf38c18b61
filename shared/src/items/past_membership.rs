use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Item, Key, Text, field::role_set, keys::sk};
use crate::domain::{OrganizationId, RoleSet, Timestamp, UserId};

/// The roles that a member had until an instant, `ORG#org` / `HISTORY#sub#instant#uuid`. The transaction that changes the
/// roles or ends the membership writes it. So the items after an instant and the current members tell who had which role
/// at that instant. Joining writes none: the member itself says when that was.
#[derive(Debug, Serialize, Deserialize)]
pub struct PastMembershipItem {
    organization_id: Text<OrganizationId>,
    pub(crate) user_id: Text<UserId>,
    /// The first instant at which this no longer held.
    pub(crate) until: Text<Timestamp>,
    /// Distinguishes the end of a membership from a change in the next one, if they have one instant.
    past_membership_id: Text<Uuid>,
    #[serde(with = "role_set")]
    pub(crate) roles: RoleSet,
    /// When the membership began, if this is its end.
    pub(crate) joined_at: Option<Text<Timestamp>>,
    ttl: Option<i64>,
}

impl Item for PastMembershipItem {
    const ENTITY: &'static str = "past_membership";

    fn key(&self) -> Key {
        Key::of_organization(
            &self.organization_id,
            sk::past_membership(&self.user_id, &self.until, &self.past_membership_id),
        )
    }
}

impl PastMembershipItem {
    /// The roles of a member until `until`. `joined_at`: the beginning of the membership, if it ends. `ttl`: when DynamoDB
    /// may delete the item.
    pub fn new(
        (organization, user): (OrganizationId, UserId),
        until: Timestamp,
        roles: RoleSet,
        joined_at: Option<Timestamp>,
        (id, ttl): (Uuid, Option<i64>),
    ) -> Self {
        Self {
            organization_id: Text(organization),
            user_id: Text(user),
            until: Text(until),
            past_membership_id: Text(id),
            roles,
            joined_at: joined_at.map(Text),
            ttl,
        }
    }
}
