/// One rule that one field of an input breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which field, as a JSON pointer into the request body (`/name`).
    pub pointer: String,
    /// What the rule is, worded for the person who filled in the field.
    pub detail: String,
}

/// Collects every violation of an input, so that a client sees all of them at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Keeps the value, or notes why there is none.
    pub fn check<T, E: std::fmt::Display>(&mut self, pointer: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(pointer, error)).ok()
    }

    /// As [`Violations::check`], for a field that may be missing.
    pub fn check_optional<T, E: std::fmt::Display>(
        &mut self,
        pointer: &str,
        parsed: Option<Result<T, E>>,
    ) -> Option<T> {
        parsed.and_then(|parsed| self.check(pointer, parsed))
    }

    /// Notes a violation that no parser reports.
    pub fn add(&mut self, pointer: &str, detail: impl std::fmt::Display) {
        self.0.push(Violation { pointer: pointer.to_owned(), detail: detail.to_string() });
    }

    /// The value if nothing was violated.
    ///
    /// # Errors
    /// All violations; also when a required part is missing although none was noted.
    pub fn or<T>(self, value: Option<T>) -> Result<T, Vec<Violation>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}
