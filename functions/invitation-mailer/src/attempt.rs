//! Sends one email: claims it, calls SES and stores the result.

use futures::future::{Either, select};
use jiff::SignedDuration;
use shared::{
    domain::{InvitationToken, Timestamp},
    items::{MailKind, UnsentMail},
    post_office::{Mail, NotTaken, PostOffice, Reason},
    table::{NoticeClaim, StoreError, Table, is_unreadable},
    telemetry,
};

use crate::{
    backoff,
    claimed::Claimed,
    mail::{MailSettings, accepted_mail, invitation_mail, reminder_mail},
    outcome::Outcome,
};

/// The time limit of a call to SES. A call that takes longer may have sent the email.
pub(crate) const LONGEST_CALL: SignedDuration = SignedDuration::from_secs(3);
/// The time for which a process claims an email. It is longer than any invocation, so no other process claims the email
/// during one.
const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// A reason for a failed email, which the invitation stores. The error codes of SES are reasons too.
const INVITER_GONE: &str = "InviterGone";
const ORGANIZATION_GONE: &str = "OrganizationGone";
const INVITATION_ENDED: &str = "InvitationEnded";
const INVITATION_UNREADABLE: &str = "InvitationUnreadable";

/// Everything that is needed to send emails.
pub(crate) struct Sender<'a> {
    pub(crate) table: &'a Table,
    pub(crate) settings: &'a MailSettings,
    pub(crate) post_office: &'a dyn PostOffice,
}

/// An email that SES throttled. Its token was not sent, so the same email can be sent again.
pub(crate) struct Held {
    pub(crate) unsent: UnsentMail,
    claimed: Claimed,
    mail: Mail,
    reason: Reason,
}

/// The result of an attempt.
pub(crate) enum Attempt {
    Done(Outcome),
    Busy(Box<Held>),
}

impl Sender<'_> {
    /// Claims an email and sends it with SES, at least once. The hash of a new secret is stored before the secret is
    /// sent, and the email is marked after SES accepted it (I8). After a crash between the two, it is sent again with
    /// another secret, and both links work.
    pub(crate) async fn attempt(&self, unsent: UnsentMail) -> Attempt {
        let lease = self.lease(&unsent);
        let attempt = match unsent.kind {
            MailKind::Invitation | MailKind::Reminder => self.try_invitation(&unsent, lease).await,
            MailKind::Accepted => self.try_acceptance(&unsent, lease).await,
        };
        match attempt {
            Ok(attempt) => attempt,
            Err(error) if is_unreadable(&error) => {
                tracing::error!(target: "function", error = telemetry::chain(&error), "the email cannot be written");
                let given_up = match unsent.kind {
                    MailKind::Invitation | MailKind::Reminder => {
                        self.table.fail_unreadable_mail(&unsent, INVITATION_UNREADABLE).await
                    }
                    MailKind::Accepted => self.table.delete_notice(&unsent).await,
                };
                settled(given_up, Outcome::Failed)
            }
            Err(error) => Attempt::Done(left_to_the_schedule(&error)),
        }
    }

    /// Sends a throttled email again.
    pub(crate) async fn attempt_again(&self, held: Held) -> Attempt {
        self.hand_over(held).await
    }

    /// Lets a throttled email wait for the schedule.
    pub(crate) async fn let_wait(&self, held: Held) -> Outcome {
        let Held { unsent, claimed, reason, .. } = held;
        self.wait(&unsent, &claimed, false, &NotTaken::Busy(reason)).await
    }

    /// Until when the email is claimed. A process that dies again and again claims it ever more rarely.
    fn lease(&self, unsent: &UnsentMail) -> Timestamp {
        let environment = self.table.environment();
        environment.now().plus(LEASE.max(backoff::delay(unsent.attempts + 1, environment)))
    }

    async fn try_acceptance(&self, unsent: &UnsentMail, lease: Timestamp) -> Result<Attempt, StoreError> {
        let notice = match self.table.claim_notice(unsent, lease).await? {
            NoticeClaim::Claimed(notice) => notice,
            NoticeClaim::Taken | NoticeClaim::Dropped => return Ok(Attempt::Done(Outcome::NotWanted)),
        };
        let mail =
            accepted_mail(self.settings, &notice.inviter, &notice.invitation, &notice.organization, &notice.joined);
        let claimed = Claimed::Acceptance(notice);
        self.send_written(unsent, claimed, mail).await
    }

    async fn try_invitation(&self, unsent: &UnsentMail, lease: Timestamp) -> Result<Attempt, StoreError> {
        let random = self.table.environment().random_bytes();
        let token = InvitationToken::new(unsent.organization, unsent.invitation, random);
        let Some(claimed) = self.table.claim_mail(unsent, token.hash(), lease).await? else {
            let ended = self.table.end_mail(unsent, INVITATION_ENDED).await?;
            return Ok(Attempt::Done(if ended { Outcome::Failed } else { Outcome::NotWanted }));
        };
        let (organization, inviter) = match (&claimed.organization, &claimed.inviter) {
            (Some(organization), Some(inviter)) => (organization, inviter.clone()),
            (organization, _) => {
                let reason = if organization.is_none() { ORGANIZATION_GONE } else { INVITER_GONE };
                self.table.fail_mail(unsent, &claimed, reason).await?;
                return Ok(Attempt::Done(Outcome::Failed));
            }
        };
        let written = if unsent.kind == MailKind::Reminder { reminder_mail } else { invitation_mail };
        let mail = written(self.settings, &claimed.invitation, organization, &inviter, &token);
        self.send_written(unsent, Claimed::Invitation(Box::new(claimed), inviter), mail).await
    }

    async fn send_written(
        &self,
        unsent: &UnsentMail,
        claimed: Claimed,
        mail: Result<Mail, askama::Error>,
    ) -> Result<Attempt, StoreError> {
        let Ok(mail) = mail else {
            tracing::error!(target: "function", "the template of the email failed");
            claimed.failed(self.table, unsent, INVITATION_UNREADABLE).await?;
            return Ok(Attempt::Done(Outcome::Failed));
        };
        let unsent = unsent.clone();
        Ok(self.hand_over(Held { unsent, claimed, mail, reason: Reason::new("", None) }).await)
    }

    async fn hand_over(&self, held: Held) -> Attempt {
        let refused = match self.post(&held).await {
            Ok(()) => {
                return settled(held.claimed.sent(self.table, &held.unsent).await, Outcome::Sent);
            }
            Err(refused) => refused,
        };
        let Held { unsent, claimed, .. } = &held;
        match refused {
            NotTaken::Busy(reason) => Attempt::Busy(Box::new(Held { reason, ..held })),
            NotTaken::Never(reason) => {
                settled(claimed.failed(self.table, unsent, reason.code()).await, Outcome::Failed)
            }
            NotTaken::NotNow(_) => Attempt::Done(self.wait(unsent, claimed, false, &refused).await),
            NotTaken::Unknown(_) => Attempt::Done(self.wait(unsent, claimed, true, &refused).await),
        }
    }

    /// Calls SES with a time limit.
    async fn post(&self, held: &Held) -> Result<(), NotTaken> {
        let (to, tags) = (held.claimed.recipient(), held.unsent.tags());
        let late = self.table.environment().sleep(LONGEST_CALL);
        match select(self.post_office.post(to, &tags, held.mail.clone()), late).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(NotTaken::Unknown(Reason::new("Timeout", None))),
        }
    }

    async fn wait(&self, unsent: &UnsentMail, claimed: &Claimed, secret_left: bool, refused: &NotTaken) -> Outcome {
        tracing::warn!(target: "function", error = refused.to_string(), "the email waits");
        let environment = self.table.environment();
        let delay = match refused {
            NotTaken::Busy(_) => backoff::delay_while_busy(claimed.attempts(), environment),
            _ => backoff::delay(claimed.attempts(), environment),
        };
        let due = environment.now().plus(delay);
        match claimed.waits(self.table, unsent, secret_left, refused.reason().code(), due).await {
            Ok(()) => Outcome::Waiting,
            Err(error) => left_to_the_schedule(&error),
        }
    }
}

/// The result of an attempt, after its outcome was stored.
fn settled(written: Result<(), StoreError>, outcome: Outcome) -> Attempt {
    Attempt::Done(written.map_or_else(|error| left_to_the_schedule(&error), |()| outcome))
}

/// The outcome could not be stored. The email is still in the index of unsent emails, where the schedule finds it.
fn left_to_the_schedule(error: &StoreError) -> Outcome {
    tracing::warn!(target: "function", error = telemetry::chain(error), "the email waits");
    Outcome::Waiting
}
