use shared::{
    domain::{
        Authority, Delivery, DeliveryStatus, Invitation, InvitationId, InvitationState, InvitationTerms, Member,
        OrganizationId, Refusal, Timestamp, UserId,
    },
    http::{Code, Idempotency, Problem, Reply, Reused},
    items::{AddressGuardItem, Answer, Holder, IdempotencyItem, MemberItem},
    table::{CreateInvitationCheck, Occasion, Refused, Replaced, StoreError, Table, WriteError},
};

/// Somebody wants somebody else in an organization.
#[derive(Clone, Debug)]
pub struct Invite {
    /// In which.
    pub organization: OrganizationId,
    /// Who wants it.
    pub actor: UserId,
    /// What the invitation is going to be called.
    pub id: InvitationId,
    /// Whom, as what, for how long.
    pub terms: InvitationTerms,
}

impl Invite {
    /// The invitation that is asked for, made at `now`.
    pub fn invitation(&self, now: Timestamp) -> Invitation {
        let terms = self.terms.clone();
        Invitation {
            id: self.id,
            organization_id: self.organization,
            email: terms.email,
            roles: terms.roles,
            invited_by: self.actor.clone(),
            inviter_name: None,
            message: terms.message,
            locale: terms.locale,
            created_at: now,
            expires_at: now.plus_days(terms.expires_in.get()),
            state: InvitationState::Pending,
            delivery: Delivery { status: DeliveryStatus::Queued, reason: None, at: now },
            secret_hashes: Vec::new(),
        }
    }
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// R7, R8, R12
    #[error("the actor may not")]
    Refused(Refusal),
    /// A member joined with this address.
    #[error("the address belongs to a member")]
    AlreadyAMember,
    /// R13: one live invitation per organization and address.
    #[error("the address is invited")]
    AlreadyPending,
    /// R16
    #[error("all seats are taken")]
    SeatLimit,
    /// I9
    #[error("the idempotency key belongs to another request")]
    Reused,
    /// The table did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<InviteError> for Problem {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::Refused(refusal) => refusal.into(),
            InviteError::AlreadyAMember => Self::new(
                Code::AlreadyAMember,
                "A member of the organization has this address. Change that member's roles instead.",
            ),
            InviteError::AlreadyPending => Self::new(
                Code::InvitationAlreadyPending,
                "Wait for the answer to the invitation that this address already has.",
            ),
            InviteError::SeatLimit => Self::new(
                Code::SeatLimitReached,
                "Members and live invitations take all seats of the subscription. Free one or raise the limit.",
            ),
            InviteError::Reused => Reused.into(),
            InviteError::Store(error) => error.into(),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub enum Invited {
    /// The invitation was made.
    Now,
    /// The same request had made it before; this is what it was answered.
    Before(Answer),
}

/// How often somebody else may be quicker before the request gives up.
const TRIES: usize = 4;

/// Invites (R13, R16): one transaction, tried a second time only where an expired invitation still holds the address.
///
/// # Errors
/// See [`InviteError`].
pub async fn invite(
    table: &Table,
    request: &Invite,
    invitation: &Invitation,
    reply: &Reply,
    idempotency: Option<&Idempotency>,
    occasion: &Occasion,
) -> Result<Invited, InviteError> {
    let authority = Authority::to_grant(request.organization, request.actor.clone(), invitation.roles);
    let record = idempotency.map(|idempotency| idempotency.record(reply, occasion.at));
    let mut replaced = None;
    for _ in 0..TRIES {
        match table.create_invitation(&authority, invitation, replaced, record.as_ref(), occasion).await {
            Ok(()) => return Ok(Invited::Now),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Refused(refused)) => {
                if let Some(answer) = answered(&authority, &refused, idempotency, occasion)? {
                    return Ok(Invited::Before(answer));
                }
                replaced = what_holds_the_address(&refused, occasion.at)?;
            }
        }
    }
    Err(StoreError::Unavailable("the address keeps changing hands".into()).into())
}

/// Refuses an actor without the authority, whatever was answered before; else the answer to the same request.
fn answered(
    authority: &Authority,
    refused: &Refused<CreateInvitationCheck>,
    idempotency: Option<&Idempotency>,
    occasion: &Occasion,
) -> Result<Option<Answer>, InviteError> {
    if let Some(actor) = refused.found::<MemberItem>(CreateInvitationCheck::Actor).map_err(StoreError::from)? {
        let actor = actor.map(Member::from);
        return Err(InviteError::Refused(authority.refusal(actor.as_ref()).unwrap_or(Refusal::NotAMember)));
    }
    let record =
        refused.found::<IdempotencyItem>(CreateInvitationCheck::Idempotency).map_err(StoreError::from)?.flatten();
    match record.zip(idempotency) {
        Some((record, idempotency)) => idempotency.replay(record, occasion.at).map_err(|Reused| InviteError::Reused),
        None => Ok(None),
    }
}

/// The expired invitation that stands in the way, if that is all that does.
fn what_holds_the_address(
    refused: &Refused<CreateInvitationCheck>,
    now: Timestamp,
) -> Result<Option<Replaced>, InviteError> {
    let guard = refused.found::<AddressGuardItem>(CreateInvitationCheck::Address).map_err(StoreError::from)?;
    let holder = guard.flatten().map(Holder::try_from).transpose().map_err(StoreError::from)?;
    match holder {
        Some(Holder::Member(_)) => Err(InviteError::AlreadyAMember),
        Some(Holder::Invitation(_, expiry)) if expiry > now => Err(InviteError::AlreadyPending),
        Some(Holder::Invitation(expired, _)) => Ok(Some(Replaced(expired))),
        None if refused.contains(CreateInvitationCheck::Seats) => Err(InviteError::SeatLimit),
        // The address was let go in between.
        None => Ok(None),
    }
}
