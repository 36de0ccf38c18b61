use shared::{
    domain::{Authority, Member, OrganizationId, Permission, Refusal, UserId},
    http::{Code, Problem},
    items::MemberItem,
    table::{Occasion, RemovalCheck, StoreError, Table, WriteError},
};

/// Somebody wants a membership to end: another's, or their own.
#[derive(Clone, Debug)]
pub struct RemoveMember {
    /// Where.
    pub organization: OrganizationId,
    /// Who wants it.
    pub actor: UserId,
    /// Whose; nothing if the path names something that cannot be a user.
    pub member: Option<UserId>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum RemoveMemberError {
    /// R7, R8, R12
    #[error("the actor may not")]
    Refused(Refusal),
    /// There is no such member.
    #[error("there is no such member")]
    MemberNotFound,
    /// R10
    #[error("no organization admin would remain")]
    LastAdmin,
    /// The table did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<RemoveMemberError> for Problem {
    fn from(error: RemoveMemberError) -> Self {
        match error {
            RemoveMemberError::Refused(refusal) => refusal.into(),
            RemoveMemberError::MemberNotFound => {
                Self::new(Code::MemberNotFound, "The organization has no member with this id.")
            }
            RemoveMemberError::LastAdmin => {
                Self::new(Code::LastOrganizationAdmin, "Make somebody else an organization admin first.")
            }
            RemoveMemberError::Store(error) => error.into(),
        }
    }
}

/// How often the member may change under the request before it gives up.
const TRIES: usize = 4;

/// Removes a member, or lets the actor leave (R9): one read, then one transaction on the member as it was read.
///
/// # Errors
/// See [`RemoveMemberError`].
pub async fn remove_member(
    table: &Table,
    request: &RemoveMember,
    occasion: &Occasion,
) -> Result<(), RemoveMemberError> {
    for _ in 0..TRIES {
        let (member, authority) = read(table, request).await?;
        match table.remove_member(&member, authority.as_ref(), occasion).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Refused(refused)) => {
                if let Some(actor) = refused.found::<MemberItem>(RemovalCheck::Actor).map_err(StoreError::from)? {
                    let actor = actor.map(Member::from);
                    if let Some(refusal) = authority.and_then(|authority| authority.refusal(actor.as_ref())) {
                        return Err(RemoveMemberError::Refused(refusal));
                    }
                } else if !refused.contains(RemovalCheck::Member) && refused.contains(RemovalCheck::LastAdmin) {
                    return Err(RemoveMemberError::LastAdmin);
                } else if !refused.contains(RemovalCheck::Member) {
                    return Err(StoreError::Unexpected("a part of the membership is missing".into()).into());
                }
                // The member has changed since it was read.
            }
        }
    }
    Err(StoreError::Unavailable("the member keeps changing".into()).into())
}

/// The member, and the authority that removing it takes; none for leaving.
async fn read(table: &Table, request: &RemoveMember) -> Result<(Member, Option<Authority>), RemoveMemberError> {
    let member = request.member.as_ref().unwrap_or(&request.actor);
    let guarded = table.read_member(request.organization, &request.actor, member).await?;
    if request.member.as_ref() == Some(&request.actor) {
        let (myself, _) = guarded.open_to_members().map_err(RemoveMemberError::Refused)?;
        return Ok((myself, None));
    }
    let (actor, member) = guarded.open(Permission::MANAGE_USERS).map_err(RemoveMemberError::Refused)?;
    let member = member.filter(|_| request.member.is_some()).ok_or(RemoveMemberError::MemberNotFound)?;
    let authority = Authority::to_grant(request.organization, request.actor.clone(), member.roles);
    match authority.refusal(Some(&actor)) {
        Some(refusal) => Err(RemoveMemberError::Refused(refusal)),
        None => Ok((member, Some(authority))),
    }
}
