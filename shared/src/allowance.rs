//! How often one user may do something that costs (R24), counted in this execution environment.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::SignedDuration;

use crate::domain::{Timestamp, UserId};

/// So many users are remembered at most. Those whose minute is over go first.
const REMEMBERED: usize = 10_000;

/// So many times in each minute. Each execution environment counts for itself: the limit keeps one user from spending what
/// all share, and a count in the table would cost a write for every request that it lets through.
pub struct Allowance {
    per_minute: u32,
    used: Mutex<HashMap<UserId, (Timestamp, u32)>>,
}

impl Allowance {
    pub fn per_minute(per_minute: u32) -> Self {
        Self { per_minute, used: Mutex::default() }
    }

    /// Takes one of the user's.
    ///
    /// # Errors
    /// How long to wait if none is left.
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
