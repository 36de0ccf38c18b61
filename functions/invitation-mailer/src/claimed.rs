//! A claimed email, and how its result is stored.

use shared::{
    domain::{EmailAddress, Member, Timestamp},
    items::UnsentMail,
    table::{ClaimedMail, ClaimedNotice, StoreError, Table},
};

pub(crate) enum Claimed {
    /// For the invited person. The invitation keeps what became of it.
    Invitation(Box<ClaimedMail>, Member),
    /// For the inviter. Its item exists until it is sent.
    Acceptance(Box<ClaimedNotice>),
}

impl Claimed {
    pub(crate) fn recipient(&self) -> &EmailAddress {
        match self {
            Self::Invitation(claimed, _) => &claimed.invitation.email,
            Self::Acceptance(notice) => &notice.inviter.email,
        }
    }

    /// The number of claims, this one included.
    pub(crate) fn attempts(&self) -> u32 {
        match self {
            Self::Invitation(claimed, _) => claimed.attempts,
            Self::Acceptance(notice) => notice.attempts,
        }
    }

    pub(crate) async fn sent(&self, table: &Table, unsent: &UnsentMail) -> Result<(), StoreError> {
        match self {
            Self::Invitation(_, inviter) => table.mark_mail_sent(unsent, inviter).await,
            Self::Acceptance(_) => table.delete_notice(unsent).await,
        }
    }

    pub(crate) async fn failed(&self, table: &Table, unsent: &UnsentMail, reason: &str) -> Result<(), StoreError> {
        match self {
            Self::Invitation(claimed, _) => table.fail_mail(unsent, claimed, reason).await,
            Self::Acceptance(_) => table.delete_notice(unsent).await,
        }
    }

    /// `secret_left`: SES may have sent the email, and then its secret is out.
    pub(crate) async fn waits(
        &self,
        table: &Table,
        unsent: &UnsentMail,
        secret_left: bool,
        reason: &str,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        match self {
            Self::Invitation(claimed, _) => table.let_mail_wait(unsent, claimed, secret_left, reason, due).await,
            Self::Acceptance(notice) => table.let_notice_wait(unsent, notice.lease, due).await,
        }
    }
}
