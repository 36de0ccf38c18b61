use super::{Page, StoreError, Table, listed::ListedQuery, read, read::ListQuery};
use crate::{
    domain::{Guarded, Invitation, InvitationState, InvitationStatus, OrganizationId, Permission, Timestamp, UserId},
    items::{InvitationItem, List, keys, listing, listing::Span},
};

/// Which invitations are wanted.
#[derive(Clone, Copy, Debug)]
pub struct InvitationFilter {
    /// Those that have this status at `now`; all if nothing is given.
    pub status: Option<InvitationStatus>,
    pub now: Timestamp,
}

impl InvitationFilter {
    /// Whether a text can be where a page of the list ends.
    pub fn is_key(self) -> fn(&str) -> bool {
        if self.status.is_none() { keys::is_invitation } else { listing::is_invitation }
    }

    /// An expired invitation may still be `pending` in the table (I10).
    fn parts(self, status: InvitationStatus) -> Vec<(List, Span)> {
        use InvitationState::{Accepted, Declined, Expired, Pending, Revoked};
        let all = |state| vec![(List::Invitations(state), Span::everything())];
        match status {
            InvitationStatus::Pending => vec![(List::Invitations(Pending), Span::after(self.now))],
            InvitationStatus::Expired => vec![
                (List::Invitations(Pending), Span::until(self.now)),
                (List::Invitations(Expired), Span::everything()),
            ],
            InvitationStatus::Accepted => all(Accepted),
            InvitationStatus::Declined => all(Declined),
            InvitationStatus::Revoked => all(Revoked),
        }
    }
}

impl Table {
    /// A page of invitations for `reader`, the newest first; those of one status, the one that expires last first.
    pub async fn list_invitations(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        filter: InvitationFilter,
        limit: u16,
        after: Option<&str>,
    ) -> Result<Guarded<Page<Invitation>>, StoreError> {
        let page = match filter.status {
            None => {
                let list = ListQuery {
                    partition: keys::organization_partition(organization),
                    prefix: keys::INVITATIONS,
                    limit,
                    after,
                    newest_first: true,
                };
                self.guarded_list(organization, reader, list).await?
            }
            Some(status) => {
                let (parts, limit) = (filter.parts(status), usize::from(limit));
                let query = ListedQuery { organization, parts, backwards: true, filter: None, limit };
                self.guarded_listed(reader, Permission::VIEW_USERS, query, after).await?
            }
        };
        Ok(page.map(|page| page.listed(read::read::<InvitationItem, _>)))
    }
}
