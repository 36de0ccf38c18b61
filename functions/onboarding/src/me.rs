use futures::future::try_join3;
use jiff::SignedDuration;
use shared::{
    directory::{DirectoryError, Identity},
    domain::{Membership, Onboarding, Timestamp, User},
    http::{Caller, Problem},
    metrics::Metric,
    table::{StoreError, Table},
    telemetry,
};

use crate::Onboarding as Function;

/// The time for which the data of a user is cached after onboarding. Cognito sends no event when an email address
/// changes. A call for every request would use up the quota of the pool on the busiest route.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// A user with the next step of onboarding and the memberships.
#[derive(Debug)]
pub(crate) struct Me {
    pub(crate) user: User,
    /// The number of pending invitations to the user's verified email address.
    pub(crate) invitations: u64,
    /// The first memberships.
    pub(crate) memberships: Vec<Membership>,
    /// The position at which `GET /organizations` continues, if there are more.
    pub(crate) more_memberships: Option<String>,
}

/// Reads a user's own state in two round trips. Creates a user whose trigger never ran (R4, R6).
///
/// # Errors
/// `email-not-verified` when Cognito has no address for the user, `temporarily-unavailable`.
pub(crate) async fn me(table: &Table, function: &Function, caller: &Caller, now: Timestamp) -> Result<Me, Problem> {
    let overview = table.user_overview(&caller.user_id).await?;
    let identity = match &overview.user {
        Some(user) if is_believed(user, now) => None,
        known => ask(function, caller, known.is_some(), now).await?,
    };
    let fresh = identity.map(|identity| identity.into_user(caller.user_id.clone(), now));
    let is_new = overview.user.is_none();
    let decided = decide(overview.user, fresh).ok_or_else(|| Problem::from(DirectoryError::Unknown))?;
    let save = async {
        match decided {
            Decided::Save(ref user) => {
                let saved = table.save_user(user).await?;
                if is_new {
                    table.environment().metrics().count(Metric::UsersRepaired);
                }
                Ok(saved)
            }
            Decided::Keep(ref user) => Ok(user.clone()),
        }
    };
    let count = async {
        // Nobody is told about invitations to an address that they have not verified.
        let current = decided.user();
        if current.email_verified { table.count_invitations(&current.email.key(), now).await } else { Ok(0) }
    };
    let memberships = table.memberships(&caller.user_id, &overview.organizations.items);
    let (user, invitations, memberships) =
        try_join3(save, count, memberships).await.map_err(|error: StoreError| Problem::from(error))?;
    Ok(Me { user, invitations, memberships, more_memberships: overview.organizations.next })
}

/// Whether the stored data of a user is recent enough not to ask Cognito. While onboarding is open, a verification must
/// be visible at once.
fn is_believed(known: &User, now: Timestamp) -> bool {
    known.onboarding == Onboarding::Complete && now < known.as_of.plus(BELIEVED_FOR)
}

/// The decision about a user's stored data.
#[derive(Debug, PartialEq, Eq)]
enum Decided {
    /// Cognito returned new data, which must be stored.
    Save(User),
    /// The stored data stays as it is.
    Keep(User),
}

impl Decided {
    fn user(&self) -> &User {
        match self {
            Self::Save(user) | Self::Keep(user) => user,
        }
    }
}

/// Decides between the `known` user from the table and the `fresh` user from Cognito, if Cognito was asked. `None` if
/// neither exists.
fn decide(known: Option<User>, fresh: Option<User>) -> Option<Decided> {
    let said = |user: &User| (user.email.clone(), user.email_verified, user.name.clone(), user.locale.clone());
    match (known, fresh) {
        (Some(known), Some(fresh)) => {
            let is_news = said(&known) != said(&fresh) || fresh.as_of >= known.as_of.plus(BELIEVED_FOR);
            Some(if is_news { Decided::Save(fresh) } else { Decided::Keep(known) })
        }
        (Some(known), None) => Some(Decided::Keep(known)),
        (None, fresh) => fresh.map(Decided::Save),
    }
}

/// Asks Cognito for the user. If Cognito is not available, a known user is returned from the table. If the account no
/// longer exists, that is an error.
async fn ask(
    function: &Function,
    caller: &Caller,
    is_known: bool,
    now: Timestamp,
) -> Result<Option<Identity>, DirectoryError> {
    match function.identity(caller, now).await {
        Err(error @ DirectoryError::Unavailable(_)) if is_known => {
            tracing::warn!(
                error = telemetry::chain(&error),
                "the user pool did not answer, so the stored user was returned"
            );
            Ok(None)
        }
        Err(DirectoryError::TooOften(_)) if is_known => Ok(None),
        answer => answer.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(email: &str, minute: i64) -> User {
        let at: Timestamp = "2026-01-02T03:00:00Z".parse().unwrap();
        User {
            id: "u-1".parse().unwrap(),
            email: email.parse().unwrap(),
            email_verified: true,
            name: None,
            locale: None,
            onboarding: Onboarding::Complete,
            created_organization: None,
            granted_organizations: 0,
            as_of: at.plus(SignedDuration::from_mins(minute)),
        }
    }

    #[test]
    fn only_news_is_written_down() {
        let (known, moved) = (user("ada@example.com", 0), user("ada@example.net", 1));
        assert_eq!(decide(Some(known.clone()), None), Some(Decided::Keep(known.clone())));
        assert_eq!(decide(Some(known.clone()), Some(user("ada@example.com", 1))), Some(Decided::Keep(known.clone())));
        assert_eq!(decide(Some(known.clone()), Some(moved.clone())), Some(Decided::Save(moved.clone())));
        let confirmed = user("ada@example.com", 5);
        assert_eq!(decide(Some(known), Some(confirmed.clone())), Some(Decided::Save(confirmed)));
        assert_eq!(decide(None, Some(moved.clone())), Some(Decided::Save(moved)));
        assert_eq!(decide(None, None), None);
    }

    #[test]
    fn a_user_whose_onboarding_is_open_is_asked_about_every_time() {
        let known = user("ada@example.com", 0);
        assert!(is_believed(&known, known.as_of.plus(SignedDuration::from_mins(4))));
        assert!(!is_believed(&known, known.as_of.plus(SignedDuration::from_mins(5))));
        let open = User { onboarding: Onboarding::Open, ..known.clone() };
        assert!(!is_believed(&open, known.as_of));
    }
}
