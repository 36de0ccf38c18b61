use super::{StoreError, Table};
use crate::{
    domain::{Guarded, Member, OrganizationId, UserId},
    items::Key,
};

impl Table {
    /// Reads a member for `reader`, who can be the same user.
    pub async fn read_member(
        &self,
        organization: OrganizationId,
        reader: &UserId,
        member: &UserId,
    ) -> Result<Guarded<Option<Member>>, StoreError> {
        let batch = self.batch_get([Key::member(organization, reader), Key::member(organization, member)]).await?;
        // The reader first: what cannot be read is no news to a stranger (R12).
        let Some(reader) = batch.member(organization, reader)? else { return Ok(Guarded::new(None, None)) };
        Ok(Guarded::new(Some(reader), batch.member(organization, member)?))
    }
}
