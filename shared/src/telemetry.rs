//! Logs: one JSON object for each line, with the key names of Powertools for AWS Lambda. docs/operations.md lists every
//! field. No line contains secrets, tokens, email addresses, names of people or organizations, or request or response
//! bodies (I11).

use std::sync::atomic::{AtomicBool, Ordering};

use lambda_http::Context;
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::metrics::Origin;

static WARM: AtomicBool = AtomicBool::new(false);

/// The invocation of a line. Requests carry the same data.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// Lambda's id of the invocation.
    pub request_id: String,
    /// X-Ray's id of the trace, if there is one.
    pub trace_id: Option<String>,
}

impl From<&Context> for Invocation {
    fn from(context: &Context) -> Self {
        Self { request_id: context.request_id.clone(), trace_id: trace_id(context).map(str::to_owned) }
    }
}

/// Returns X-Ray's id of the trace. The header of Lambda also contains the parent and the sampling decision.
pub fn trace_id(context: &Context) -> Option<&str> {
    context.xray_trace_id.as_deref()?.split(';').find_map(|part| part.strip_prefix("Root="))
}

impl Invocation {
    /// The origin of a line of counts.
    pub fn origin(&self, service: &'static str) -> Origin<'_> {
        Origin { service, function_request_id: Some(&self.request_id), correlation_id: None }
    }
}

/// Starts logging to standard output, with the level `LOG_LEVEL`.
pub fn start() {
    let level = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned()).to_lowercase();
    // A second start, as in tests, leaves the first in place.
    let _ = subscriber(&level, std::io::stdout).try_init();
}

/// Writes lines of `level` and above to `writer`. Dependencies log only warnings and errors, because the SDK writes
/// requests at lower levels.
pub fn subscriber<W>(level: &str, writer: W) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let own = env!("CARGO_PKG_NAME");
    let filter =
        EnvFilter::try_new(format!("warn,function={level},{own}={level}")).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines =
        fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).with_target(false);
    tracing_subscriber::registry().with(filter).with(lines.with_writer(writer))
}

/// Whether this is the first invocation of this process.
pub fn is_cold_start() -> bool {
    !WARM.swap(true, Ordering::Relaxed)
}

/// Returns an error and its causes in one line. It uses only `Display` texts, because the `Debug` of an SDK error
/// contains items and requests.
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
