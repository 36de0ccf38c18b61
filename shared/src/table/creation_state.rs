use super::{StoreError, Table};
use crate::{
    domain::{User, UserId},
    items::{IdempotencyItem, Key, UserItem},
};

/// What the table says before a user creates an organization.
#[derive(Debug)]
pub struct CreationState {
    pub user: Option<User>,
    /// What the same request was answered before.
    pub answered: Option<IdempotencyItem>,
}

impl Table {
    /// Whether a user may create an organization, before that costs a question to Cognito. Decides nothing: the transaction
    /// does.
    pub async fn creation_state(&self, user: &UserId, answered: Option<Key>) -> Result<CreationState, StoreError> {
        let profile = Key::profile(user);
        let mut batch = self.batch_get([profile.clone()].into_iter().chain(answered.clone())).await?;
        let user: Option<UserItem> = batch.take(profile)?;
        let answered = answered.map(|key| batch.take(key)).transpose()?.flatten();
        Ok(CreationState { user: user.map(User::from), answered })
    }
}
