//! What the stack itself has to say. Never an address, a code, a token or a name.

use std::io::Write;

use crate::options::Logs;

/// Says it on stderr, or not at all where the output belongs to a test.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Notices {
    speaks: bool,
}

impl Notices {
    pub(crate) fn new(logs: Logs) -> Self {
        Self { speaks: logs != Logs::Captured }
    }

    /// Whether somebody reads what is said.
    pub(crate) fn speaks(self) -> bool {
        self.speaks
    }

    pub(crate) fn say(self, text: &str) {
        if self.speaks {
            // With stderr closed there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    pub(crate) fn warn(self, text: &str) {
        self.say(&format!("warning: {text}"));
    }
}
