//! Logs: one JSON object a line, in the key names of Powertools for AWS Lambda. What must never be in one: secrets, tokens,
//! e-mail addresses, names of people or organizations, request or response bodies (I11).

use std::sync::atomic::{AtomicBool, Ordering};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

static WARM: AtomicBool = AtomicBool::new(false);

/// Starts logging to standard output, from `LOG_LEVEL` on. Dependencies log warnings only: below that, the SDK writes
/// requests out.
pub fn start() {
    let level = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned()).to_lowercase();
    let own = env!("CARGO_PKG_NAME");
    let filter =
        EnvFilter::try_new(format!("warn,function={level},{own}={level}")).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines =
        fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).with_target(false);
    // A second start, as in tests, leaves the first in place.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// Whether this is the first invocation of this process.
pub fn is_cold_start() -> bool {
    !WARM.swap(true, Ordering::Relaxed)
}

/// An error and what caused it, in one line. Only `Display` texts: `Debug` of an SDK error holds items and requests.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
