use super::{
    Occasion, Table, Written,
    accept_invitation::{holds, settled},
    remove_member::seat_given_back,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Invitation, InvitationState},
    items::{AuditAction, Key},
};

/// The conditions of declining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclineCheck {
    /// The invitation is pending and not expired.
    Invitation,
}

impl Table {
    /// Declines an invitation, gives its seat back (R16) and its address free. The secret is all that it takes (R13).
    pub async fn decline_invitation(&self, invitation: &Invitation, occasion: &Occasion) -> Written<DeclineCheck> {
        let organization = invitation.organization_id;
        let (settle, live) = settled(organization, InvitationState::Declined, None, occasion);
        let (give_back, taken) = seat_given_back();
        let record = AuditRecord {
            actor: None,
            action: AuditAction::InvitationDeclined,
            target: Some(invitation.id.to_string()),
            roles: None,
        };
        Transaction::new(self)
            .update(DeclineCheck::Invitation, &Key::invitation(organization, invitation.id), settle, live)
            .delete(None, &Key::address(organization, &invitation.email.key()), holds(invitation))
            .update(None, &Key::seats(organization), give_back, taken)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}
