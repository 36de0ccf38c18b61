use shared::{
    domain::{Invitation, InvitationState, InvitationToken, Member, User},
    failure::Failure,
    http::{Caller, Code, Idempotency, Once, Problem, Reply},
    items::InvitationItem,
    table::{Acceptance, AcceptanceCheck, Found, Occasion, Refused, StoreError, TRIES, Table},
};

use crate::InvitationReplies;
use crate::find::{Unusable, find, usable};

/// A request to join by an invitation.
pub(crate) struct Accept {
    /// What the mail carried.
    pub(crate) token: InvitationToken,
    pub(crate) caller: Caller,
    pub(crate) idempotency: Option<Idempotency>,
}

/// Why nobody joined.
#[derive(Debug)]
pub(crate) enum NotAccepted {
    Unusable(Unusable),
    /// R13: the user's address is not verified.
    NotVerified,
    /// R13: the user has another address than the invited one.
    AnotherAddress,
    /// I2: the user is a member.
    AlreadyAMember,
    /// R8, R13: the inviter may no longer grant the roles.
    InviterLostAuthority,
}

impl From<Unusable> for NotAccepted {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}

impl From<NotAccepted> for Problem {
    fn from(reason: NotAccepted) -> Self {
        match reason {
            NotAccepted::Unusable(unusable) => unusable.into(),
            NotAccepted::NotVerified => Self::new(
                Code::EmailNotVerified,
                "Your email address is not verified. Verify it, then accept the invitation again.",
            ),
            NotAccepted::AnotherAddress => Self::new(
                Code::InvitationForAnotherAddress,
                "Your account has a different email address. Sign in with the account that has the invited email address.",
            ),
            NotAccepted::AlreadyAMember => {
                Self::new(Code::AlreadyAMember, "You joined this organization before. Open it without the invitation.")
            }
            NotAccepted::InviterLostAuthority => Self::new(
                Code::InviterLostAuthority,
                "The inviter left the organization or lost a permission. Ask another member for a new invitation.",
            ),
        }
    }
}

/// Accepts (R13): reads the invitation, then asks Cognito about the user and at last about the inviter, then joins in one transaction. The
/// secret and the address, as Cognito has it now and verified, are both needed; the transaction checks the inviter's
/// authority. Cognito is asked last and only about an invitation that can be accepted: its quota belongs to the whole pool.
///
/// `reply`: what a new member is told.
pub(crate) async fn accept(
    table: &Table,
    function: &InvitationReplies,
    request: Accept,
    reply: impl Fn(&Member) -> Result<Reply, Problem>,
    occasion: &Occasion,
) -> Result<Reply, Problem> {
    let Accept { token, caller, idempotency } = request;
    let location = idempotency.as_ref().map(Idempotency::location);
    let look = || find::<NotAccepted>(table, &token, Some(&caller.user_id), location.clone());
    let mut user = None;
    for _ in 0..TRIES {
        let mut found = look().await?;
        if location.is_some() && found.invitation.state == InvitationState::Accepted {
            // A batch is no transaction: it can read the record before the same request commits, and the invitation after.
            found = look().await?;
        }
        // An answer is given again only to a user who is still a member (I7).
        if found.reader.is_some()
            && let Some((kept, asked)) = found.answered.zip(idempotency.as_ref())
            && let Some(answer) = kept.replay(asked.fingerprint(), occasion.at).map_err(Failure::<NotAccepted>::from)?
        {
            return Ok(answer.into());
        }
        let invitation = &found.invitation;
        usable(invitation, occasion.at)?;
        let user = match &mut user {
            Some(user) => user,
            user => {
                let identity = function.identity(&caller, occasion.at).await?;
                user.insert(identity.into_user(caller.user_id.clone(), occasion.at))
            }
        };
        let joining = Joining { invitation, user, idempotency: idempotency.clone() };
        if let Joined::Now(reply) = join(table, function, joining, &reply, occasion).await? {
            return Ok(reply);
        }
    }
    Err(StoreError::contended("the invitation keeps changing").into())
}

/// A user who accepts an invitation that was read.
pub(crate) struct Joining<'a> {
    pub(crate) invitation: &'a Invitation,
    /// As Cognito has them now.
    pub(crate) user: &'a User,
    pub(crate) idempotency: Option<Idempotency>,
}

/// What came of an acceptance.
pub(crate) enum Joined {
    Now(Reply),
    /// Not yet: the invitation was resent since it was read. This is how it is now.
    Resent(Box<Invitation>),
}

/// Makes the user a member, if the invitation is theirs and its inviter may still grant its roles.
pub(crate) async fn join(
    table: &Table,
    function: &InvitationReplies,
    joining: Joining<'_>,
    reply: impl Fn(&Member) -> Result<Reply, Problem>,
    occasion: &Occasion,
) -> Result<Joined, Problem> {
    let Joining { invitation, user, idempotency } = joining;
    if !user.email_verified {
        return Err(NotAccepted::NotVerified.into());
    }
    if !user.email.is_same_mailbox(&invitation.email) {
        return Err(NotAccepted::AnotherAddress.into());
    }
    // An inviter who took the invited address over later has no authority over themselves (R9), and nobody has any without
    // an account.
    if invitation.invited_by == user.id || !function.has_inviter(invitation).await? {
        return Err(NotAccepted::InviterLostAuthority.into());
    }
    let member = Member {
        organization_id: invitation.organization_id,
        user_id: user.id.clone(),
        email: invitation.email.clone(),
        name: user.name.clone(),
        locale: user.locale.clone(),
        roles: invitation.roles,
        joined_at: occasion.at,
        changed_at: None,
        version: table.environment().new_member_version(invitation.roles),
    };
    let once = Once::new(reply(&member)?, idempotency, occasion.at);
    let acceptance = Acceptance { invitation, user, member: &member, tells_inviter: function.tells_inviter };
    let written = table.accept_invitation(&acceptance, once.record(), occasion).await;
    match written.map_err(Failure::<NotAccepted>::from)? {
        Ok(committed) => Ok(Joined::Now(once.settle(committed))),
        Err(refused) => Ok(Joined::Resent(why_not(&refused, occasion)?)),
    }
}

/// Something changed after the invitation was read; the transaction found out what. If only its inviter did, this is how it is
/// now.
fn why_not(refused: &Refused<AcceptanceCheck>, occasion: &Occasion) -> Result<Box<Invitation>, Failure<NotAccepted>> {
    let reason = match refused.found::<InvitationItem, Invitation>(AcceptanceCheck::Invitation)? {
        Found::HeldUp if refused.contains(AcceptanceCheck::Member) => NotAccepted::AlreadyAMember,
        Found::HeldUp => NotAccepted::InviterLostAuthority,
        Found::Missing => Unusable::Unknown.into(),
        Found::Was(invitation) => match usable(&invitation, occasion.at) {
            Ok(()) => return Ok(Box::new(invitation)),
            Err(unusable) => unusable.into(),
        },
    };
    Err(Failure::Reason(reason))
}
