use shared::{
    domain::{
        Authority, Days, DeliveryChannel, DeliveryStatus, Invitation, InvitationId, InvitationLimits, InvitationState,
        InvitationToken, OrganizationId, Permission,
    },
    failure::Failure,
    http::{Caller, Code, Idempotency, Problem, Reply},
    items::{AddressGuardItem, Holder, SeatsItem},
    table::{DayCount, Occasion, Refused, Resend, ResendCheck, StoreError, TRIES, Table},
};

use crate::{
    ended::Ended,
    link::Link,
    seats::{NoRoom, Room},
    unknown,
};

/// A request to send an invitation again.
pub(crate) struct ResendRequest {
    pub(crate) organization: OrganizationId,
    pub(crate) id: InvitationId,
    pub(crate) actor: Caller,
    /// For how long the invitation is good from now on.
    pub(crate) expires_in: Days,
    pub(crate) channel: DeliveryChannel,
    /// The actor says that the address is right, after a bounce or a complaint.
    pub(crate) confirms_address: bool,
    pub(crate) idempotency: Option<Idempotency>,
}

/// Why an invitation was not sent again.
#[derive(Debug)]
pub(crate) enum NotResent {
    Ended(Ended),
    NoRoom(NoRoom),
    /// The last email bounced, or its reader complained.
    Undeliverable(Option<String>),
    /// A member joined with the address.
    AlreadyAMember,
    /// Another invitation holds the address (R13).
    AlreadyPending,
}

impl From<NoRoom> for NotResent {
    fn from(reason: NoRoom) -> Self {
        Self::NoRoom(reason)
    }
}

impl From<NotResent> for Problem {
    fn from(reason: NotResent) -> Self {
        match reason {
            NotResent::Ended(ended) => ended.into(),
            NotResent::NoRoom(reason) => reason.into(),
            NotResent::Undeliverable(reason) => Self::new(
                Code::AddressUndeliverable,
                format!(
                    "The last email to this address failed{}. If the address is right, resend with `confirmAddress`. Otherwise, revoke this invitation and invite the right address.",
                    reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
                ),
            ),
            NotResent::AlreadyAMember => Self::new(
                Code::AlreadyAMember,
                "A member of the organization has this email address. Change the roles of that member instead.",
            ),
            NotResent::AlreadyPending => Self::new(
                Code::InvitationAlreadyPending,
                "This email address has a newer invitation. Resend that one, or create a new invitation.",
            ),
        }
    }
}

/// Sends an invitation again (R13): with a new secret, until a new expiry, in the name of whoever asks for it. Two round
/// trips.
///
/// # Errors
/// See [`NotResent`]; `invitation-not-found`; or that the actor may not (R8).
pub(crate) async fn resend(
    table: &Table,
    limits: InvitationLimits,
    link: &Link,
    request: ResendRequest,
    occasion: &Occasion,
) -> Result<Reply, Problem> {
    let mut room = Room::new(table, request.organization, &request.actor.user_id, limits);
    let mut day = DayCount::default();
    for _ in 0..TRIES {
        let answered = request.idempotency.as_ref().map(Idempotency::location);
        let guarded =
            table.invitation_to_change(request.organization, &request.actor.user_id, request.id, answered).await?;
        let (reader, read) = guarded.open(Permission::MANAGE_USERS)?;
        if let Some((kept, asked)) = read.answered.zip(request.idempotency.as_ref())
            && let Some(answer) = kept.replay(asked.fingerprint(), occasion.at).map_err(Failure::<NotResent>::from)?
        {
            return Ok(answer.into());
        }
        let before = read.invitation.ok_or_else(unknown)?;
        allowed(&before, &request)?;
        let secret = (request.channel == DeliveryChannel::Link).then(|| table.environment().random_bytes());
        let token = secret.map(|secret| InvitationToken::new(request.organization, request.id, secret));
        let after = Invitation {
            invited_by: request.actor.user_id.clone(),
            inviter_name: reader.name,
            inviter_username: request.actor.other_username(),
            expires_at: occasion.at.plus_days(request.expires_in.get()),
            state: InvitationState::Pending,
            delivery: request.channel.begins(occasion.at),
            secret_hashes: token.iter().map(|token| token.hash().as_str().to_owned()).collect(),
            ..before.clone()
        };
        let once = link.reply(202, &after, token.as_ref(), request.idempotency.clone(), occasion.at)?;
        let authority = Authority::to_grant(request.organization, after.invited_by.clone(), before.roles);
        let resend = Resend { before: &before, after: &after, confirms_address: request.confirms_address };
        let written = table.resend_invitation(&authority, resend, limits, &day, once.record(), occasion).await;
        match written.map_err(Failure::<NotResent>::from)? {
            Ok(committed) => return Ok(once.settle(committed)),
            // What else failed was asked of an invitation that has changed: it is read again first.
            Err(refused) if refused.contains(ResendCheck::Invitation) => {}
            Err(refused) => day = what_stood_in_the_way(table, &mut room, resend, &refused, occasion).await?,
        }
    }
    Err(StoreError::contended("the invitation keeps changing").into())
}

/// What the next try assumes about the day.
///
/// # Errors
/// When no other try will fare better.
async fn what_stood_in_the_way(
    table: &Table,
    room: &mut Room<'_>,
    resend: Resend<'_>,
    refused: &Refused<ResendCheck>,
    occasion: &Occasion,
) -> Result<DayCount, Failure<NotResent>> {
    match refused.found::<AddressGuardItem, Holder>(ResendCheck::Address)?.was() {
        Some(Holder::Member(_)) => return Err(Failure::Reason(NotResent::AlreadyAMember)),
        Some(Holder::Invitation(id, expiry)) if id != resend.before.id => {
            // One that has expired does not block the address: the next try finds it gone.
            if expiry > occasion.at {
                return Err(Failure::Reason(NotResent::AlreadyPending));
            }
            table.reclaim_seats(resend.before.organization_id, occasion).await?;
        }
        Some(Holder::Invitation(..)) | None => {}
    }
    if refused.contains(ResendCheck::Mailbox) {
        return Err(Failure::Reason(NoRoom::TooManyToAddress(occasion.at.until_tomorrow()).into()));
    }
    let seats = refused.found::<SeatsItem, SeatsItem>(ResendCheck::Seats)?;
    room.make(seats, resend.uses_a_seat(), occasion).await
}

/// Whether an invitation in this state can be sent again.
fn allowed(before: &Invitation, request: &ResendRequest) -> Result<(), NotResent> {
    if let Some(ended) = Ended::of(before.state) {
        return Err(NotResent::Ended(ended));
    }
    let has_failed = matches!(before.delivery.status, DeliveryStatus::Bounced | DeliveryStatus::Complained);
    if has_failed && request.channel == DeliveryChannel::Email && !request.confirms_address {
        return Err(NotResent::Undeliverable(before.delivery.reason.clone()));
    }
    Ok(())
}
