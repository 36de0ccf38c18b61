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
    /// DynamoDB throttled, was in conflict, was unreachable or was too slow, until the retries ended. The caller can
    /// safely repeat the request.
    #[error("the table is not available")]
    Unavailable(#[source] Source),
    /// An unexpected response: a missing permission, a wrong configuration or a bug in this crate.
    #[error("the table returned an unexpected response")]
    Unexpected(#[source] Source),
}

impl StoreError {
    /// An error for a write that lost against other writes in every attempt.
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

/// Whether the same call can succeed a little later.
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

/// The reason why a write failed, apart from the conditions of the use case.
#[derive(Debug)]
pub enum WriteError {
    /// The actor lacks a permission (R11).
    Actor(Refusal),
    /// The idempotency key was used for another request before (I9).
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
