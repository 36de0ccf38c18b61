use super::{
    Occasion, Table, Written, admins,
    expression::Expression,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, PermissionSet, Role, RoleSet, UserId, Version},
    items::{AuditAction, Key, List},
};

/// That a member shall hold exactly these roles.
#[derive(Clone, Debug)]
pub struct RoleChange {
    pub member: UserId,
    pub roles: RoleSet,
    /// Only if the member is still as the client saw it.
    pub if_match: Option<Version>,
    /// What the member is afterwards.
    pub version: Version,
    /// Whether the member is taken to be an organization admin now. The transaction makes a condition of it.
    pub is_admin: bool,
}

/// The conditions of a change of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChangeCheck {
    /// The actor's membership gives the authority.
    Actor,
    /// The member exists, is as the client saw it, is an organization admin or not as it was taken to be, and holds no role
    /// beyond the authority (R8).
    Member,
    /// An organization admin remains (R10).
    LastAdmin,
}

impl Table {
    /// Changes a member's roles in one round trip: what the member holds now is not read but made a condition (R8): no role
    /// beyond what `authority` covers. The number of admins is touched only if it changes.
    pub async fn change_roles(
        &self,
        authority: &Authority,
        change: &RoleChange,
        occasion: &Occasion,
    ) -> Written<RoleChangeCheck> {
        let organization = authority.organization();
        let mut member = Expression::new("attribute_exists(#pk)").and(admins::is_admin(change.is_admin));
        for role in Role::ALL {
            if !authority.required().contains_all(PermissionSet::of_role(role)) {
                let placeholder = format!(":{role}");
                member = member
                    .and(Expression::new(format!("NOT contains(#roles, {placeholder})")).string(&placeholder, role));
            }
        }
        if let Some(version) = &change.if_match {
            member = member.and(Expression::new("#version = :seen").string(":seen", version.as_str()));
        }
        let set = Expression::new("SET #roles = :new_roles, #list = :list, #version = :new_version")
            .strings(":new_roles", change.roles.names())
            .string(":list", List::of_roles(change.roles).name(organization))
            .string(":new_version", change.version.as_str());
        let record = AuditRecord {
            actor: Some(authority.actor()),
            action: AuditAction::RolesChanged,
            target: Some(change.member.to_string()),
            roles: Some(change.roles),
        };
        let mut transaction = Transaction::new(self)
            .check(
                RoleChangeCheck::Actor,
                &Key::member(organization, authority.actor()),
                Expression::member_who_may(authority.required()),
            )
            .update(RoleChangeCheck::Member, &Key::member(organization, &change.member), set, member);
        let counted = match (change.is_admin, change.roles.contains(Role::OrganizationAdmin)) {
            (false, true) => Some(admins::one_more()),
            (true, false) => Some(admins::one_fewer()),
            _ => None,
        };
        if let Some((count, one_remains)) = counted {
            transaction =
                transaction.update(RoleChangeCheck::LastAdmin, &Key::admins(organization), count, one_remains);
        }
        transaction.audit(organization, occasion, record).commit().await
    }
}
