use futures::future::try_join;

use super::{Page, StoreError, Table, read};
use crate::{
    domain::{OrganizationId, User, UserId},
    items::{Key, UserItem},
};

/// How many organizations of a user are read with them. The rest is a list of its own, so that nobody's `GET /me` grows with
/// the number of their memberships.
const FIRST_ORGANIZATIONS: u16 = 25;

/// A user and where they are a member.
#[derive(Debug)]
pub struct UserOverview {
    /// Missing while neither the trigger nor a request has created the user.
    pub user: Option<User>,
    /// The first ones, by id, and so by age.
    pub organizations: Page<OrganizationId>,
}

impl Table {
    /// A user and their first organizations, side by side, strongly consistent.
    pub async fn user_overview(&self, user: &UserId) -> Result<UserOverview, StoreError> {
        let profile = Key::profile(user);
        let organizations = self.list_my_organizations(user, FIRST_ORGANIZATIONS, None);
        let (profile, organizations) = try_join(self.get(&profile), organizations).await?;
        Ok(UserOverview { user: profile.map(read::read::<UserItem, _>).transpose()?, organizations })
    }
}
