use shared::{
    domain::{
        Authority, Delivery, DeliveryStatus, Invitation, InvitationId, InvitationState, InvitationTerms,
        OrganizationId, Timestamp, UserId,
    },
    failure::Failure,
    http::{Code, Once, Problem, Reply},
    items::{AddressGuardItem, Holder},
    table::{CreateInvitationCheck, Found, Occasion, Refused, Replaced, StoreError, TRIES, Table},
};

/// A request to invite a person to an organization.
#[derive(Clone, Debug)]
pub(crate) struct Invite {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: UserId,
    /// What the invitation is going to be called.
    pub(crate) id: InvitationId,
    pub(crate) terms: InvitationTerms,
}

impl Invite {
    /// The invitation that is asked for, made at `now`.
    pub(crate) fn invitation(self, now: Timestamp) -> Invitation {
        let InvitationTerms { email, roles, expires_in, message, locale } = self.terms;
        Invitation {
            id: self.id,
            organization_id: self.organization,
            email,
            roles,
            invited_by: self.actor,
            inviter_name: None,
            message,
            locale,
            created_at: now,
            expires_at: now.plus_days(expires_in.get()),
            state: InvitationState::Pending,
            delivery: Delivery { status: DeliveryStatus::Queued, reason: None, at: now },
            secret_hashes: Vec::new(),
        }
    }
}

/// Why nobody was invited.
#[derive(Debug)]
pub(crate) enum NotInvited {
    /// A member joined with this address.
    AlreadyAMember,
    /// R13: one live invitation per organization and address.
    AlreadyPending,
    /// R16: all seats are taken.
    SeatLimit,
}

impl From<NotInvited> for Problem {
    fn from(reason: NotInvited) -> Self {
        match reason {
            NotInvited::AlreadyAMember => Self::new(
                Code::AlreadyAMember,
                "A member of the organization has this address. Change that member's roles instead.",
            ),
            NotInvited::AlreadyPending => Self::new(
                Code::InvitationAlreadyPending,
                "Wait for the answer to the invitation that this address already has.",
            ),
            NotInvited::SeatLimit => Self::new(
                Code::SeatLimitReached,
                "Members and live invitations take all seats of the subscription. Free one or raise the limit.",
            ),
        }
    }
}

/// Invites (R13, R16): one transaction, tried a second time only where an expired invitation still holds the address.
pub(crate) async fn invite(
    table: &Table,
    invitation: &Invitation,
    once: Once,
    occasion: &Occasion,
) -> Result<Reply, Failure<NotInvited>> {
    let authority = Authority::to_grant(invitation.organization_id, invitation.invited_by.clone(), invitation.roles);
    let mut replaced = None;
    for _ in 0..TRIES {
        match table.create_invitation(&authority, invitation, replaced, once.record(), occasion).await? {
            Ok(committed) => return Ok(once.settle(committed)),
            Err(refused) => replaced = what_holds_the_address(&refused, occasion.at)?,
        }
    }
    Err(StoreError::contended("the address keeps changing hands").into())
}

/// The expired invitation that stands in the way, if that is all that does.
fn what_holds_the_address(
    refused: &Refused<CreateInvitationCheck>,
    now: Timestamp,
) -> Result<Option<Replaced>, Failure<NotInvited>> {
    match refused.found::<AddressGuardItem, Holder>(CreateInvitationCheck::Address)? {
        Found::Was(Holder::Member(_)) => Err(Failure::Reason(NotInvited::AlreadyAMember)),
        Found::Was(Holder::Invitation(_, expiry)) if expiry > now => Err(Failure::Reason(NotInvited::AlreadyPending)),
        Found::Was(Holder::Invitation(expired, _)) => Ok(Some(Replaced(expired))),
        _ if refused.contains(CreateInvitationCheck::Seats) => Err(Failure::Reason(NotInvited::SeatLimit)),
        // The address was let go in between.
        Found::HeldUp | Found::Missing => Ok(None),
    }
}
