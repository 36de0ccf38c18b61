//! Connections that are opened before the first request, so that it does not wait for them.
//!
//! A function's constructor says which services its first request calls, and how many of its requests are under way side by
//! side. Each of them is then sent through the very client that calls the service later: to the same endpoint, into the same
//! pool of connections, and with all the code that a request runs. What goes out is `GET /` in its place, without a body
//! and without a signature. That takes no permission, and each service answers it somehow.

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

/// Lambda counts all of init against ten seconds. A service that does not answer in this time is left to the first request.
const TIME: Duration = Duration::from_secs(1);

/// What opens the connections of a function. By default, as in tests, nothing is opened.
#[derive(Clone, Default)]
pub struct Connections(Option<Arc<Mutex<Vec<BoxFuture<'static, ()>>>>>);

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

impl Connections {
    /// Those of a process that serves requests.
    pub(super) fn of_the_process() -> Self {
        Self(Some(Arc::default()))
    }

    /// Has `call` made `times` times, side by side, before the first request. It must have the interceptor [`OpenOnly`]. What
    /// it returns is not the service's answer to anything that was asked, so it is not looked at.
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

    /// Opens them. A connection that cannot be opened is left to the first request, which then says why.
    pub async fn opened(&self) {
        let Some(calls) = &self.0 else { return };
        let calls = std::mem::take(&mut *calls.lock().unwrap_or_else(PoisonError::into_inner));
        if tokio::time::timeout(TIME, join_all(calls)).await.is_err() {
            tracing::debug!("not every connection was opened before the first request");
        }
    }
}

/// Sends `GET /` in the place of a request, so that it opens a connection and does nothing else.
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

/// The URL with the path `/` and nothing after it.
fn root(url: &str) -> String {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[host..].find(['/', '?']).map_or(url.len(), |path| host + path);
    format!("{}/", &url[..end])
}
