use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::domain::OrganizationId;

/// `ORG#org` / `ADMINS`: what the last-admin rule is a condition on (R10, I1).
///
/// A number and no list of ids, so that it stays as small as it is however many there are. It cannot drift: every transaction
/// that changes it also holds, as a condition on the member, whether that member is an organization admin.
#[derive(Debug, Serialize, Deserialize)]
pub struct AdminsItem {
    organization_id: Text<OrganizationId>,
    admins: u32,
}

impl Item for AdminsItem {
    const ENTITY: &'static str = "admins";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::ADMINS)
    }
}

impl AdminsItem {
    /// A new organization has one admin: its creator.
    pub fn new(organization: OrganizationId) -> Self {
        Self { organization_id: Text(organization), admins: 1 }
    }
}
