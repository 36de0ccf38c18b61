use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};

use crate::{
    domain::Refusal,
    fault::Fault,
    items::{Corrupt, KeyReused},
};

type Source = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, in conflict, unreachable or too slow for as long as it was worth trying. The request may safely be
    /// repeated.
    #[error("the table is not available")]
    Unavailable(#[source] Source),
    /// An answer that should not be possible: a missing permission, a wrong configuration, a mistake in this crate.
    #[error("the table gave an answer that was not expected")]
    Unexpected(#[source] Source),
}

impl StoreError {
    /// Others were quicker, again and again.
    pub fn contended(what: &'static str) -> Self {
        Self::Unavailable(what.into())
    }
}

impl From<Corrupt> for StoreError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Unexpected(corrupt.into())
    }
}

impl<E> From<SdkError<E, HttpResponse>> for StoreError
where
    E: ProvideErrorMetadata,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let fault = Fault::of(&error).into();
        if is_transient(&error) { Self::Unavailable(fault) } else { Self::Unexpected(fault) }
    }
}

/// Whether the same call may succeed a little later.
pub(super) fn is_transient<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    const CODES: [&str; 8] = [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionInProgressException",
        "TransactionConflictException",
        "InternalServerError",
        "ServiceUnavailable",
        "ReplicatedWriteConflictException",
    ];
    match error {
        SdkError::ServiceError(error) => {
            error.raw().status().as_u16() >= 500 || error.err().code().is_some_and(|code| CODES.contains(&code))
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        _ => false,
    }
}

/// A write that did not happen, whatever the conditions of the use case.
#[derive(Debug)]
pub enum WriteError {
    /// The actor may not (R11).
    Actor(Refusal),
    /// The idempotency key came with another request before (I9).
    KeyReused,
    Store(StoreError),
}

impl From<KeyReused> for WriteError {
    fn from(KeyReused: KeyReused) -> Self {
        Self::KeyReused
    }
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Corrupt> for WriteError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Store(corrupt.into())
    }
}
