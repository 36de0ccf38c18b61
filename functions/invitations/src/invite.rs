use shared::{
    domain::{
        Authority, Invitation, InvitationId, InvitationLimits, InvitationState, InvitationTerms, Member,
        OrganizationId, Timestamp, Violation, WorkspaceGrant, WorkspaceId,
    },
    failure::Failure,
    http::{Caller, Code, Once, Problem, Reply},
    items::{AddressGuardItem, Holder, SeatsItem},
    table::{Attempt, CreateInvitationCheck, Found, Occasion, Refused, Replaced, StoreError, TRIES, Table},
};

use crate::seats::{NoRoom, Room};

/// A request to invite a person to an organization.
#[derive(Clone, Debug)]
pub(crate) struct Invite {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: Caller,
    /// What the invitation is going to be called.
    pub(crate) id: InvitationId,
    pub(crate) terms: InvitationTerms,
}

impl Invite {
    /// The invitation that is asked for, made at `now`.
    pub(crate) fn invitation(self, now: Timestamp) -> Invitation {
        let InvitationTerms { email, roles, expires_in, message, locale, channel, workspaces } = self.terms;
        Invitation {
            id: self.id,
            organization_id: self.organization,
            email,
            roles,
            inviter_username: self.actor.other_username(),
            invited_by: self.actor.user_id,
            inviter_name: None,
            message,
            locale,
            created_at: now,
            expires_at: now.plus_days(expires_in.get()),
            state: InvitationState::Pending,
            delivery: channel.begins(now),
            secret_hashes: Vec::new(),
            expired_hashes: Vec::new(),
            workspaces,
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
    /// R23: workspaces with these positions in the request do not exist.
    NoWorkspaces(Vec<usize>),
    NoRoom(NoRoom),
}

impl NotInvited {
    /// # Errors
    /// When one of the workspaces is gone.
    pub(crate) fn no_workspaces(grants: &[WorkspaceGrant], is_gone: impl Fn(&WorkspaceId) -> bool) -> Result<(), Self> {
        let gone = grants.iter().enumerate().filter(|(_, grant)| is_gone(&grant.workspace)).map(|(index, _)| index);
        let gone: Vec<_> = gone.collect();
        if gone.is_empty() { Ok(()) } else { Err(Self::NoWorkspaces(gone)) }
    }
}

impl From<NoRoom> for NotInvited {
    fn from(reason: NoRoom) -> Self {
        Self::NoRoom(reason)
    }
}

impl From<NotInvited> for Problem {
    fn from(reason: NotInvited) -> Self {
        match reason {
            NotInvited::AlreadyAMember => Self::new(
                Code::AlreadyAMember,
                "A member of the organization has this email address. Change the roles of that member instead.",
            ),
            NotInvited::AlreadyPending => Self::new(
                Code::InvitationAlreadyPending,
                "The invited person can still accept it. Resend it, or revoke it and invite again.",
            ),
            NotInvited::NoWorkspaces(gone) => Self::validation(
                gone.into_iter()
                    .map(|index| Violation {
                        pointer: format!("/workspaces/{index}/workspaceId"),
                        detail: "must be the id of a workspace of this organization".to_owned(),
                    })
                    .collect(),
            ),
            NotInvited::NoRoom(reason) => reason.into(),
        }
    }
}

/// Invites (R13, R16, R24): one transaction. It is tried again where an invitation that nobody can accept any more holds the
/// address, and where it is the first of the day.
pub(crate) async fn invite(
    table: &Table,
    invitation: &Invitation,
    limits: InvitationLimits,
    once: Once,
    occasion: &Occasion,
) -> Result<Reply, Failure<NotInvited>> {
    let authority = Authority::to_grant(invitation.organization_id, invitation.invited_by.clone(), invitation.roles);
    let mut attempt = Attempt::default();
    let mut room = Room::new(table, invitation.organization_id, &invitation.invited_by, limits);
    for _ in 0..TRIES {
        match table.create_invitation(&authority, invitation, limits, &attempt, once.record(), occasion).await? {
            Ok(committed) => return Ok(once.settle(committed)),
            Err(refused) => {
                let is_gone = |workspace: &WorkspaceId| refused.contains(CreateInvitationCheck::Workspace(*workspace));
                NotInvited::no_workspaces(&invitation.workspaces, is_gone).map_err(Failure::Reason)?;
                attempt.replaced = what_holds_the_address(table, invitation, &refused, occasion.at).await?;
                if attempt.replaced.is_none() && refused.contains(CreateInvitationCheck::Mailbox) {
                    return Err(Failure::Reason(NoRoom::TooManyToAddress(occasion.at.until_tomorrow()).into()));
                }
                let seats = refused.found::<SeatsItem, SeatsItem>(CreateInvitationCheck::Seats)?;
                attempt.day = room.make(seats, attempt.replaced.is_none(), occasion).await?;
            }
        }
    }
    Err(StoreError::contended("the address keeps changing hands").into())
}

/// The invitation that stands in the way, if nobody can accept it any more: it has expired, or its inviter has left or may no
/// longer grant its roles. It must not block the address (I15).
async fn what_holds_the_address(
    table: &Table,
    invitation: &Invitation,
    refused: &Refused<CreateInvitationCheck>,
    now: Timestamp,
) -> Result<Option<Replaced>, Failure<NotInvited>> {
    let (id, expiry) = match refused.found::<AddressGuardItem, Holder>(CreateInvitationCheck::Address)? {
        Found::Was(Holder::Member(_)) => return Err(Failure::Reason(NotInvited::AlreadyAMember)),
        Found::Was(Holder::Invitation(id, expiry)) => (id, expiry),
        // Nothing, or it was let go in between.
        Found::HeldUp | Found::Missing => return Ok(None),
    };
    if expiry <= now {
        return Ok(Some(Replaced::Expired(id)));
    }
    let organization = invitation.organization_id;
    let Some((held, inviter)) = table.invitation_with_inviter(organization, id).await? else { return Ok(None) };
    orphaned(&held, inviter.as_ref()).map(Some).map_err(Failure::Reason)
}

/// A pending invitation that nobody can accept any more: its inviter has left, or may no longer grant its roles.
///
/// # Errors
/// When the inviter still may.
pub(crate) fn orphaned(held: &Invitation, inviter: Option<&Member>) -> Result<Replaced, NotInvited> {
    let authority = Authority::to_grant(held.organization_id, held.invited_by.clone(), held.roles);
    match authority.refusal(inviter) {
        Some(_) => Ok(Replaced::Orphaned(held.id, authority)),
        None => Err(NotInvited::AlreadyPending),
    }
}
