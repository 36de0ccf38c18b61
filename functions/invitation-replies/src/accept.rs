use futures::future::join;
use shared::{
    directory::{Directory, DirectoryError},
    domain::{Invitation, InvitationToken, Member},
    http::{Caller, Code, Idempotency, Problem, Reply, Reused},
    items::{Answer, IdempotencyItem, InvitationItem},
    table::{Acceptance, AcceptanceCheck, Occasion, Refused, StoreError, Table, WriteError},
};

use crate::find::{FindError, Unusable, find, usable};

/// Somebody wants to join by an invitation.
pub struct Accept {
    /// What the mail carried.
    pub token: InvitationToken,
    /// Who.
    pub caller: Caller,
    /// What makes the request the same one when it comes again.
    pub idempotency: Option<Idempotency>,
}

/// Why nobody joined.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The token is of no use.
    #[error(transparent)]
    Find(#[from] FindError),
    /// R13
    #[error("the user's address is not verified")]
    NotVerified,
    /// R13
    #[error("the invitation is for another address")]
    AnotherAddress,
    /// I2
    #[error("the user is a member already")]
    AlreadyAMember,
    /// R8, R13
    #[error("who invited may no longer grant the roles")]
    InviterLostAuthority,
    /// I9
    #[error("the idempotency key belongs to another request")]
    Reused,
    /// Cognito did not do its part.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The table did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The answer could not be written.
    #[error("the answer could not be written")]
    Answer(Problem),
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Find(error) => error.into(),
            AcceptError::NotVerified => {
                Self::new(Code::EmailNotVerified, "Verify your e-mail address with the user pool, then accept again.")
            }
            AcceptError::AnotherAddress => Self::new(
                Code::InvitationForAnotherAddress,
                "Sign in with the account whose e-mail address the invitation was sent to.",
            ),
            AcceptError::AlreadyAMember => {
                Self::new(Code::AlreadyAMember, "You are a member of the organization already.")
            }
            AcceptError::InviterLostAuthority => Self::new(
                Code::InviterLostAuthority,
                "Ask the organization for a new invitation, from somebody who may grant these roles.",
            ),
            AcceptError::Reused => Reused.into(),
            AcceptError::Directory(error) => error.into(),
            AcceptError::Store(error) => error.into(),
            AcceptError::Answer(problem) => problem,
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub enum Accepted {
    /// The user joined.
    Now(Reply),
    /// The same request had let them join before; this is what it was answered.
    Before(Answer),
}

/// Accepts (R13): reads the invitation and asks Cognito side by side, then joins in one transaction. The secret and the
/// address, as Cognito has it now and verified, are both needed; the inviter's authority is checked by the transaction.
///
/// # Errors
/// See [`AcceptError`].
pub async fn accept(
    table: &Table,
    directory: &dyn Directory,
    request: &Accept,
    reply: impl Fn(&Member) -> Result<Reply, Problem>,
    occasion: &Occasion,
) -> Result<Accepted, AcceptError> {
    let location = request.idempotency.as_ref().map(Idempotency::location);
    let look = find(table, &request.token, location, occasion.at);
    let (found, identity) = join(look, directory.identity(&request.caller.username)).await;
    let found = found?;
    if let Some(answer) = answered(found.answered, request, occasion)? {
        return Ok(Accepted::Before(answer));
    }
    found.live.map_err(FindError::from)?;
    let invitation = &found.invitation;
    let user = identity?.into_user(request.caller.user_id.clone(), occasion.at);
    if !user.email_verified {
        return Err(AcceptError::NotVerified);
    }
    if !user.email.is_same_mailbox(&invitation.email) {
        return Err(AcceptError::AnotherAddress);
    }
    if invitation.invited_by == user.id {
        // Who invited an address and took it over later has no authority over themselves (R9).
        return Err(AcceptError::InviterLostAuthority);
    }
    let member = Member {
        organization_id: invitation.organization_id,
        user_id: user.id.clone(),
        email: invitation.email.clone(),
        name: user.name.clone(),
        roles: invitation.roles,
        joined_at: occasion.at,
        version: table.environment().new_version(),
    };
    let reply = reply(&member).map_err(AcceptError::Answer)?;
    let record = request.idempotency.as_ref().map(|idempotency| idempotency.record(&reply, occasion.at));
    let acceptance = Acceptance { invitation, user: &user, member: &member };
    match table.accept_invitation(&acceptance, record.as_ref(), occasion).await {
        Ok(()) => Ok(Accepted::Now(reply)),
        Err(WriteError::Store(error)) => Err(error.into()),
        Err(WriteError::Refused(refused)) => {
            let record = refused.found::<IdempotencyItem>(AcceptanceCheck::Idempotency).map_err(StoreError::from)?;
            match answered(record.flatten(), request, occasion)? {
                Some(answer) => Ok(Accepted::Before(answer)),
                None => Err(why(&refused, occasion)?),
            }
        }
    }
}

/// The answer to the same request, if there is one.
fn answered(
    record: Option<IdempotencyItem>,
    request: &Accept,
    occasion: &Occasion,
) -> Result<Option<Answer>, AcceptError> {
    match record.zip(request.idempotency.as_ref()) {
        Some((record, idempotency)) => idempotency.replay(record, occasion.at).map_err(|Reused| AcceptError::Reused),
        None => Ok(None),
    }
}

/// Something changed after the invitation was read; the transaction found out what.
fn why(refused: &Refused<AcceptanceCheck>, occasion: &Occasion) -> Result<AcceptError, StoreError> {
    if let Some(invitation) = refused.found::<InvitationItem>(AcceptanceCheck::Invitation)? {
        let invitation = invitation.map(Invitation::from);
        let live = invitation.map_or(Err(Unusable::Unknown), |invitation| usable(&invitation, occasion.at));
        return Ok(FindError::from(live.err().unwrap_or(Unusable::Unknown)).into());
    }
    Ok(if refused.contains(AcceptanceCheck::Member) {
        AcceptError::AlreadyAMember
    } else if refused.contains(AcceptanceCheck::Inviter) {
        AcceptError::InviterLostAuthority
    } else {
        StoreError::Unexpected("a part of the invitation is missing".into()).into()
    })
}
