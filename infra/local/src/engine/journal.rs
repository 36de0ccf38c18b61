//! What was asked of DynamoDB, by whom and when.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// One request to DynamoDB.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, for example `TransactWriteItems`.
    pub operation: String,
    /// The access key id that the request is signed with; the local stack gives every function its own.
    pub caller: String,
    /// When the request was there.
    pub started: Instant,
    /// When its answer left.
    pub ended: Instant,
    /// Capacity units consumed, as the engine counts them.
    pub capacity: Option<f64>,
}

/// The calls since the start or since they were last cleared.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<Vec<Call>>);

impl Journal {
    pub(super) fn record(&self, call: Call) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// How many times a caller waited for DynamoDB: the longest chain of calls that follow one another.
/// Calls that overlap in time were sent side by side and count as one.
pub fn round_trips(calls: &[Call]) -> usize {
    let mut by_end: Vec<&Call> = calls.iter().collect();
    by_end.sort_by_key(|call| call.ended);
    let mut last_end = None;
    // Taking the call that ends first, again and again, gives the longest chain.
    let chain = by_end.into_iter().filter(|call| {
        let follows = last_end.is_none_or(|end| call.started >= end);
        if follows {
            last_end = Some(call.ended);
        }
        follows
    });
    chain.count()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(spans: &[(u64, u64)], expected: usize) {
        let zero = Instant::now();
        let at = |milliseconds| zero + Duration::from_millis(milliseconds);
        let calls: Vec<Call> = spans
            .iter()
            .map(|(started, ended)| Call {
                operation: "Query".to_owned(),
                caller: "test".to_owned(),
                started: at(*started),
                ended: at(*ended),
                capacity: None,
            })
            .collect();
        assert_eq!(round_trips(&calls), expected, "{spans:?}");
    }

    #[test]
    fn calls_side_by_side_count_as_one() {
        check(&[], 0);
        check(&[(0, 5)], 1);
        check(&[(0, 5), (1, 6), (2, 3)], 1);
        check(&[(0, 5), (5, 9)], 2);
        check(&[(0, 5), (1, 6), (7, 9), (8, 12)], 2);
        // A slow one beside two quick ones that follow each other.
        check(&[(0, 20), (1, 5), (6, 10)], 2);
        check(&[(6, 10), (1, 5), (11, 12)], 3);
    }
}
