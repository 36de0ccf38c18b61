use super::{
    Occasion, Table, Written, admins,
    expression::Expression,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, PermissionSet, Role, RoleSet, UserId, Version},
    items::{AuditAction, Key, List},
};

/// A change after which a member has exactly these roles.
#[derive(Clone, Debug)]
pub struct RoleChange {
    pub member: UserId,
    pub roles: RoleSet,
    /// The version that the member must still have, if the client sent one.
    pub if_match: Option<Version>,
    /// The version of the member after the change.
    pub version: Version,
    /// Whether the member is assumed to be an organization admin now. The transaction makes this assumption a
    /// condition.
    pub is_admin: bool,
}

/// The conditions of a role change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChangeCheck {
    /// The actor's membership has the permissions of the authority.
    Actor,
    /// The member exists and has the version that the client read. It is an organization admin or not, as assumed, and
    /// has no role beyond the authority (R8).
    Member,
    /// An organization admin remains (R10).
    LastAdmin,
}

impl Table {
    /// Changes the roles of a member in one round trip. It does not read the member's current roles. A condition
    /// requires that they do not exceed `authority` (R8). It changes the number of admins only if necessary.
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
