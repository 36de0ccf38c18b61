use super::{StoreError, Table};
use crate::{
    domain::{Invitation, InvitationId, Member, OrganizationId},
    items::{InvitationItem, Item, Key},
};

impl Table {
    /// An invitation and its inviter, if the inviter is still a member. Two round trips, for the one case that needs them: a
    /// pending invitation stands in the way of another one.
    pub async fn invitation_with_inviter(
        &self,
        organization: OrganizationId,
        invitation: InvitationId,
    ) -> Result<Option<(Invitation, Option<Member>)>, StoreError> {
        let Some(found) = self.get(&Key::invitation(organization, invitation)).await? else { return Ok(None) };
        let found = Invitation::from(InvitationItem::from_attributes(found)?);
        let inviter = self.membership(organization, &found.invited_by).await?;
        Ok(Some((found, inviter)))
    }
}
