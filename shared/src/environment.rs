//! Everything that differs between runs: the clock, pauses, randomness and the target of counts. It is an argument, so
//! that a test can control all of it.

use std::{pin::Pin, sync::Arc};

use jiff::SignedDuration;
use uuid::Uuid;

use crate::{
    domain::{RoleSet, Timestamp, Version},
    metrics::Metrics,
};

type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
type Randomness = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
type Sleep = Arc<dyn Fn(SignedDuration) -> Pause + Send + Sync>;

/// A pause by the environment's clock.
pub type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clock, its pauses, the source of randomness and the metrics.
#[derive(Clone)]
pub struct Environment {
    clock: Clock,
    randomness: Randomness,
    sleep: Sleep,
    metrics: Metrics,
}

impl Environment {
    /// Creates the environment of a process: the machine's clock and the operating system's randomness.
    ///
    /// # Panics
    /// Later, if the operating system returns no randomness. Nothing safe is possible without it.
    #[expect(clippy::disallowed_methods, clippy::expect_used, reason = "the one place where the real ones come in")]
    pub fn system() -> Self {
        Self::new(
            || Timestamp::new(jiff::Timestamp::now()),
            |bytes| getrandom::fill(bytes).expect("the operating system provides randomness"),
        )
    }

    /// Creates an environment with another clock and source of randomness. Its metrics write no lines.
    pub fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        randomness: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        let sleep = |duration: SignedDuration| -> Pause { Box::pin(tokio::time::sleep(duration.unsigned_abs())) };
        Self {
            clock: Arc::new(clock),
            randomness: Arc::new(randomness),
            sleep: Arc::new(sleep),
            metrics: Metrics::default(),
        }
    }

    /// Replaces the pauses, for example with those of a test's clock.
    #[must_use]
    pub fn with_sleep(self, sleep: impl Fn(SignedDuration) -> Pause + Send + Sync + 'static) -> Self {
        Self { sleep: Arc::new(sleep), ..self }
    }

    /// Replaces the metrics.
    #[must_use]
    pub fn with_metrics(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// The metrics that count events.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Waits for `duration` by this environment's clock.
    pub fn sleep(&self, duration: SignedDuration) -> Pause {
        (self.sleep)(duration)
    }

    /// Returns random bytes that no one can guess.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.randomness)(&mut bytes);
        bytes
    }

    /// Creates a UUIDv7 of the current instant.
    pub fn new_id(&self) -> Uuid {
        self.new_id_of(self.now())
    }

    /// Creates a UUIDv7 of an instant.
    pub fn new_id_of(&self, instant: Timestamp) -> Uuid {
        let milliseconds = u64::try_from(instant.as_milliseconds()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.random_bytes()).into_uuid()
    }

    /// Creates a version that no resource has had before.
    pub fn new_version(&self) -> Version {
        Version::new(self.random_uuid())
    }

    /// Creates a version of a member with these roles.
    pub fn new_member_version(&self, roles: RoleSet) -> Version {
        Version::of_member(self.random_uuid(), roles)
    }

    fn random_uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random_bytes()).into_uuid()
    }
}
