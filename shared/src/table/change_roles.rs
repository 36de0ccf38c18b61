use super::{
    Occasion, Table, Written,
    expression::Expression,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, PermissionSet, Role, RoleSet, UserId, Version},
    items::{AuditAction, Key},
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
}

/// The conditions of a change of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChangeCheck {
    /// The actor's membership gives the authority.
    Actor,
    /// The member exists, is as the client saw it, and holds no role beyond the authority (R8).
    Member,
    /// An organization admin remains (R10).
    LastAdmin,
}

impl Table {
    /// Changes a member's roles in one round trip: what the member holds now is not read but made a condition (R8): no role
    /// beyond what `authority` covers.
    pub async fn change_roles(
        &self,
        authority: &Authority,
        change: &RoleChange,
        occasion: &Occasion,
    ) -> Written<RoleChangeCheck> {
        let organization = authority.organization();
        let mut member = Expression::new("attribute_exists(#pk)");
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
        let set = Expression::new("SET #roles = :new_roles, #version = :new_version")
            .strings(":new_roles", change.roles.names())
            .string(":new_version", change.version.as_str());
        // Both ways idempotent, so the old roles need not be known.
        let target = vec![change.member.to_string()];
        let (admins, one_remains) = if change.roles.contains(Role::OrganizationAdmin) {
            (
                Expression::new("ADD #admin_ids :target").strings(":target", target),
                Expression::new("attribute_exists(#pk)"),
            )
        } else {
            (
                Expression::new("DELETE #admin_ids :target").strings(":target", target),
                Expression::new(
                    "attribute_exists(#pk) AND (NOT contains(#admin_ids, :target_id) OR size(#admin_ids) > :one)",
                )
                .string(":target_id", &change.member)
                .number(":one", 1),
            )
        };
        let record = AuditRecord {
            actor: Some(authority.actor()),
            action: AuditAction::RolesChanged,
            target: Some(change.member.to_string()),
            roles: Some(change.roles),
        };
        Transaction::new(self)
            .check(
                RoleChangeCheck::Actor,
                &Key::member(organization, authority.actor()),
                Expression::member_who_may(authority.required()),
            )
            .update(RoleChangeCheck::Member, &Key::member(organization, &change.member), set, member)
            .update(RoleChangeCheck::LastAdmin, &Key::organization(organization), admins, one_remains)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}
