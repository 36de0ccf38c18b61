use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::domain::OrganizationId;

/// The number of organization admins, `ORG#org` / `ADMINS`. The last-admin rule is a condition on it (R10, I1).
///
/// It is a number and not a list of ids, so its size does not depend on the number of admins. It is always correct:
/// every transaction that changes it also has a condition on the member item, which says whether that member is an
/// organization admin.
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
    /// Creates the item of a new organization, whose only admin is its creator.
    pub fn new(organization: OrganizationId) -> Self {
        Self { organization_id: Text(organization), admins: 1 }
    }
}
