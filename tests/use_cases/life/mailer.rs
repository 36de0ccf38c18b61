//! What the mailer does, and what only time does.

use shared::domain::{InvitationState, InvitationStatus};

use super::{
    model::{Email, HOUR, Invitation, Model},
    operation::{Operation, Ses},
};
use crate::world::Reported;

impl Invitation {
    /// What counts more replaces what counts less, until somebody has answered.
    fn report(&mut self, reported: Reported) {
        let email = match reported {
            Reported::Delivery => Email::Delivered,
            Reported::Bounce => Email::Bounced,
            Reported::Complaint => Email::Complained,
            other => panic!("the model does not know {other:?}"),
        };
        let is_open = matches!(self.state, InvitationState::Pending | InvitationState::Expired);
        if self.is_out && is_open && self.email.rank() < email.rank() {
            self.email = email;
        }
    }
}

impl Email {
    fn rank(self) -> u8 {
        match self {
            Self::Queued { .. } | Self::Waiting { .. } => 0,
            Self::Sent => 1,
            Self::Delivered => 2,
            Self::Failed => 3,
            Self::Bounced => 4,
            Self::Complained => 5,
            Self::Link => 6,
        }
    }

    pub(super) fn is_undeliverable(self) -> bool {
        matches!(self, Self::Bounced | Self::Complained)
    }
}

impl Model {
    /// Whatever is no request. What it did to the emails is in `mailed`.
    pub(crate) fn happen(&mut self, operation: Operation) {
        match operation {
            Operation::Deliver(which, ses) => {
                if let Some(index) = self.queued(which) {
                    self.send(index, ses);
                }
            }
            Operation::Schedule => {
                for index in 0..self.invitations.len() {
                    if self.is_due(index) {
                        self.send(index, Ses::Takes);
                    }
                }
            }
            Operation::Report(which, reported) => {
                if let Some(index) = self.nth(which) {
                    self.invitations[index].report(reported);
                }
            }
            Operation::Sweep => self.reclaim(),
            Operation::Pass(span) => self.now = self.after(span),
            _ => {}
        }
    }

    /// One of the queued emails.
    pub(crate) fn queued(&self, which: usize) -> Option<usize> {
        let is_queued = |index: &usize| matches!(self.invitations[*index].email, Email::Queued { .. });
        let queued: Vec<usize> = (0..self.invitations.len()).filter(is_queued).collect();
        (!queued.is_empty()).then(|| queued[which % queued.len()])
    }

    /// A minute after it was queued; or after the pause, of two hours at most. No step ends within either.
    fn is_due(&self, index: usize) -> bool {
        match self.invitations[index].email {
            Email::Queued { since } | Email::Waiting { since } => self.now >= since + 2 * HOUR,
            _ => false,
        }
    }

    fn send(&mut self, index: usize, ses: Ses) {
        let is_over = self.status(index) != InvitationStatus::Pending;
        let since = self.now;
        let invitation = &mut self.invitations[index];
        // I8: nothing goes out for an invitation that is over, or whose inviter has left.
        if is_over || !self.members.contains(invitation.inviter) {
            invitation.email = Email::Failed;
            return;
        }
        invitation.email = match ses {
            Ses::Takes => Email::Sent,
            Ses::Refuses => Email::Failed,
            Ses::LosesTheAnswer => Email::Waiting { since },
        };
        if !matches!(ses, Ses::Refuses) {
            invitation.is_out = true;
            invitation.add_link();
            self.mailed.push(index);
        }
    }
}
