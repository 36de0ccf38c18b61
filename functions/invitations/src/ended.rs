use shared::{
    domain::InvitationState,
    http::{Code, Problem},
};

/// The invitation is over for good: what somebody who manages users can do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Accepted,
    Declined,
    Revoked,
}

impl Ended {
    /// Nothing while the invitation is pending or can be resent.
    pub(crate) fn of(state: InvitationState) -> Option<Self> {
        match state {
            InvitationState::Pending | InvitationState::Expired => None,
            InvitationState::Accepted => Some(Self::Accepted),
            InvitationState::Declined => Some(Self::Declined),
            InvitationState::Revoked => Some(Self::Revoked),
        }
    }
}

impl From<Ended> for Problem {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Accepted => Self::new(
                Code::InvitationAlreadyAccepted,
                "The person is a member now, or was one. To end a membership, remove the member.",
            ),
            Ended::Declined => Self::new(
                Code::InvitationDeclined,
                "The invited person declined. To ask again, create a new invitation.",
            ),
            Ended::Revoked => {
                Self::new(Code::InvitationRevoked, "A member revoked this invitation. To ask again, create a new one.")
            }
        }
    }
}
