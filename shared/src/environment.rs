//! What makes one run different from another: the clock and randomness. Passed in, so that a test can decide both.

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::{Timestamp, Version};

type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
type Randomness = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The clock and the source of randomness.
#[derive(Clone)]
pub struct Environment {
    clock: Clock,
    randomness: Randomness,
}

impl Environment {
    /// The machine's own clock, the operating system's randomness.
    ///
    /// # Panics
    /// Later, when the operating system has no randomness to give: nothing safe can be done without.
    #[expect(clippy::disallowed_methods, clippy::expect_used, reason = "the one place where the real ones come in")]
    pub fn system() -> Self {
        Self::new(
            || Timestamp::new(jiff::Timestamp::now()),
            |bytes| getrandom::fill(bytes).expect("the operating system provides randomness"),
        )
    }

    /// A clock and a source of randomness of the caller's own.
    pub fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        randomness: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), randomness: Arc::new(randomness) }
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Bytes that nobody can guess.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.randomness)(&mut bytes);
        bytes
    }

    /// A UUIDv7 of this instant.
    pub fn new_id(&self) -> Uuid {
        let milliseconds = u64::try_from(self.now().as_milliseconds()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.random_bytes()).into_uuid()
    }

    /// A version that nothing has had before.
    pub fn new_version(&self) -> Version {
        Version::new(uuid::Builder::from_random_bytes(self.random_bytes()).into_uuid())
    }
}
