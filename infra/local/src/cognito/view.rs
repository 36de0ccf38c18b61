//! What is shown of users: who they are, and the codes that they have not used yet.

use jiff::Timestamp;
use serde::Serialize;

use super::{Cognito, codes::Code, users::User};

/// A user. Never a password, not even its hash.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView {
    pub(crate) sub: String,
    pub(crate) email: String,
    pub(crate) email_verified: bool,
    pub(crate) status: &'static str,
    pub(crate) enabled: bool,
    pub(crate) created: String,
    pub(crate) codes: Vec<CodeView>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CodeView {
    pub(crate) code: String,
    pub(crate) purpose: &'static str,
}

impl Cognito {
    /// Newest first.
    pub(super) fn view(&self) -> Vec<UserView> {
        let mut users: Vec<(i64, UserView)> =
            self.store.read(|state| state.users.all().map(|user| (user.created, view(user))).collect());
        users.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
        users.into_iter().map(|(_, user)| user).collect()
    }
}

fn view(user: &User) -> UserView {
    let codes = [
        ("confirms the sign-up", user.confirmation.as_ref()),
        ("resets the password", user.reset.as_ref()),
        ("verifies the email address", user.verification.as_ref().map(|verification| &verification.code)),
    ];
    let pending = |(purpose, code): (_, Option<&Code>)| Some(CodeView { code: code?.pending()?.to_owned(), purpose });
    let created = Timestamp::from_millisecond(user.created).unwrap_or_default();
    UserView {
        sub: user.sub.clone(),
        email: user.email().to_owned(),
        email_verified: user.email_is_verified(),
        status: user.status.name(),
        enabled: !user.disabled,
        created: created.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        codes: codes.into_iter().filter_map(pending).collect(),
    }
}
