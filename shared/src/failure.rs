//! The errors of use cases: those that all use cases share, and the reasons of each.

use crate::{
    directory::DirectoryError,
    domain::Refusal,
    http::Problem,
    items::{Corrupt, KeyReused},
    table::{StoreError, WriteError},
};

/// The error of a use case, which changed nothing. `R` contains the reasons of the use case. Each of them becomes a
/// [`Problem`].
#[derive(Debug)]
pub enum Failure<R> {
    /// The actor lacks a permission (R7, R8, R12).
    Refused(Refusal),
    /// The current state does not allow the request.
    Reason(R),
    /// The idempotency key was used for another request before (I9).
    KeyReused,
    /// Cognito did not return the user.
    Directory(DirectoryError),
    Store(StoreError),
}

impl<R> Failure<R> {
    /// Converts the failure into an error response, if a reason needs additional data for that.
    pub fn into_problem(self, reason: impl FnOnce(R) -> Problem) -> Problem {
        match self {
            Self::Refused(refusal) => refusal.into(),
            Self::Reason(own) => reason(own),
            Self::KeyReused => Problem::idempotency_key_reused(),
            Self::Directory(error) => error.into(),
            Self::Store(error) => error.into(),
        }
    }
}

impl<R: Into<Problem>> From<Failure<R>> for Problem {
    fn from(failure: Failure<R>) -> Self {
        failure.into_problem(Into::into)
    }
}

impl<R> From<Refusal> for Failure<R> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<R> From<WriteError> for Failure<R> {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Actor(refusal) => Self::Refused(refusal),
            WriteError::KeyReused => Self::KeyReused,
            WriteError::Store(error) => Self::Store(error),
        }
    }
}

impl<R> From<DirectoryError> for Failure<R> {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

impl<R> From<KeyReused> for Failure<R> {
    fn from(KeyReused: KeyReused) -> Self {
        Self::KeyReused
    }
}

impl<R> From<Corrupt> for Failure<R> {
    fn from(corrupt: Corrupt) -> Self {
        Self::Store(corrupt.into())
    }
}

impl<R> From<StoreError> for Failure<R> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
