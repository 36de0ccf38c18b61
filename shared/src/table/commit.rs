use aws_sdk_dynamodb::{
    error::SdkError, operation::transact_write_items::TransactWriteItemsError, types::CancellationReason,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{
    Occasion, Refused, StoreError, WriteError, error::is_transient, patience::Patience, refused::decoded,
    transaction::Transaction,
};
use crate::{
    domain::{Authority, Member, Refusal},
    fault::Fault,
    items::{Answer, Attributes, IdempotencyItem, Item, MemberItem},
    metrics::Metric,
};

/// The purpose of the condition of one action.
#[derive(Clone, Copy)]
pub(super) enum Guard<'a, C> {
    /// The actor has the required permissions (R11).
    Actor(&'a Authority),
    /// No earlier request with the same idempotency key has a response (I9).
    Unanswered(&'a IdempotencyItem, &'a Occasion),
    /// A condition of the use case, with its name.
    Own(Option<C>),
}

/// A write that has committed.
#[derive(Debug)]
pub enum Committed {
    Now,
    /// The same request was committed before, with this response.
    Before(Answer),
}

/// The result of a write. The outer error is one that every write can have. The inner error names the conditions of the
/// use case that failed.
pub type Written<C> = Result<Result<Committed, Refused<C>>, WriteError>;

impl<C: Copy + PartialEq> Transaction<'_, C> {
    /// Commits the transaction. It retries conflicts with other transactions and throttling, with jitter, until the
    /// patience of the table ends. If the result of an attempt is unknown, the next one uses the same token, so that a
    /// lost response never doubles the effect.
    pub(super) async fn commit(self) -> Written<C> {
        if let Some(error) = self.broken {
            return Err(error.into());
        }
        let (guards, actions): (Vec<_>, Vec<_>) = self.actions.into_iter().unzip();
        let metrics = self.table.environment.metrics();
        let mut patience = Patience::new(self.table);
        let mut token = self.table.environment.new_id();
        loop {
            let request = self.table.client.transact_write_items().client_request_token(token.to_string());
            let Err(error) = request.set_transact_items(Some(actions.clone())).send().await else {
                self.counted.into_iter().for_each(|metric| metrics.count(metric));
                return Ok(Ok(Committed::Now));
            };
            let retry = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    let failed = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
                    let busy = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
                        .into_iter()
                        .any(failed);
                    if !busy && failed("ConditionalCheckFailed") {
                        return why(&guards, reasons);
                    }
                    if failed("TransactionConflict") {
                        metrics.count(Metric::WriteConflicts);
                    }
                    // Cancelled for certain, so the next try is another transaction.
                    token = self.table.environment.new_id();
                    busy
                }
                _ => is_transient(&error),
            };
            if !retry {
                return Err(StoreError::Unexpected(fault(&error).into()).into());
            }
            if !patience.wait().await {
                return Err(StoreError::Unavailable(fault(&error).into()).into());
            }
        }
    }
}

/// The fault with the reasons that canceled the transaction, because `TransactionCanceledException` alone does not name
/// them.
fn fault(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Fault {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let codes: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(CancellationReason::code).collect();
            Fault::answered(&format!("TransactionCanceledException {}", codes.join(", ")), 400)
        }
        _ => Fault::of(error),
    }
}

/// Decodes the failed conditions: first the actor's permissions, then an earlier response (I7 precedes I9), then the
/// conditions of the use case.
fn why<C: Copy + PartialEq>(guards: &[Guard<'_, C>], reasons: &[CancellationReason]) -> Written<C> {
    let failed = || guards.iter().zip(reasons).filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"));
    let was = |reason: &CancellationReason| -> Option<Attributes> { reason.item().cloned().filter(|i| !i.is_empty()) };
    for (guard, reason) in failed() {
        if let Guard::Actor(authority) = guard {
            let actor = was(reason).as_ref().map(decoded::<MemberItem, Member>).transpose()?;
            return Err(WriteError::Actor(authority.refusal(actor.as_ref()).unwrap_or(Refusal::NotAMember)));
        }
    }
    for (guard, reason) in failed() {
        if let (Guard::Unanswered(record, occasion), Some(kept)) = (guard, was(reason)) {
            let kept = IdempotencyItem::from_attributes(kept)?;
            if let Some(answer) = kept.replay(&record.fingerprint, occasion.at)? {
                return Ok(Ok(Committed::Before(answer)));
            }
        }
    }
    let own = failed().filter_map(|(guard, reason)| match guard {
        Guard::Own(Some(condition)) => Some((*condition, was(reason))),
        _ => None,
    });
    let own: Vec<_> = own.collect();
    if own.is_empty() {
        return Err(StoreError::Unexpected("an item is not as everything around it says".into()).into());
    }
    Ok(Err(Refused::new(own)))
}
