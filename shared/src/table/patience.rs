use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::SignedDuration;

use super::{Table, error::is_transient};
use crate::{domain::Timestamp, metrics::Metric};

/// The time of the attempts of one write, and its limit.
pub(super) struct Patience<'a> {
    table: &'a Table,
    give_up: Timestamp,
    attempt: u32,
}

impl<'a> Patience<'a> {
    pub(super) fn new(table: &'a Table) -> Self {
        Self { table, give_up: table.environment.now().plus(table.patience), attempt: 0 }
    }

    /// Waits before the next attempt. Returns `false` at once if the time for retries is over.
    pub(super) async fn wait(&mut self) -> bool {
        let metrics = self.table.environment.metrics();
        let pause = self.table.pause(self.attempt);
        if self.table.environment.now().plus(pause) >= self.give_up {
            metrics.count(Metric::WritesGivenUp);
            return false;
        }
        metrics.count(Metric::WriteRetries);
        tokio::time::sleep(pause.unsigned_abs()).await;
        self.attempt += 1;
        true
    }
}

impl Table {
    /// Retries a plain write that conflicted with a transaction on the same item, which the SDK does not do, until the
    /// patience of the table ends.
    pub(super) async fn patiently<T, E, F>(&self, write: impl Fn() -> F) -> Result<T, SdkError<E, HttpResponse>>
    where
        E: ProvideErrorMetadata,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut patience = Patience::new(self);
        loop {
            let answer = write().await;
            let Err(error) = &answer else { return answer };
            if !is_transient(error) {
                return answer;
            }
            if error.as_service_error().and_then(|error| error.code()) == Some("TransactionConflictException") {
                self.environment.metrics().count(Metric::WriteConflicts);
            }
            if !patience.wait().await {
                return answer;
            }
        }
    }

    /// The time before the next attempt: a random part of a span that doubles from 20 ms up to 320 ms ("full jitter").
    pub(super) fn pause(&self, attempt: u32) -> SignedDuration {
        let longest = 20_u32 << attempt.min(4);
        let random = u32::from_le_bytes(self.environment.random_bytes());
        SignedDuration::from_millis(i64::from(1 + random % longest))
    }
}
