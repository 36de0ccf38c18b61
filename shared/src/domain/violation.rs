/// One rule that one field of an input breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field, as a JSON pointer into the request body (`/name`).
    pub pointer: String,
    /// The rule, in words for the user who filled in the field.
    pub detail: String,
}

/// Collects every violation of an input, so that a client sees all of them at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Returns the parsed value, or records the violation.
    pub fn check<T, E: std::fmt::Display>(&mut self, pointer: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(pointer, error)).ok()
    }

    /// Does the same as [`Violations::check`] for an optional field.
    pub fn check_optional<T, E: std::fmt::Display>(
        &mut self,
        pointer: &str,
        parsed: Option<Result<T, E>>,
    ) -> Option<T> {
        parsed.and_then(|parsed| self.check(pointer, parsed))
    }

    /// Records a violation that no parser reports.
    pub fn add(&mut self, pointer: &str, detail: impl std::fmt::Display) {
        self.0.push(Violation { pointer: pointer.to_owned(), detail: detail.to_string() });
    }

    /// Returns the value if there is no violation.
    ///
    /// # Errors
    /// All violations. Also when a required part is missing although no violation was recorded.
    pub fn or<T>(self, value: Option<T>) -> Result<T, Vec<Violation>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}
