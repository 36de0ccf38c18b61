//! Opens connections before the first request, so that the first request does not wait for them.
//!
//! The constructor of a function states which services its first request calls, and with how many concurrent requests.
//! Each connection uses the same client as the later calls: the same endpoint, the same pool of connections and the
//! same code. Only the request is replaced by a `GET /` without a body and a signature. It requires no permission, and
//! the response does not matter.

use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextMut, dyn_dispatch_hint},
        orchestrator::HttpRequest,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use futures::future::{BoxFuture, join_all};

use crate::telemetry;

#[cfg(test)]
mod tests;

/// The time for opening connections. Lambda limits init to ten seconds. If a service does not respond in this time, the
/// first request opens the connection.
const TIME: Duration = Duration::from_secs(1);

/// Opens the connections of a function. By default, as in tests, it opens none.
#[derive(Clone, Default)]
pub struct Connections(Option<Arc<Mutex<Vec<BoxFuture<'static, ()>>>>>);

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

impl Connections {
    /// Creates the value for a process that serves requests.
    pub(super) fn of_the_process() -> Self {
        Self(Some(Arc::default()))
    }

    /// Makes `call` `times` times, side by side, before the first request. The call must have the interceptor
    /// [`OpenOnly`]. Its result is ignored, because the service received another request.
    pub fn open<T, E: Error, F>(&self, times: usize, call: impl Fn() -> F)
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let Some(calls) = &self.0 else { return };
        let calls = &mut calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.extend((0..times).map(|_| {
            let call = call();
            let call = async move {
                if let Err(error) = call.await {
                    tracing::debug!(error = telemetry::chain(&error), "an answer that is as good as any other");
                }
            };
            Box::pin(call) as BoxFuture<'static, ()>
        }));
    }

    /// Opens the connections. If one cannot be opened, the first request tries again and reports the error.
    pub async fn opened(&self) {
        let Some(calls) = &self.0 else { return };
        let calls = std::mem::take(&mut *calls.lock().unwrap_or_else(PoisonError::into_inner));
        if tokio::time::timeout(TIME, join_all(calls)).await.is_err() {
            tracing::debug!("not every connection was opened before the first request");
        }
    }
}

/// Replaces a request with `GET /`, so that it only opens a connection.
#[derive(Debug)]
pub struct OpenOnly;

#[dyn_dispatch_hint]
impl Intercept for OpenOnly {
    fn name(&self) -> &'static str {
        "OpenOnly"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        *request = HttpRequest::get(root(request.uri()))?;
        Ok(())
    }
}

/// Returns the URL with the path `/` and no query.
fn root(url: &str) -> String {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[host..].find(['/', '?']).map_or(url.len(), |path| host + path);
    format!("{}/", &url[..end])
}
