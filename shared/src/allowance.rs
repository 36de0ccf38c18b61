//! Limits how often one user can do something that has a cost (R24). The counts are in this execution environment.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::SignedDuration;

use crate::domain::{Timestamp, UserId};

/// The maximum number of users in memory. The users whose minute is over are removed first.
const REMEMBERED: usize = 10_000;

/// A limit for each minute and user. Each execution environment has its own counts. The limit prevents one user from
/// using a quota that all users share. A count in the table would cost a write for every allowed request.
pub struct Allowance {
    per_minute: u32,
    used: Mutex<HashMap<UserId, (Timestamp, u32)>>,
}

impl Allowance {
    pub fn per_minute(per_minute: u32) -> Self {
        Self { per_minute, used: Mutex::default() }
    }

    /// Counts one call of the user.
    ///
    /// # Errors
    /// The time to wait, if the user has reached the limit.
    pub fn take(&self, user: &UserId, now: Timestamp) -> Result<(), SignedDuration> {
        let minute = SignedDuration::from_mins(1);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= REMEMBERED {
            used.retain(|_, (since, _)| now < since.plus(minute));
        }
        if used.len() >= REMEMBERED {
            used.clear();
        }
        let (since, count) = used.entry(user.clone()).or_insert((now, 0));
        if now >= since.plus(minute) {
            (*since, *count) = (now, 0);
        }
        if *count >= self.per_minute {
            let left = since.plus(minute).as_milliseconds() - now.as_milliseconds();
            return Err(SignedDuration::from_millis(left));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_so_many_a_minute_and_others_have_theirs() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let (ada, eve): (UserId, UserId) = ("ada".parse().unwrap(), "eve".parse().unwrap());
        let allowance = Allowance::per_minute(2);
        assert!(allowance.take(&ada, now).is_ok() && allowance.take(&ada, now).is_ok());
        let later = now.plus(SignedDuration::from_secs(20));
        assert_eq!(allowance.take(&ada, later), Err(SignedDuration::from_secs(40)));
        assert!(allowance.take(&eve, later).is_ok());
        assert!(allowance.take(&ada, now.plus(SignedDuration::from_mins(1))).is_ok());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let allowance = Allowance::per_minute(1);
        for user in 0..3 * REMEMBERED {
            allowance.take(&format!("u-{user}").parse().unwrap(), now).unwrap();
        }
        assert!(allowance.used.lock().unwrap().len() <= REMEMBERED);
    }
}
