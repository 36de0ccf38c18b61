use super::{
    Occasion, Table, Written, admins,
    expression::Expression,
    seats::released,
    transaction::{AuditRecord, Past, Transaction},
};
use crate::{
    domain::{Authority, Member, Role},
    items::{AuditAction, Key},
};

/// The conditions of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalCheck {
    /// The member has not changed since it was read.
    Member,
    /// An organization admin remains (R10).
    LastAdmin,
}

impl Table {
    /// Ends a membership, not the account (R18). The actor of `authority` removes `member`, or `member` leaves if there
    /// is no authority (R9). `member` must not have changed since it was read.
    pub async fn remove_member(
        &self,
        member: &Member,
        authority: Option<&Authority>,
        occasion: &Occasion,
    ) -> Written<RemovalCheck> {
        let organization = member.organization_id;
        let mut transaction = Transaction::new(self);
        if let Some(authority) = authority {
            transaction = transaction.authorize(authority);
        }
        if member.roles.contains(Role::OrganizationAdmin) {
            let (count, one_remains) = admins::one_fewer();
            transaction = transaction.update(RemovalCheck::LastAdmin, &Key::admins(organization), count, one_remains);
        }
        let unchanged = Expression::new("#version = :version").string(":version", member.version.as_str());
        let theirs = Expression::new("#member_id = :member").string(":member", &member.user_id);
        let (release, in_use) = released(1);
        let record = AuditRecord {
            actor: Some(authority.map_or(&member.user_id, Authority::actor)),
            action: if authority.is_some() { AuditAction::MemberRemoved } else { AuditAction::MemberLeft },
            target: Some(member.user_id.to_string()),
            roles: None,
        };
        let occasion = &Occasion { at: member.instant_of_change(occasion.at), ..occasion.clone() };
        let past = Past { user: &member.user_id, roles: member.roles, joined_at: Some(member.joined_at) };
        transaction
            .delete(RemovalCheck::Member, &Key::member(organization, &member.user_id), unchanged)
            .delete(None, &Key::pointer(&member.user_id, organization), Expression::new("attribute_exists(#pk)"))
            .delete(None, &Key::address(organization, &member.email.key()), theirs)
            .update(None, &Key::seats(organization), release, in_use)
            .audit_membership(organization, occasion, record, past)
            .commit()
            .await
    }
}
