use super::{
    Occasion, Table, Written,
    accept_invitation::{holds, not_resent, settled},
    seats::released,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Invitation, InvitationState, UserId},
    items::{AuditAction, IdempotencyItem, Key},
};

/// The conditions of declining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclineCheck {
    /// The invitation is pending and not expired, and was not resent since it was read, if it is declined by its link.
    Invitation,
}

impl Table {
    /// Declines an invitation: its seat (R16) and its address are free. The secret is all that it takes (R13), or the invited
    /// address: then `actor` is the user who has it.
    pub async fn decline_invitation(
        &self,
        invitation: &Invitation,
        actor: Option<&UserId>,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<DeclineCheck> {
        let organization = invitation.organization_id;
        let (settle, live) = settled(organization, InvitationState::Declined, actor, occasion);
        // Without an actor, the link is all that the reply has.
        let live = if actor.is_none() { live.and(not_resent(invitation)) } else { live };
        let (release, in_use) = released(1);
        let record = AuditRecord {
            actor,
            action: AuditAction::InvitationDeclined,
            target: Some(invitation.id.to_string()),
            roles: None,
        };
        Transaction::new(self)
            .update(DeclineCheck::Invitation, &Key::invitation(organization, invitation.id), settle, live)
            .delete(None, &Key::address(organization, &invitation.email.key()), holds(invitation.id))
            .update(None, &Key::seats(organization), release, in_use)
            .answer(idempotency, occasion)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}
