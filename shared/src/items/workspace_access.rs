use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::{Item, Key, Text, keys::sk};
use crate::domain::{OrganizationId, Timestamp, UserId, WorkspaceAccess, WorkspaceGrant, WorkspaceId, WorkspaceRole};

/// The access of a member to a workspace, `ORG#org` / `WORKSPACE_MEMBER#ws#sub` (R23).
pub type WorkspaceAccessItem = AccessItem<OfOrganization>;

/// The same among the user's own items, `USER#sub` / `WORKSPACE#org#ws`. Every transaction writes both.
pub type WorkspacePointerItem = AccessItem<OfUser>;

/// An access, in one of two places.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct AccessItem<P> {
    organization_id: Text<OrganizationId>,
    workspace_id: Text<WorkspaceId>,
    user_id: Text<UserId>,
    role: Text<WorkspaceRole>,
    /// `joined_at` of the membership that the access belongs to.
    joined_at: Text<Timestamp>,
    #[serde(skip)]
    place: PhantomData<P>,
}

/// The partition of the organization.
#[derive(Debug)]
pub struct OfOrganization;

/// The partition of the user.
#[derive(Debug)]
pub struct OfUser;

impl Item for WorkspaceAccessItem {
    const ENTITY: &'static str = "workspace_access";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::workspace_member(&self.workspace_id, &self.user_id))
    }
}

impl Item for WorkspacePointerItem {
    const ENTITY: &'static str = "workspace_pointer";

    fn key(&self) -> Key {
        Key::of_user(&self.user_id, sk::workspace_pointer(&self.organization_id, &self.workspace_id))
    }
}

impl<P> From<&WorkspaceAccess> for AccessItem<P> {
    fn from(access: &WorkspaceAccess) -> Self {
        Self {
            organization_id: Text(access.organization),
            workspace_id: Text(access.workspace),
            user_id: Text(access.user.clone()),
            role: Text(access.role.clone()),
            joined_at: Text(access.joined_at),
            place: PhantomData,
        }
    }
}

impl<P> From<AccessItem<P>> for WorkspaceAccess {
    fn from(item: AccessItem<P>) -> Self {
        Self {
            organization: item.organization_id.0,
            workspace: item.workspace_id.0,
            user: item.user_id.0,
            role: item.role.0,
            joined_at: item.joined_at.0,
        }
    }
}

/// A workspace of an invitation.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GrantField {
    workspace_id: Text<WorkspaceId>,
    role: Text<WorkspaceRole>,
}

impl From<&WorkspaceGrant> for GrantField {
    fn from(grant: &WorkspaceGrant) -> Self {
        Self { workspace_id: Text(grant.workspace), role: Text(grant.role.clone()) }
    }
}

impl From<GrantField> for WorkspaceGrant {
    fn from(field: GrantField) -> Self {
        Self { workspace: field.workspace_id.0, role: field.role.0 }
    }
}
