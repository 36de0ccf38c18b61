//! Sends new emails from the stream at once. An email that SES does not accept waits in the table.
//!
//! A shard of the stream delivers one batch after another. An email that waited in the stream would delay all later
//! records. So the record is always consumed, and the schedule finds the waiting email in the table.

use std::collections::HashSet;

use aws_lambda_events::event::dynamodb::EventRecord;
use futures::future::join_all;
use jiff::SignedDuration;
use serde_dynamo::AttributeValue;
use shared::{
    deadline::Deadline,
    domain::OrganizationId,
    items::{UnsentMail, UnsentMailItem},
};

use crate::{
    Run,
    attempt::{Attempt, Held, LONGEST_CALL, Sender},
    outcome::Outcome,
    turns::in_turns,
};

/// The time for which a throttled email of each organization is retried. It is long enough for the quota of the next
/// second or two, and short enough not to delay later records.
const PATIENCE: SignedDuration = SignedDuration::from_secs(2);
/// The pause between two such retries.
const PAUSE: SignedDuration = SignedDuration::from_millis(200);

/// Returns the email of a stream record, if it has one. The filter in the template drops most other records.
fn mail_of(record: EventRecord) -> Option<UnsentMail> {
    let image = record.change.new_image;
    let says = |name: &str, text: &str| matches!(image.get(name), Some(AttributeValue::S(found)) if found == text);
    let unclaimed = || matches!(image.get("mail_attempts"), Some(AttributeValue::N(attempts)) if attempts == "0");
    let invitation = says("entity", "invitation") && says("delivery_status", "queued");
    let notice = says("entity", "acceptance_notice") && unclaimed();
    if !invitation && !notice {
        return None;
    }
    serde_dynamo::from_item::<_, UnsentMailItem>(image).ok().map(UnsentMail::from)
}

impl Run<'_> {
    /// Sends the emails of a batch side by side.
    pub(crate) async fn send_fresh(&self, records: Vec<EventRecord>) {
        let environment = self.environment();
        let started = environment.now();
        let mut asked = Vec::new();
        for record in records {
            match mail_of(record) {
                None => self.report(Outcome::Skipped, None),
                Some(mail) if self.mailer.resting.is(mail.organization, started) => {
                    self.report(Outcome::Joined, Some(&mail));
                }
                Some(mail) => asked.push(mail),
            }
        }
        let sender = self.sender();
        let attempts = join_all(in_turns(asked).into_iter().map(|mail| self.attempt_fresh(&sender, mail))).await;
        let mut served = HashSet::new();
        let mut busy = Vec::new();
        for (organization, attempt) in attempts {
            match attempt {
                Attempt::Busy(held) => busy.push(*held),
                Attempt::Done(Outcome::Sent) => _ = served.insert(organization),
                Attempt::Done(_) => {}
            }
        }
        let patience = Deadline::at(started.plus(PATIENCE)).min(self.deadline.less(LONGEST_CALL));
        // An organization that has had a mail sent holds nobody up for its next one.
        while let Some(index) = busy.iter().position(|held| !served.contains(&held.unsent.organization)) {
            if patience.is_over_after(PAUSE, environment.now()) {
                break;
            }
            environment.sleep(PAUSE).await;
            let held = busy.remove(index);
            let unsent = held.unsent.clone();
            match sender.attempt_again(held).await {
                Attempt::Busy(held) => busy.insert(index, *held),
                Attempt::Done(outcome) => {
                    self.report(outcome, Some(&unsent));
                    served.insert(unsent.organization);
                }
            }
        }
        join_all(busy.into_iter().map(|held| self.set_aside(&sender, held))).await;
    }

    async fn attempt_fresh(&self, sender: &Sender<'_>, mail: UnsentMail) -> (OrganizationId, Attempt) {
        let attempt = sender.attempt(mail.clone()).await;
        if let Attempt::Done(outcome) = &attempt {
            self.report(*outcome, Some(&mail));
        }
        (mail.organization, attempt)
    }

    async fn set_aside(&self, sender: &Sender<'_>, held: Held) {
        let unsent = held.unsent.clone();
        self.mailer.resting.begin(unsent.organization, self.environment().now());
        let outcome = sender.let_wait(held).await;
        self.report(outcome, Some(&unsent));
    }
}
