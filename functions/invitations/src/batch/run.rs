use shared::{
    domain::{
        DeliveryChannel, Invitation, InvitationId, InvitationLimits, InvitationTerms, InvitationToken, Member,
        Permission, Refusal, Timestamp,
    },
    failure::Failure,
    http::{Idempotency, Problem, Reply},
    table::{
        DayCount, InvitationBatch, MOST_ACTIONS, MOST_EXPIRED_AT_ONCE, NewInvitation, NewInvitations, Occasion,
        StoreError, TRIES, Table, WriteError,
    },
};

use super::{
    Batch,
    outcome::Outcome,
    plan::{Given, Plan, Verdict, plan},
    progress::Progress,
};
use crate::{
    invite::{Invite, NotInvited},
    link::Link,
};

/// How often seats are reclaimed for one batch.
const RECLAIMS: usize = 4;

/// Says what the same batch would get now, apart from ids and links, and writes nothing.
///
/// # Errors
/// That the actor may not invite anybody.
pub(crate) async fn dry_run(
    table: &Table,
    limits: InvitationLimits,
    batch: &Batch,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let actor = &batch.actor.user_id;
    let read = table.invitation_batch(batch.organization, actor, &batch.terms(), None, now).await?;
    let (actor, read) = read.open(Permission::MANAGE_USERS)?;
    let given = Given { actor: &actor, read: &read, expired: None, limits, now };
    let mut planned = plan(&batch.rows, given);
    if planned.needs_seats {
        let most = RECLAIMS * MOST_EXPIRED_AT_ONCE;
        let expired = table.expired_invitations(batch.organization, now, most).await?;
        let expired: Vec<_> = expired.iter().map(|invitation| invitation.id).collect();
        planned = plan(&batch.rows, Given { expired: Some(&expired), ..given });
    }
    let mut progress = Progress::new(batch.rows.len());
    for (index, (row, verdict)) in batch.rows.iter().zip(&planned.verdicts).enumerate() {
        let outcome = match verdict {
            Verdict::Invite(..) => Outcome::invited(&row.email, None),
            Verdict::Refuse(problem) => Outcome::refused(&row.email, problem),
        };
        progress.set(index, outcome, None);
    }
    progress.reply()
}

/// Invites (R13, R16, R24): reads, plans, and writes the plan in few transactions. Each transaction holds only if what it was
/// planned with is still so. Otherwise, the rows that are left are read and planned again.
///
/// # Errors
/// That the actor may not invite anybody; `idempotency-key-reused`; or that the table is not available.
pub(crate) async fn run(
    table: &Table,
    limits: InvitationLimits,
    link: &Link,
    batch: &Batch,
    occasion: &Occasion,
) -> Result<Reply, Problem> {
    let work = Work { table, limits, link, batch, occasion };
    let mut progress = Progress::new(batch.rows.len());
    let (mut lost, mut reclaims) = (0, 0);
    while lost < TRIES {
        let location = batch.idempotency.as_ref().map(Idempotency::location);
        let actor = &batch.actor.user_id;
        let read = table.invitation_batch(batch.organization, actor, &batch.terms(), location, occasion.at).await?;
        let (actor, mut read) = match read.open(Permission::MANAGE_USERS) {
            Ok(read) => read,
            // Some rows are invited. So the request has a response, and it says what became of the others.
            Err(refusal) if progress.has_written() => return work.refuse_the_rest(progress, refusal).await,
            Err(refusal) => return Err(refusal.into()),
        };
        progress.resume(read.answered.take(), batch.idempotency.as_ref(), occasion.at)?;
        let open = progress.open();
        if open.is_empty() {
            return progress.reply();
        }
        let expired = (reclaims >= RECLAIMS).then_some(&[][..]);
        let given = Given { actor: &actor, read: &read, expired, limits, now: occasion.at };
        let planned = plan(open.iter().map(|index| &batch.rows[*index]), given);
        let needs_seats = planned.needs_seats;
        match work.write(progress, &actor, &read, &open, planned).await? {
            Written::All(after) if needs_seats => {
                progress = after;
                let reclaimed = table.reclaim_seats(batch.organization, occasion).await;
                // Then no other try will find any.
                let is_last = reclaimed.map_err(Failure::<NotInvited>::from)? == 0;
                reclaims = if is_last { RECLAIMS } else { reclaims + 1 };
            }
            Written::All(after) => return after.reply(),
            Written::Outdated(after, has_progressed) => {
                lost = if has_progressed { 1 } else { lost + 1 };
                progress = after;
            }
        }
    }
    Err(StoreError::contended("the rows of the batch keep changing").into())
}

/// What came of a plan.
enum Written {
    All(Progress),
    /// Something has changed since it was read. Whether some of it was written.
    Outdated(Progress, bool),
}

/// What a batch is worked on with.
struct Work<'a> {
    table: &'a Table,
    limits: InvitationLimits,
    link: &'a Link,
    batch: &'a Batch,
    occasion: &'a Occasion,
}

/// What one transaction does: new invitations, and the outcomes of all rows up to the last of them.
#[derive(Default)]
struct Part {
    invitations: Vec<NewInvitation>,
    /// The row, its outcome and its link.
    outcomes: Vec<(usize, Outcome, Option<String>)>,
}

impl Work<'_> {
    /// Writes a plan for the rows `open`, in as few transactions as possible.
    async fn write(
        &self,
        mut progress: Progress,
        actor: &Member,
        read: &InvitationBatch,
        open: &[usize],
        planned: Plan,
    ) -> Result<Written, Problem> {
        let now = self.occasion.at;
        let mut day =
            DayCount { first_of_the_day: read.seats.is_of_another_day(now), later_day: read.seats.later_day(now) };
        let mut has_progressed = false;
        let is_end = !planned.needs_seats;
        for Part { invitations, outcomes } in self.parts(actor, open, planned.verdicts) {
            let mut after = progress.clone();
            outcomes.into_iter().for_each(|(row, outcome, link)| after.set(row, outcome, link));
            // Rows that are refused change nothing. Only a record that there is has to have the last of them.
            if invitations.is_empty() && !(is_end && progress.is_recorded()) {
                progress = after;
                continue;
            }
            let new = NewInvitations {
                organization: self.batch.organization,
                inviter: &actor.user_id,
                invitations: &invitations,
                seats: &read.seats,
                day: day.clone(),
                limits: self.limits,
            };
            let record = after.record(&progress, self.batch.idempotency.as_ref(), now)?;
            let new = (!invitations.is_empty()).then_some(&new);
            match self.table.create_invitations(new, record.as_ref(), self.occasion).await {
                Ok(Ok(_)) => progress = after.written(record.is_some()),
                // An actor who may no longer do this is told after the next reading.
                Ok(Err(_)) | Err(WriteError::Actor(_)) => return Ok(Written::Outdated(progress, has_progressed)),
                Err(error) => return Err(Failure::<NotInvited>::from(error).into()),
            }
            has_progressed = true;
            day.first_of_the_day = false;
        }
        Ok(Written::All(progress))
    }

    /// A plan, divided into transactions.
    fn parts(&self, actor: &Member, open: &[usize], verdicts: Vec<Verdict>) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut part = Part::default();
        let mut actions = 0;
        for (index, verdict) in open.iter().copied().zip(verdicts) {
            let row = &self.batch.rows[index];
            match verdict {
                Verdict::Invite(terms, replaced) => {
                    let (invitation, link) = self.invitation(actor, terms);
                    let outcome = Outcome::invited(&row.email, Some(invitation.id));
                    let new = NewInvitation { invitation, replaced };
                    if actions + new.actions() > MOST_ACTIONS {
                        parts.push(std::mem::take(&mut part));
                        actions = 0;
                    }
                    actions += new.actions();
                    part.invitations.push(new);
                    part.outcomes.push((index, outcome, link));
                }
                Verdict::Refuse(problem) => {
                    part.outcomes.push((index, Outcome::refused(&row.email, &problem), None));
                }
            }
        }
        parts.push(part);
        parts
    }

    /// The invitation of a row, and its link if it is delivered by one.
    fn invitation(&self, actor: &Member, terms: InvitationTerms) -> (Invitation, Option<String>) {
        let environment = self.table.environment();
        let id = InvitationId::new(environment.new_id());
        let token = (terms.channel == DeliveryChannel::Link)
            .then(|| InvitationToken::new(self.batch.organization, id, environment.random_bytes()));
        let invite = Invite { organization: self.batch.organization, actor: self.batch.actor.clone(), id, terms };
        let mut invitation = invite.invitation(self.occasion.at);
        if let Some(token) = &token {
            // No mailer reads the inviter's name for a link.
            invitation.inviter_name.clone_from(&actor.name);
            invitation.secret_hashes.push(token.hash().as_str().to_owned());
        }
        (invitation, token.map(|token| self.link.accept_url(&token)))
    }

    /// The actor lost the permission between two transactions: the rows that are left are refused, and so is a repetition
    /// of the request (I7).
    async fn refuse_the_rest(&self, progress: Progress, refusal: Refusal) -> Result<Reply, Problem> {
        let problem = Problem::from(refusal);
        let mut after = progress.clone();
        for row in progress.open() {
            after.set(row, Outcome::refused(&self.batch.rows[row].email, &problem), None);
        }
        if let Some(record) = after.record(&progress, self.batch.idempotency.as_ref(), self.occasion.at)? {
            let stored = self.table.create_invitations(None, Some(&record), self.occasion).await;
            if stored.map_err(Failure::<NotInvited>::from)?.is_err() {
                return Err(StoreError::contended("the same request is at work twice").into());
            }
        }
        after.reply()
    }
}
