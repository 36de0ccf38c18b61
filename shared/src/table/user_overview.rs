use futures::future::try_join;

use super::{Page, StoreError, Table, read};
use crate::{
    domain::{OrganizationId, User, UserId},
    items::{Key, UserItem},
};

/// The number of organizations that are read together with a user. The others have their own list, so that `GET /me`
/// does not grow with the number of memberships.
const FIRST_ORGANIZATIONS: u16 = 25;

/// A user with the first organizations.
#[derive(Debug)]
pub struct UserOverview {
    /// The user, unless neither the trigger nor a request has created it yet.
    pub user: Option<User>,
    /// The first organizations, ordered by id and so by age.
    pub organizations: Page<OrganizationId>,
}

impl Table {
    /// Reads a user and the first organizations, side by side, strongly consistent.
    pub async fn user_overview(&self, user: &UserId) -> Result<UserOverview, StoreError> {
        let profile = Key::profile(user);
        let organizations = self.list_my_organizations(user, FIRST_ORGANIZATIONS, None);
        let (profile, organizations) = try_join(self.get(&profile), organizations).await?;
        Ok(UserOverview { user: profile.map(read::read::<UserItem, _>).transpose()?, organizations })
    }
}
