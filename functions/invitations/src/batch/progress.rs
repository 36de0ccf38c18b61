use serde::{Deserialize, Serialize};
use shared::{
    domain::Timestamp,
    failure::Failure,
    http::{Idempotency, Problem, Reply},
    items::IdempotencyItem,
    table::BatchRecord,
};

use super::outcome::Outcome;
use crate::invite::NotInvited;

/// The outcomes so far. With an idempotency key, the table stores them with every transaction.
#[derive(Clone)]
pub(super) struct Progress {
    outcomes: Vec<Option<Outcome>>,
    /// The links of the invitations that this very request created (R14).
    links: Vec<Option<String>>,
    /// `rows_left` of the stored record, if there is one.
    recorded: Option<u32>,
    /// Whether this request has changed the table.
    has_written: bool,
}

/// The response. As long as rows have no outcome, only the table has it.
#[derive(Serialize, Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

impl Progress {
    pub(super) fn new(rows: usize) -> Self {
        Self { outcomes: vec![None; rows], links: vec![None; rows], recorded: None, has_written: false }
    }

    /// Goes on from what is stored: an earlier request with the same key may have ended halfway, or still be at work.
    ///
    /// # Errors
    /// When the key belongs to another request.
    pub(super) fn resume(
        &mut self,
        kept: Option<IdempotencyItem>,
        idempotency: Option<&Idempotency>,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let Some((kept, asked)) = kept.zip(idempotency) else { return Ok(()) };
        let rows_left = kept.rows_left();
        let answer = kept.replay(asked.fingerprint(), now).map_err(Failure::<NotInvited>::from)?;
        if let Some(answer) = answer {
            let stored: Items<Option<Outcome>> =
                serde_json::from_str(&answer.body).map_err(|error| Problem::internal(&error))?;
            self.outcomes = stored.items;
            self.recorded = rows_left;
        }
        Ok(())
    }

    /// The rows without an outcome.
    pub(super) fn open(&self) -> Vec<usize> {
        let open = self.outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_none());
        open.map(|(index, _)| index).collect()
    }

    pub(super) fn set(&mut self, row: usize, outcome: Outcome, link: Option<String>) {
        self.outcomes[row] = Some(outcome);
        self.links[row] = link;
    }

    pub(super) fn has_written(&self) -> bool {
        self.has_written
    }

    /// Whether the table has a record of the request, which has to follow.
    pub(super) fn is_recorded(&self) -> bool {
        self.recorded.is_some()
    }

    /// The record of this progress, to be written over that of `before`.
    pub(super) fn record(
        &self,
        before: &Self,
        idempotency: Option<&Idempotency>,
        now: Timestamp,
    ) -> Result<Option<BatchRecord>, Problem> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        let answer = Reply::ok(&Items { items: self.outcomes.iter().collect() })?.to_answer();
        let after = idempotency.record(answer, now).with_rows_left(self.rows_left());
        Ok(Some(BatchRecord { after, before: before.recorded }))
    }

    /// The same after its transaction.
    pub(super) fn written(self, with_record: bool) -> Self {
        let recorded = if with_record { Some(self.rows_left()) } else { self.recorded };
        Self { recorded, has_written: true, ..self }
    }

    fn rows_left(&self) -> u32 {
        u32::try_from(self.open().len()).unwrap_or(u32::MAX)
    }

    /// The response, with the links that only this request can show.
    pub(super) fn reply(self) -> Result<Reply, Problem> {
        let rows = self.outcomes.into_iter().flatten().zip(self.links);
        Reply::ok(&Items { items: rows.map(|(row, link)| row.with_link(link)).collect() })
    }
}
