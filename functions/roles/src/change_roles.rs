use shared::{
    domain::{Authority, Member, OrganizationId, Permission, PermissionSet, Refusal, RoleSet, UserId, Version},
    failure::Failure,
    http::{Code, Problem},
    items::MemberItem,
    table::{Found, Occasion, Refused, RoleChange, RoleChangeCheck, StoreError, TRIES, Table},
};

/// A request to give a member exactly the roles `roles`.
#[derive(Clone, Debug)]
pub(crate) struct ChangeRoles {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: UserId,
    pub(crate) member: UserId,
    pub(crate) roles: RoleSet,
    /// The version that the member must still have, if the client sent one.
    pub(crate) if_match: Option<Version>,
}

/// The reason why no role was changed.
#[derive(Debug)]
pub(crate) enum NotChanged {
    /// The actor is the member. No one can change their own roles (R9).
    OwnRoles,
    MemberNotFound,
    /// The member has changed since the client read it.
    VersionMismatch,
    /// No organization admin would remain (R10).
    LastAdmin,
}

impl From<NotChanged> for Problem {
    fn from(reason: NotChanged) -> Self {
        match reason {
            NotChanged::OwnRoles => Self::new(
                Code::CannotChangeOwnRoles,
                "Only another member can change your roles. Ask a member who can manage users to do this.",
            ),
            NotChanged::MemberNotFound => Self::member_not_found(),
            NotChanged::VersionMismatch => Self::version_mismatch("member"),
            NotChanged::LastAdmin => Self::last_organization_admin(),
        }
    }
}

/// Changes roles (R7 to R11). Returns the member's new version.
///
/// The first attempt assumes that the actor is an organization admin, who can change every member. So most changes need
/// one round trip. If the check on the actor fails, it returns the actor's roles, and a second attempt requires exactly
/// those. In the same way, the first attempt assumes that the member has the roles of the version that the client read,
/// or without one only `member`. No decision depends on a read: each attempt has its own conditions, and the audit record
/// says for certain which roles the member had.
pub(crate) async fn change_roles(
    table: &Table,
    request: &ChangeRoles,
    occasion: &Occasion,
) -> Result<Version, Failure<NotChanged>> {
    let ChangeRoles { organization, actor, member, roles, if_match } = request.clone();
    if member == actor {
        // What the actor is told depends on what the actor is.
        table.read_member(organization, &actor, &actor).await?.open(Permission::MANAGE_USERS)?;
        return Err(Failure::Reason(NotChanged::OwnRoles));
    }
    let version = table.environment().new_member_version(roles);
    let previous = if_match.as_ref().and_then(Version::roles_hint).unwrap_or(RoleSet::MEMBER);
    let mut change = RoleChange { member, roles, if_match, version, previous, at: occasion.at };
    let mut held = PermissionSet::of(RoleSet::ORGANIZATION_ADMIN);
    for _ in 0..TRIES {
        held.decide(PermissionSet::of(change.previous)).map_err(Refusal::NotGrantable)?;
        let authority = Authority::new(organization, actor.clone(), held);
        let Err(refused) = table.change_roles(&authority, &change, occasion).await? else { return Ok(change.version) };
        held = match refused.found::<MemberItem, Member>(RoleChangeCheck::Actor)? {
            Found::HeldUp => match why_not(&refused, held, &change)? {
                Some(failure) => return Err(failure),
                None => held,
            },
            Found::Missing => return Err(Refusal::NotAMember.into()),
            Found::Was(member) => {
                let needed = Authority::to_grant(organization, actor.clone(), roles);
                if let Some(refusal) = needed.refusal(Some(&member)) {
                    return Err(refusal.into());
                }
                member.permissions()
            }
        };
        if let Found::Was(member) = refused.found::<MemberItem, Member>(RoleChangeCheck::Member)? {
            change.at = member.instant_of_change(occasion.at);
            change.previous = member.roles;
        }
    }
    Err(StoreError::contended("the actor's roles keep changing").into())
}

/// The reason why the change failed, although the actor can manage users and grant the new roles. `None` if only the
/// assumption about the member was wrong.
fn why_not(
    refused: &Refused<RoleChangeCheck>,
    held: PermissionSet,
    change: &RoleChange,
) -> Result<Option<Failure<NotChanged>>, StoreError> {
    Ok(match refused.found::<MemberItem, Member>(RoleChangeCheck::Member)? {
        Found::HeldUp => Some(Failure::Reason(NotChanged::LastAdmin)),
        Found::Missing => Some(Failure::Reason(NotChanged::MemberNotFound)),
        Found::Was(member) => match held.decide(member.permissions()) {
            Err(permission) => Some(Refusal::NotGrantable(permission).into()),
            Ok(()) if change.if_match.as_ref().is_some_and(|seen| *seen != member.version) => {
                Some(Failure::Reason(NotChanged::VersionMismatch))
            }
            Ok(()) => None,
        },
    })
}
