//! How often codes and passwords may be guessed.
//!
//! Cognito's limits depend on the operation and on how risky it finds the caller. Here one number stands for all of them, so
//! that a front end meets the error. A restart forgets what was guessed.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::{Answer, errors::CognitoError, request::Request};
use crate::clock;

/// Wrong guesses of one user within [`PERIOD`].
const MOST: usize = 5;
/// In seconds.
const PERIOD: i64 = 3600;

/// What can be guessed, and how the operation names the user.
const GUESSES: [(&str, &str); 4] = [
    ("ConfirmSignUp", "Username"),
    ("ConfirmForgotPassword", "Username"),
    ("VerifyUserAttribute", "AccessToken"),
    ("ChangePassword", "AccessToken"),
];

/// When each user guessed wrong, in seconds since the epoch.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<BTreeMap<String, Vec<i64>>>);

impl Attempts {
    /// Who guesses, if this is an operation where one can.
    pub(super) fn guesser(operation: &str, request: &Request) -> Option<String> {
        let (_, name) = GUESSES.iter().find(|(guess, _)| *guess == operation)?;
        Some(format!("{operation} {}", request.optional(name)?.to_lowercase()))
    }

    pub(super) fn check(&self, guesser: &str) -> Result<(), CognitoError> {
        let earliest = clock::now_seconds() - PERIOD;
        let wrong = self.with(|all| {
            all.get_mut(guesser).map_or(0, |times| {
                times.retain(|time| *time > earliest);
                times.len()
            })
        });
        if wrong < MOST {
            return Ok(());
        }
        Err(CognitoError::new("LimitExceededException", "Attempt limit exceeded, please try after some time."))
    }

    pub(super) fn note(&self, guesser: String, answer: &Answer) {
        match answer {
            Ok(_) => self.with(|all| drop(all.remove(&guesser))),
            Err(error) if ["CodeMismatchException", "NotAuthorizedException"].contains(&error.name) => {
                self.with(|all| all.entry(guesser).or_default().push(clock::now_seconds()));
            }
            Err(_) => {}
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Vec<i64>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
