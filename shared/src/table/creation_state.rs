use super::{StoreError, Table};
use crate::{
    domain::{User, UserId},
    items::{IdempotencyItem, Key, UserItem},
};

/// The state of the table before a user creates an organization.
#[derive(Debug)]
pub struct CreationState {
    pub user: Option<User>,
    /// The idempotency record of the same request, if there is one.
    pub answered: Option<IdempotencyItem>,
}

impl Table {
    /// Reads whether a user can create an organization, before the function asks Cognito. The result decides nothing;
    /// the transaction decides.
    pub async fn creation_state(&self, user: &UserId, answered: Option<Key>) -> Result<CreationState, StoreError> {
        let profile = Key::profile(user);
        let mut batch = self.batch_get([profile.clone()].into_iter().chain(answered.clone())).await?;
        let user: Option<UserItem> = batch.take(profile)?;
        let answered = answered.map(|key| batch.take(key)).transpose()?.flatten();
        Ok(CreationState { user: user.map(User::from), answered })
    }
}
