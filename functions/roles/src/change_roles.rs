use shared::{
    domain::{Authority, Member, OrganizationId, Permission, PermissionSet, Refusal, RoleSet, UserId, Version},
    http::{Code, Problem},
    items::MemberItem,
    table::{Occasion, Refused, RoleChange, RoleChangeCheck, StoreError, Table, WriteError},
};

/// Somebody wants a member to hold exactly `roles`.
#[derive(Clone, Debug)]
pub struct ChangeRoles {
    /// Where.
    pub organization: OrganizationId,
    /// Who wants it.
    pub actor: UserId,
    /// Whose roles; nothing if the path names something that cannot be a user.
    pub member: Option<UserId>,
    /// All of them.
    pub roles: RoleSet,
    /// Only if the member is still as the actor saw it.
    pub if_match: Option<Version>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRolesError {
    /// R7, R8, R12
    #[error("the actor may not")]
    Refused(Refusal),
    /// R9
    #[error("nobody changes their own roles")]
    OwnRoles,
    /// There is no such member.
    #[error("there is no such member")]
    MemberNotFound,
    /// The member has changed since the actor looked.
    #[error("the member has changed")]
    VersionMismatch,
    /// R10
    #[error("no organization admin would remain")]
    LastAdmin,
    /// The table did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ChangeRolesError> for Problem {
    fn from(error: ChangeRolesError) -> Self {
        match error {
            ChangeRolesError::Refused(refusal) => refusal.into(),
            ChangeRolesError::OwnRoles => {
                Self::new(Code::CannotChangeOwnRoles, "Ask another member who may manage users to change your roles.")
            }
            ChangeRolesError::MemberNotFound => {
                Self::new(Code::MemberNotFound, "The organization has no member with this id.")
            }
            ChangeRolesError::VersionMismatch => Self::new(
                Code::VersionMismatch,
                "Read the member again, decide again, and send the new ETag as If-Match.",
            ),
            ChangeRolesError::LastAdmin => {
                Self::new(Code::LastOrganizationAdmin, "Make somebody else an organization admin first.")
            }
            ChangeRolesError::Store(error) => error.into(),
        }
    }
}

/// How often the actor's own roles may change under the request before it gives up.
const TRIES: usize = 4;

/// Changes roles (R7 to R11). Answers with whose they are and the member's new version.
///
/// The transaction is tried at once as if the actor were an organization admin, who may change anybody: one round trip for
/// most. If the check on the actor fails, it has returned what the actor does hold, and a second try is made with exactly
/// that. Nothing is ever decided by what was read: each try carries its own conditions.
///
/// # Errors
/// See [`ChangeRolesError`].
pub async fn change_roles(
    table: &Table,
    request: &ChangeRoles,
    occasion: &Occasion,
) -> Result<(UserId, Version), ChangeRolesError> {
    let Some(member) = request.member.clone().filter(|member| *member != request.actor) else {
        return Err(own_or_unknown(table, request).await);
    };
    let version = table.environment().new_version();
    let change = RoleChange { member, roles: request.roles, if_match: request.if_match.clone(), version };
    let mut held = PermissionSet::of(RoleSet::FOUNDER);
    for _ in 0..TRIES {
        let authority = Authority::new(request.organization, request.actor.clone(), held);
        match table.change_roles(&authority, &change, occasion).await {
            Ok(()) => return Ok((change.member, change.version)),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Refused(refused)) => {
                match refused.found::<MemberItem>(RoleChangeCheck::Actor).map_err(StoreError::from)? {
                    Some(actor) => held = what_the_actor_holds(request, actor)?,
                    None => return Err(why(&refused, request, held)?),
                }
            }
        }
    }
    Err(StoreError::Unavailable("the actor's roles keep changing".into()).into())
}

/// The actor's permissions, if they suffice to manage users and to grant the new roles.
fn what_the_actor_holds(request: &ChangeRoles, actor: Option<MemberItem>) -> Result<PermissionSet, ChangeRolesError> {
    let actor = actor.map(Member::from);
    let needed = Authority::to_grant(request.organization, request.actor.clone(), request.roles);
    match (needed.refusal(actor.as_ref()), actor) {
        (None, Some(actor)) => Ok(actor.permissions()),
        (refusal, _) => Err(ChangeRolesError::Refused(refusal.unwrap_or(Refusal::NotAMember))),
    }
}

/// The actor may manage users and grant the new roles; something about the member stands against it.
fn why(
    refused: &Refused<RoleChangeCheck>,
    request: &ChangeRoles,
    held: PermissionSet,
) -> Result<ChangeRolesError, StoreError> {
    let Some(member) = refused.found::<MemberItem>(RoleChangeCheck::Member)? else {
        return Ok(ChangeRolesError::LastAdmin);
    };
    let Some(member) = member.map(Member::from) else { return Ok(ChangeRolesError::MemberNotFound) };
    if let Err(permission) = held.decide(member.permissions()) {
        return Ok(ChangeRolesError::Refused(Refusal::NotGrantable(permission)));
    }
    debug_assert!(request.if_match.is_some(), "no other condition is left");
    Ok(ChangeRolesError::VersionMismatch)
}

/// The path names the actor, or nobody at all. What the actor is told depends on what the actor is.
async fn own_or_unknown(table: &Table, request: &ChangeRoles) -> ChangeRolesError {
    match table.read_member(request.organization, &request.actor, &request.actor).await {
        Err(error) => error.into(),
        Ok(guarded) => match guarded.open(Permission::MANAGE_USERS) {
            Err(refusal) => ChangeRolesError::Refused(refusal),
            Ok(_) if request.member.is_none() => ChangeRolesError::MemberNotFound,
            Ok(_) => ChangeRolesError::OwnRoles,
        },
    }
}
