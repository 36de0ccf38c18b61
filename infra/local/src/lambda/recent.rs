//! The last lines of the log, for the page that shows requests.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// Lines that are remembered.
pub(super) const MOST: usize = 2000;
/// Of a line, in characters.
const LONGEST: usize = 4000;

/// Each with its function, oldest first.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<VecDeque<(String, String)>>);

impl Recent {
    pub(super) fn push(&self, function: &str, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MOST {
            lines.pop_front();
        }
        lines.push_back((function.to_owned(), line.chars().take(LONGEST).collect()));
    }

    pub(super) fn list(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lines_are_forgotten_and_long_ones_cut() {
        let recent = Recent::default();
        (0..=MOST).for_each(|number| recent.push("f", &format!("{number} {}", "é".repeat(LONGEST))));
        let lines = recent.list();
        assert_eq!((lines.len(), lines[0].1.chars().count()), (MOST, LONGEST));
        assert!(lines[0].1.starts_with("1 "));
    }
}
