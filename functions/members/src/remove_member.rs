use shared::{
    domain::{Authority, Member, OrganizationId, Permission, UserId, Version},
    failure::Failure,
    http::Problem,
    table::{Occasion, RemovalCheck, StoreError, TRIES, Table},
};

/// A request to end a membership: that of another member or the actor's own.
#[derive(Clone, Debug)]
pub(crate) struct RemoveMember {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: UserId,
    pub(crate) member: UserId,
    /// The version that the member must still have, if the client sent one.
    pub(crate) if_match: Option<Version>,
}

/// The reason why no member was removed.
#[derive(Debug)]
pub(crate) enum NotRemoved {
    MemberNotFound,
    /// The member has changed since the client read it.
    VersionMismatch,
    /// No organization admin would remain (R10).
    LastAdmin,
}

impl From<NotRemoved> for Problem {
    fn from(reason: NotRemoved) -> Self {
        match reason {
            NotRemoved::MemberNotFound => Self::member_not_found(),
            NotRemoved::VersionMismatch => Self::version_mismatch("member"),
            NotRemoved::LastAdmin => Self::last_organization_admin(),
        }
    }
}

/// Removes a member, or lets the actor leave (R9). It makes one read, and then one transaction with the condition that
/// the member has not changed since.
pub(crate) async fn remove_member(
    table: &Table,
    request: &RemoveMember,
    occasion: &Occasion,
) -> Result<(), Failure<NotRemoved>> {
    for _ in 0..TRIES {
        let (member, authority) = read(table, request).await?;
        if request.if_match.as_ref().is_some_and(|seen| *seen != member.version) {
            return Err(Failure::Reason(NotRemoved::VersionMismatch));
        }
        match table.remove_member(&member, authority.as_ref(), occasion).await? {
            Ok(_) => return Ok(()),
            // The member has changed since it was read.
            Err(refused) if refused.contains(RemovalCheck::Member) => {}
            Err(_) => return Err(Failure::Reason(NotRemoved::LastAdmin)),
        }
    }
    Err(StoreError::contended("the member keeps changing").into())
}

/// Reads the member and the authority that the removal requires. To leave, the actor needs no authority.
async fn read(table: &Table, request: &RemoveMember) -> Result<(Member, Option<Authority>), Failure<NotRemoved>> {
    let guarded = table.read_member(request.organization, &request.actor, &request.member).await?;
    if request.member == request.actor {
        let (myself, _) = guarded.open_to_members()?;
        return Ok((myself, None));
    }
    let (actor, member) = guarded.open(Permission::MANAGE_USERS)?;
    let member = member.ok_or(Failure::Reason(NotRemoved::MemberNotFound))?;
    let authority = Authority::to_grant(request.organization, request.actor.clone(), member.roles);
    match authority.refusal(Some(&actor)) {
        Some(refusal) => Err(refusal.into()),
        None => Ok((member, Some(authority))),
    }
}
