//! One mail: taken up, handed to SES, and what became of it written down.

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

/// How long SES has for one mail. A call that takes longer may have sent it.
pub(crate) const LONGEST_CALL: SignedDuration = SignedDuration::from_secs(3);
/// How long a process has a mail for itself. Longer than any invocation, so nobody else takes it up while one runs.
const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// Why no mail went out, as the invitation says it. SES's own codes stand beside these.
const INVITER_GONE: &str = "InviterGone";
const ORGANIZATION_GONE: &str = "OrganizationGone";
const INVITATION_ENDED: &str = "InvitationEnded";
const INVITATION_UNREADABLE: &str = "InvitationUnreadable";

/// What it takes to send mails.
pub(crate) struct Sender<'a> {
    pub(crate) table: &'a Table,
    pub(crate) settings: &'a MailSettings,
    pub(crate) post_office: &'a dyn PostOffice,
}

/// A mail that SES had no room for. Its secret has not left, so it can be handed over again as it is.
pub(crate) struct Held {
    pub(crate) unsent: UnsentMail,
    claimed: ClaimedMail,
    inviter: Member,
    mail: Mail,
    reason: Reason,
}

/// What came of an attempt.
pub(crate) enum Attempt {
    Done(Outcome),
    Busy(Box<Held>),
}

impl Sender<'_> {
    /// Takes a mail up and hands it to SES. Sends it at least once: the hash of a fresh secret is stored before the secret
    /// leaves, and the mail is marked after SES took it (I8). After a crash in between it is sent again with another secret, and
    /// both are good.
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

    /// Hands a mail over again.
    pub(crate) async fn attempt_again(&self, held: Held) -> Attempt {
        self.hand_over(held).await
    }

    /// Lets a mail wait that SES had no room for.
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

    /// A call to SES that ends in time, whatever SES does.
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

/// The outcome of an attempt that was to be written down.
fn settled(written: Result<(), StoreError>, outcome: Outcome) -> Attempt {
    Attempt::Done(written.map_or_else(|error| left_to_the_schedule(&error), |()| outcome))
}

/// The table did not take what became of the mail. It is in the index of unsent mails, where the schedule finds it.
fn left_to_the_schedule(error: &StoreError) -> Outcome {
    tracing::warn!(target: "function", error = telemetry::chain(error), "the email waits");
    Outcome::Waiting
}
