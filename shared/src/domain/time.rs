use jiff::SignedDuration;

/// An instant in UTC with millisecond precision.
///
/// Its text always has the same width (`2026-01-02T03:04:05.678Z`), so that the table can compare instants as strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// The instant, truncated to whole milliseconds.
    pub fn new(instant: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_millisecond(instant.as_millisecond()).unwrap_or(instant))
    }

    /// Milliseconds since 1970.
    pub fn as_milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Seconds since 1970, the unit of DynamoDB's TTL.
    pub fn as_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// The day in UTC: `2026-01-02`.
    pub fn date(self) -> String {
        let mut text = self.to_string();
        text.truncate("2026-01-02".len());
        text
    }

    /// The beginning of the hour, in UTC.
    #[must_use]
    pub fn start_of_hour(self) -> Self {
        self.plus(SignedDuration::from_millis(-self.as_milliseconds().rem_euclid(3_600_000)))
    }

    /// The time until the next day in UTC begins.
    pub fn until_tomorrow(self) -> SignedDuration {
        SignedDuration::from_secs(24 * 3600 - self.as_seconds().rem_euclid(24 * 3600))
    }

    /// The instant `days` later, or the latest possible instant.
    #[must_use]
    pub fn plus_days(self, days: u16) -> Self {
        self.plus(SignedDuration::from_hours(24 * i64::from(days)))
    }

    /// The instant `duration` later, or the latest possible instant.
    #[must_use]
    pub fn plus(self, duration: SignedDuration) -> Self {
        Self(self.0.saturating_add(duration).unwrap_or(jiff::Timestamp::MAX))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::new)
    }
}

/// The number of days until an invitation expires (R13): 1 to 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(u16);

impl Days {
    /// # Errors
    /// When the number is not 1 to 30.
    pub fn new(days: i64) -> Result<Self, &'static str> {
        match u16::try_from(days) {
            Ok(days @ 1..=30) => Ok(Self(days)),
            _ => Err("must be a whole number of days from 1 to 30"),
        }
    }

    pub fn get(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_sorts_as_the_instants_do() {
        let early: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let late: Timestamp = "2026-01-02T03:04:05.001Z".parse().unwrap();
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.to_string(), "2026-01-02T03:04:05.000Z");
    }

    #[test]
    fn days_are_one_to_thirty() {
        assert!(Days::new(0).is_err() && Days::new(31).is_err() && Days::new(-1).is_err());
        assert!(Days::new(1).is_ok() && Days::new(30).is_ok());
    }
}
