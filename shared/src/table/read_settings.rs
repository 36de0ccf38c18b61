use futures::future::try_join;

use super::{
    StoreError, Table,
    read::{self, ListQuery},
};
use crate::{
    domain::{Guarded, Organization, OrganizationId, Seats, Subscription, UserId, Workspace},
    items::{Key, OrganizationItem, SeatsItem, SubscriptionItem, WorkspaceItem, keys},
};

/// The contents of all settings tabs, without members and invitations.
#[derive(Clone, Debug)]
pub struct Settings {
    pub organization: Organization,
    pub subscription: Subscription,
    pub seats: Seats,
    /// The workspaces, the oldest first, at most 100.
    pub workspaces: Vec<Workspace>,
}

impl Table {
    /// Reads the settings for `reader`: four small items and the workspaces, side by side, in one round trip. Separate
    /// reads for each tab would need more code.
    pub async fn read_settings(
        &self,
        organization: OrganizationId,
        reader: &UserId,
    ) -> Result<Guarded<Settings>, StoreError> {
        let keys = [
            Key::organization(organization),
            Key::subscription(organization),
            Key::seats(organization),
            Key::member(organization, reader),
        ];
        let workspaces = ListQuery {
            partition: keys::organization_partition(organization),
            prefix: keys::WORKSPACES,
            limit: 100,
            after: None,
            newest_first: false,
        };
        let (mut batch, workspaces) = try_join(self.batch_get(keys), self.list(workspaces)).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(reader) = batch.member(organization, reader)? else { return Ok(Guarded::found(None, None)) };
        let found: Option<OrganizationItem> = batch.take(Key::organization(organization))?;
        let subscription: Option<SubscriptionItem> = batch.take(Key::subscription(organization))?;
        let seats: Option<SeatsItem> = batch.take(Key::seats(organization))?;
        let (Some(found), Some(subscription), Some(seats)) = (found, subscription, seats) else {
            return Ok(Guarded::found(None, None));
        };
        let settings = Settings {
            organization: found.into(),
            subscription: subscription.into(),
            seats: seats.into(),
            workspaces: workspaces.listed(read::read::<WorkspaceItem, _>).items,
        };
        Ok(Guarded::new(Some(reader), settings))
    }
}
