use futures::future::try_join3;

use super::{
    StoreError, Table,
    read::{self, ListQuery},
};
use crate::{
    domain::{Guarded, InvitationState, Organization, OrganizationId, Seats, Subscription, UserId, Workspace},
    items::{Key, List, OrganizationItem, SeatsItem, SubscriptionItem, WorkspaceItem, keys, listing::Span},
};

/// The contents of all settings tabs, without members and invitations.
#[derive(Clone, Debug)]
pub struct Settings {
    pub organization: Organization,
    pub subscription: Subscription,
    pub seats: Seats,
    /// The seats that expired invitations use until the sweeper or a request releases them; at most 1,000 are counted.
    pub expired_invitations: u64,
    /// The workspaces, the oldest first, at most 100.
    pub workspaces: Vec<Workspace>,
}

impl Table {
    /// Reads the settings for `reader`: four small items, the workspaces and the number of expired invitations,
    /// side by side, in one round trip. Separate
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
        let pending = List::Invitations(InvitationState::Pending);
        let expired = self.count_listed(organization, pending, Span::until(self.environment.now()));
        let (mut batch, workspaces, expired) = try_join3(self.batch_get(keys), self.list(workspaces), expired).await?;
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
            expired_invitations: expired,
            workspaces: workspaces.listed(read::read::<WorkspaceItem, _>).items,
        };
        Ok(Guarded::new(Some(reader), settings))
    }
}
