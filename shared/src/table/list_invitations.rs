use super::{Page, StoreError, Table, expression::Expression, read, read::ListQuery};
use crate::{
    domain::{Guarded, Invitation, InvitationState, InvitationStatus, OrganizationId, Permission, Timestamp, UserId},
    items::{InvitationItem, keys},
};

/// Which invitations are wanted.
#[derive(Clone, Copy, Debug)]
pub struct InvitationFilter {
    /// Those that have this status at `now`; all if nothing is given.
    pub status: Option<InvitationStatus>,
    pub now: Timestamp,
}

impl InvitationFilter {
    /// The status as a condition: an expired invitation may still be `pending` in the table (I10).
    fn expression(self) -> Option<Expression> {
        let pending = InvitationState::Pending.name();
        let status = self.status?;
        Some(match status {
            InvitationStatus::Pending => Expression::new("#state = :pending AND #expires_at > :now")
                .string(":pending", pending)
                .string(":now", self.now),
            InvitationStatus::Expired => {
                Expression::new("#state = :expired OR (#state = :pending AND #expires_at <= :now)")
                    .string(":expired", InvitationState::Expired.name())
                    .string(":pending", pending)
                    .string(":now", self.now)
            }
            other => Expression::new("#state = :state").string(":state", other.name()),
        })
    }
}

impl Table {
    /// A page of invitations, the newest first, for `reader`.
    pub async fn list_invitations(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        filter: InvitationFilter,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Page<Invitation>>, StoreError> {
        let list = ListQuery {
            partition: keys::organization_partition(organization),
            prefix: keys::INVITATIONS,
            limit,
            after,
            newest_first: true,
            filter: filter.expression(),
        };
        let page = self.guarded_list(organization, reader, Permission::VIEW_USERS, list).await?;
        Ok(page.map(|page| page.listed(read::read::<InvitationItem, _>)))
    }
}
