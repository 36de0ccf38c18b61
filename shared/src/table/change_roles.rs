use super::{
    Occasion, Table, Written, admins,
    expression::Expression,
    transaction::{AuditRecord, Past, Transaction},
};
use crate::{
    domain::{Authority, Role, RoleSet, Timestamp, UserId, Version},
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
    /// The roles that the member is assumed to have now. The transaction makes this assumption a condition.
    pub previous: RoleSet,
    /// The instant of the change, which is later than that of the member's last one.
    pub at: Timestamp,
}

/// The conditions of a role change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChangeCheck {
    /// The actor's membership has the permissions of the authority.
    Actor,
    /// The member exists, and has the version that the client read and the roles that are assumed. No later change is stored.
    Member,
    /// An organization admin remains (R10).
    LastAdmin,
}

impl Table {
    /// Changes the roles of a member in one round trip, if they are as assumed. The caller has compared the assumed roles
    /// with `authority` (R8). It changes the number of admins only if necessary.
    pub async fn change_roles(
        &self,
        authority: &Authority,
        change: &RoleChange,
        occasion: &Occasion,
    ) -> Written<RoleChangeCheck> {
        let organization = authority.organization();
        let mut member =
            Expression::new("#roles = :previous AND (attribute_not_exists(#changed_at) OR #changed_at < :at)")
                .strings(":previous", change.previous.names());
        if let Some(version) = &change.if_match {
            member = member.and(Expression::new("#version = :seen").string(":seen", version.as_str()));
        }
        let set = Expression::new("SET #roles = :new_roles, #list = :list, #version = :new_version, #changed_at = :at")
            .string(":at", change.at)
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
        let is_admin = |roles: RoleSet| roles.contains(Role::OrganizationAdmin);
        let counted = match (is_admin(change.previous), is_admin(change.roles)) {
            (false, true) => Some(admins::one_more()),
            (true, false) => Some(admins::one_fewer()),
            _ => None,
        };
        if let Some((count, one_remains)) = counted {
            transaction =
                transaction.update(RoleChangeCheck::LastAdmin, &Key::admins(organization), count, one_remains);
        }
        let occasion = &Occasion { at: change.at, ..occasion.clone() };
        let past = Past { user: &change.member, roles: change.previous, joined_at: None };
        transaction.audit_membership(organization, occasion, record, past).commit().await
    }
}
