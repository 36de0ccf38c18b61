use shared::{
    domain::{Invitation, InvitationStatus, InvitationToken, Timestamp, UserId},
    failure::Failure,
    http::{Code, Problem},
    items::Key,
    table::{InvitationToAnswer, Table},
};

/// Why a token is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// No mail ever carried it.
    Unknown,
    /// I3: one secret, one acceptance.
    Accepted,
    Declined,
    Revoked,
    /// I10: refused from the instant of expiry.
    Expired,
}

impl From<Unusable> for Problem {
    fn from(unusable: Unusable) -> Self {
        const NEW_INVITATION: &str = "This link no longer works. Ask the organization for a new invitation.";
        match unusable {
            Unusable::Unknown => Self::new(
                Code::InvitationNotFound,
                "No invitation belongs to this link. Open the link in the invitation email again, or copy all of it.",
            ),
            Unusable::Accepted => Self::new(
                Code::InvitationAlreadyAccepted,
                "Each invitation can be accepted only once. To open the organization, sign in with the account that accepted it.",
            ),
            Unusable::Declined => Self::new(Code::InvitationDeclined, NEW_INVITATION),
            Unusable::Revoked => Self::new(Code::InvitationRevoked, NEW_INVITATION),
            Unusable::Expired => Self::new(Code::InvitationExpired, NEW_INVITATION),
        }
    }
}

/// Finds the invitation that a token belongs to, in one round trip.
///
/// # Errors
/// `Unknown`, also where only the secret is wrong; or the table did not do its part.
pub(crate) async fn find<R: From<Unusable>>(
    table: &Table,
    token: &InvitationToken,
    reader: Option<&UserId>,
    answered: Option<Key>,
) -> Result<InvitationToAnswer, Failure<R>> {
    let found = table.invitation_by_token(token, reader, answered).await?;
    found.ok_or_else(|| Failure::Reason(Unusable::Unknown.into()))
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
