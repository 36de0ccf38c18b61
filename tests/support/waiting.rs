//! Waiting for what happens by itself: mail, and the marks that the mailer leaves. Nothing else may be waited for.

use std::time::Duration;

use tokio::time::{Instant, sleep};

const DEADLINE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(100);

/// Asks again and again until there is an answer, for half a minute at most.
///
/// # Panics
/// When the deadline passes; `what` says what was waited for.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {DEADLINE:?} in vain for {what}");
        sleep(INTERVAL).await;
    }
}
