//! Sends waiting emails when they are due. The schedule invokes this once a minute.

use std::collections::HashSet;

use futures::future::join_all;
use jiff::SignedDuration;
use shared::{
    domain::InvitationId,
    items::{MailKind, UnsentMail},
    metrics::Metric,
    table::StoreError,
};

use crate::{
    Run,
    attempt::{Attempt, LONGEST_CALL},
    outcome::Outcome,
    turns::in_turns,
};

/// The maximum number of concurrent calls while SES accepts emails.
const WIDEST: usize = 10;
/// The number of emails before the index is read again, because other organizations may have new emails.
const TURN: usize = 100;
/// The pause after SES did not accept an email. It leaves the quota of a second to a new email, which is retried for
/// two seconds.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);
/// The part of an invocation's time that is reserved for the last calls and writes.
const ROOM: SignedDuration = SignedDuration::from_secs(10);

/// The number of concurrent calls: one more after SES accepted a round, half as many after SES rejected one.
struct Width(usize);

impl Width {
    fn next(&mut self, all_taken: bool) {
        self.0 = if all_taken { (self.0 + 1).min(WIDEST) } else { (self.0 / 2).max(1) };
    }
}

impl Run<'_> {
    /// Sends the due emails, the oldest first and with organizations in turns, until no more are due or the time ends.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(crate) async fn send_due(&self) -> Result<(), StoreError> {
        let deadline = self.deadline.less(ROOM);
        let environment = self.environment();
        let mut width = Width(WIDEST);
        // The index lags behind, and no mail gets a second attempt before the next minute.
        let mut tried: HashSet<(MailKind, InvitationId)> = HashSet::new();
        loop {
            let now = environment.now();
            let unsent = self.mailer.table.unsent_mails().await?;
            if let Some(oldest) = unsent.iter().map(|mail| mail.since.as_seconds()).min() {
                environment.metrics().largest(Metric::OldestUnsentAge, now.as_seconds() - oldest);
            }
            let is_due = |mail: &UnsentMail| mail.due <= Some(now) && !tried.contains(&(mail.kind, mail.invitation));
            let mut due = in_turns(unsent.into_iter().filter(is_due).collect());
            due.truncate(TURN);
            if due.is_empty() {
                return Ok(());
            }
            let mut due = due.into_iter();
            loop {
                let round: Vec<UnsentMail> = due.by_ref().take(width.0).collect();
                if round.is_empty() {
                    break;
                }
                if deadline.is_over_after(LONGEST_CALL, environment.now()) {
                    return Ok(());
                }
                tried.extend(round.iter().map(|mail| (mail.kind, mail.invitation)));
                let outcomes = join_all(round.into_iter().map(|mail| self.attempt_due(mail))).await;
                let all_taken = !outcomes.contains(&Outcome::Waiting);
                width.next(all_taken);
                if !all_taken {
                    environment.sleep(PAUSE).await;
                }
            }
        }
    }

    async fn attempt_due(&self, mail: UnsentMail) -> Outcome {
        let sender = self.sender();
        let outcome = match sender.attempt(mail.clone()).await {
            Attempt::Done(outcome) => outcome,
            Attempt::Busy(held) => sender.let_wait(*held).await,
        };
        self.report(outcome, Some(&mail));
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_halves_what_goes_side_by_side_and_success_restores_it() {
        let mut width = Width(WIDEST);
        let mut widths = Vec::new();
        for all_taken in [false, false, false, false, true, true, false] {
            width.next(all_taken);
            widths.push(width.0);
        }
        assert_eq!(widths, [5, 2, 1, 1, 2, 3, 1]);
        (0..20).for_each(|_| width.next(true));
        assert_eq!(width.0, WIDEST);
    }
}
