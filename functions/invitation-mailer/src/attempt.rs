//! Sends one email: claims it, calls SES and stores the result.

use futures::future::{Either, select};
use jiff::SignedDuration;
use shared::{
    domain::{EmailAddress, InvitationToken, Member},
    items::UnsentMail,
    post_office::{Mail, NotTaken, PostOffice, Reason},
    table::{ClaimedMail, StoreError, Table, is_unreadable},
    telemetry,
};

use crate::{
    backoff,
    mail::{MailSettings, invitation_mail},
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
    claimed: ClaimedMail,
    inviter: Member,
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
        match self.try_to_send(&unsent).await {
            Ok(attempt) => attempt,
            Err(error) if is_unreadable(&error) => {
                tracing::error!(target: "function", error = telemetry::chain(&error), "the email cannot be written");
                settled(self.table.fail_unreadable_mail(&unsent, INVITATION_UNREADABLE).await, Outcome::Failed)
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

    async fn try_to_send(&self, unsent: &UnsentMail) -> Result<Attempt, StoreError> {
        let environment = self.table.environment();
        let token = InvitationToken::new(unsent.organization, unsent.invitation, environment.random_bytes());
        // A process that dies again and again takes the mail up ever more rarely.
        let lease = environment.now().plus(LEASE.max(backoff::delay(unsent.attempts + 1, environment)));
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
        let Ok(mail) = invitation_mail(self.settings, &claimed.invitation, organization, &inviter, &token) else {
            tracing::error!(target: "function", "the template of the email failed");
            self.table.fail_mail(unsent, &claimed, INVITATION_UNREADABLE).await?;
            return Ok(Attempt::Done(Outcome::Failed));
        };
        let unsent = unsent.clone();
        Ok(self.hand_over(Held { unsent, claimed, inviter, mail, reason: Reason::new("", None) }).await)
    }

    async fn hand_over(&self, held: Held) -> Attempt {
        let refused = match self.post(&held.claimed.invitation.email, held.mail.clone()).await {
            Ok(()) => {
                let marked = self.table.mark_mail_sent(&held.unsent, &held.inviter).await;
                return settled(marked, Outcome::Sent);
            }
            Err(refused) => refused,
        };
        let Held { unsent, claimed, .. } = &held;
        match refused {
            NotTaken::Busy(reason) => Attempt::Busy(Box::new(Held { reason, ..held })),
            NotTaken::Never(reason) => {
                settled(self.table.fail_mail(unsent, claimed, reason.code()).await, Outcome::Failed)
            }
            NotTaken::NotNow(_) => Attempt::Done(self.wait(unsent, claimed, false, &refused).await),
            NotTaken::Unknown(_) => Attempt::Done(self.wait(unsent, claimed, true, &refused).await),
        }
    }

    /// Calls SES with a time limit.
    async fn post(&self, to: &EmailAddress, mail: Mail) -> Result<(), NotTaken> {
        let late = self.table.environment().sleep(LONGEST_CALL);
        match select(self.post_office.post(to, mail), late).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(NotTaken::Unknown(Reason::new("Timeout", None))),
        }
    }

    async fn wait(&self, unsent: &UnsentMail, claimed: &ClaimedMail, secret_left: bool, refused: &NotTaken) -> Outcome {
        tracing::warn!(target: "function", error = refused.to_string(), "the email waits");
        let environment = self.table.environment();
        let delay = match refused {
            NotTaken::Busy(_) => backoff::delay_while_busy(claimed.attempts, environment),
            _ => backoff::delay(claimed.attempts, environment),
        };
        let due = environment.now().plus(delay);
        match self.table.let_mail_wait(unsent, claimed, secret_left, refused.reason().code(), due).await {
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
