use super::{
    Occasion, Table, Written,
    accept_invitation::{ended, holds},
    expression::Expression,
    seats::released,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, Invitation, InvitationState},
    items::{AuditAction, Key},
};

/// The conditions of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeCheck {
    /// The invitation is still in the state that was read.
    Invitation,
}

impl Table {
    /// Revokes `invitation`, as it was read: its links stop working at once, and its seat (R16) and its address are free.
    ///
    /// One that has expired can be revoked, too. Then nobody can resend it.
    pub async fn revoke_invitation(
        &self,
        authority: &Authority,
        invitation: &Invitation,
        occasion: &Occasion,
    ) -> Written<RevokeCheck> {
        let organization = authority.organization();
        let end = ended(organization, InvitationState::Revoked, authority.actor(), occasion);
        let unchanged = Expression::new("#state = :was").string(":was", invitation.state.name());
        let mut transaction = Transaction::new(self).authorize(authority).update(
            RevokeCheck::Invitation,
            &Key::invitation(organization, invitation.id),
            end,
            unchanged,
        );
        // Whoever materialized its expiry has released both already.
        if invitation.state == InvitationState::Pending {
            let (release, in_use) = released(1);
            transaction = transaction
                .delete(None, &Key::address(organization, &invitation.email.key()), holds(invitation.id))
                .update(None, &Key::seats(organization), release, in_use);
        }
        let record = AuditRecord {
            actor: Some(authority.actor()),
            action: AuditAction::InvitationRevoked,
            target: Some(invitation.id.to_string()),
            roles: None,
        };
        transaction.audit(organization, occasion, record).commit().await
    }
}
