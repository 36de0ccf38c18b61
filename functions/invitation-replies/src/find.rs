use shared::{
    domain::{Invitation, InvitationStatus, InvitationToken, Organization, Timestamp},
    http::{Code, Problem},
    items::{IdempotencyItem, Key},
    table::{StoreError, Table},
};

/// Why a token is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No mail ever carried it.
    #[error("no invitation has this token")]
    Unknown,
    /// I3
    #[error("the invitation was accepted")]
    Accepted,
    /// The invited person did not want it.
    #[error("the invitation was declined")]
    Declined,
    /// The organization took it back.
    #[error("the invitation was revoked")]
    Revoked,
    /// I10
    #[error("the invitation has expired")]
    Expired,
}

impl From<Unusable> for Problem {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::Unknown => Self::new(
                Code::InvitationNotFound,
                "Use the link exactly as the mail has it; everything after `token=` belongs to it.",
            ),
            Unusable::Accepted => Self::new(
                Code::InvitationAlreadyAccepted,
                "An invitation can be accepted once. Sign in to open the organization.",
            ),
            Unusable::Declined => Self::new(Code::InvitationDeclined, "Ask the organization for a new invitation."),
            Unusable::Revoked => Self::new(Code::InvitationRevoked, "Ask the organization for a new invitation."),
            Unusable::Expired => Self::new(Code::InvitationExpired, "Ask the organization for a new invitation."),
        }
    }
}

/// The invitation that a token belongs to.
#[derive(Debug)]
pub struct Found {
    /// The invitation.
    pub invitation: Invitation,
    /// The organization that invites.
    pub organization: Organization,
    /// What the same request was answered before.
    pub answered: Option<IdempotencyItem>,
    /// Whether it can still be answered.
    pub live: Result<(), Unusable>,
}

/// Finds the invitation that a token belongs to, in one round trip.
///
/// # Errors
/// `Unknown`, also where only the secret is wrong; or the table did not do its part.
pub async fn find(
    table: &Table,
    token: &InvitationToken,
    answered: Option<Key>,
    now: Timestamp,
) -> Result<Found, FindError> {
    let found = table.invitation_by_token(token, answered).await?.ok_or(Unusable::Unknown)?;
    let live = usable(&found.invitation, now);
    Ok(Found { invitation: found.invitation, organization: found.organization, answered: found.answered, live })
}

/// Whether an invitation can still be answered.
///
/// # Errors
/// Why not.
pub(crate) fn usable(invitation: &Invitation, now: Timestamp) -> Result<(), Unusable> {
    match invitation.status(now) {
        InvitationStatus::Pending => Ok(()),
        InvitationStatus::Accepted => Err(Unusable::Accepted),
        InvitationStatus::Declined => Err(Unusable::Declined),
        InvitationStatus::Revoked => Err(Unusable::Revoked),
        InvitationStatus::Expired => Err(Unusable::Expired),
    }
}

/// Why no invitation was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The token is of no use.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The table did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Unusable(unusable) => unusable.into(),
            FindError::Store(error) => error.into(),
        }
    }
}
