use lambda_http::{Body, Error, Request, RequestExt, Response, service_fn};

use super::{ApiRequest, Problem, Reply, reply::response};
use crate::{environment::Environment, metrics::Origin, telemetry};

/// The routes of one function.
pub trait Routes: Send + Sync + 'static {
    /// Answers one request.
    fn answer(&self, request: &ApiRequest) -> impl Future<Output = Result<Reply, Problem>> + Send;

    /// The clock that requests are looked at with.
    fn environment(&self) -> &Environment;
}

/// Serves `routes` on the Lambda Runtime API until the process ends.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn serve(service: &'static str, routes: impl Routes) -> Result<(), Error> {
    let routes = &routes;
    lambda_http::run(service_fn(move |request: Request| async move {
        Ok::<_, Error>(respond(service, routes, request).await)
    }))
    .await
}

/// Answers one request and leaves one line in the log, and one of metrics where there was something to count. Whatever goes wrong becomes a problem document.
pub async fn respond(service: &'static str, routes: &impl Routes, request: Request) -> Response<Body> {
    let request = ApiRequest::new(request, routes.environment());
    let answer = routes.answer(&request).await;
    let code = answer.as_ref().err().map(|problem| problem.code().text());
    let response = response(answer, request.id());
    let lambda = request.request().lambda_context_ref();
    tracing::info!(
        target: "function",
        service,
        cold_start = telemetry::is_cold_start(),
        function_request_id = lambda.map(|context| context.request_id.as_str()),
        xray_trace_id = lambda.and_then(telemetry::trace_id),
        correlation_id = request.id(),
        route = request.route(),
        status = response.status().as_u16(),
        code,
        duration_ms = routes.environment().now().as_milliseconds() - request.now().as_milliseconds(),
        "request"
    );
    let origin = Origin {
        service,
        function_request_id: lambda.map(|context| context.request_id.as_str()),
        correlation_id: Some(request.id()),
    };
    routes.environment().metrics().write(routes.environment().now(), &origin, code);
    response
}
