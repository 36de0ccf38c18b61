use futures::future::try_join3;
use jiff::SignedDuration;
use shared::{
    directory::{Directory, DirectoryError},
    domain::{Membership, Onboarding, Timestamp, User},
    http::{Caller, Problem},
    metrics::Metric,
    table::{StoreError, Table},
};

/// For how long Cognito's word on somebody whose onboarding is over is believed. Cognito tells nobody when an address
/// changes, and asking it every time would spend the pool's request quota on the busiest route.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// A user, what is to be done, and where they are a member.
#[derive(Debug)]
pub struct Me {
    /// The user.
    pub user: User,
    /// How many live invitations wait for their verified address.
    pub invitations: u64,
    /// Their organizations.
    pub memberships: Vec<Membership>,
}

/// Reads a user's own state in two round trips; creates a user whose trigger never ran (R4, R6).
///
/// # Errors
/// `email-not-verified` when Cognito has no address for the user, `temporarily-unavailable`.
pub async fn me(table: &Table, directory: &dyn Directory, caller: &Caller, now: Timestamp) -> Result<Me, Problem> {
    let overview = table.user_overview(&caller.user_id).await?;
    let known = overview.user;
    let current = match &known {
        Some(user) if user.onboarding == Onboarding::Complete && now < user.as_of.plus(BELIEVED_FOR) => None,
        _ => ask(directory, caller, known.is_some()).await?,
    };
    let fresh = current.map(|identity| identity.into_user(caller.user_id.clone(), now));
    // Written down only when there is something new to write.
    let write = fresh.clone().filter(|fresh| known.as_ref().is_none_or(|known| is_news(known, fresh)));
    let shown = fresh.or_else(|| known.clone()).ok_or_else(|| Problem::from(DirectoryError::Unknown))?;
    let save = async {
        match write {
            Some(user) => {
                let saved = table.save_user(&user).await?;
                if known.is_none() {
                    table.environment().metrics().count(Metric::UsersRepaired);
                }
                Ok(Some(saved))
            }
            None => Ok(None),
        }
    };
    let count = async {
        // Nobody is told about invitations to an address that they have not verified.
        if shown.email_verified { table.count_invitations(&shown.email.key(), now).await } else { Ok(0) }
    };
    let memberships = async {
        if overview.organizations.is_empty() {
            Ok(Vec::new())
        } else {
            table.memberships(&caller.user_id, &overview.organizations).await
        }
    };
    let (saved, invitations, memberships) =
        try_join3(save, count, memberships).await.map_err(|error: StoreError| Problem::from(error))?;
    let user = match (saved, known) {
        (Some(saved), _) => saved,
        (None, Some(known)) => known,
        (None, None) => shown,
    };
    Ok(Me { user, invitations, memberships })
}

/// Whether what Cognito says differs from what is written down, or that was long ago.
fn is_news(known: &User, fresh: &User) -> bool {
    let said = |user: &User| (user.email.clone(), user.email_verified, user.name.clone());
    said(known) != said(fresh) || fresh.as_of >= known.as_of.plus(BELIEVED_FOR)
}

/// Cognito's word. Somebody who is known already is answered without it when it cannot be had.
async fn ask(
    directory: &dyn Directory,
    caller: &Caller,
    is_known: bool,
) -> Result<Option<shared::directory::Identity>, Problem> {
    match directory.identity(&caller.username).await {
        Ok(identity) => Ok(Some(identity)),
        Err(error) if is_known => {
            tracing::warn!(error = shared::telemetry::chain(&error), "answered from what is written down");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
