use std::pin::Pin;

use lambda_http::{Body, Error, Request, RequestExt, Response, service_fn};

use super::{ApiRequest, Clients, Problem, Reply, reply::response};
use crate::{configuration::InvalidConfiguration, environment::Environment, metrics::Origin, start::Start, telemetry};

/// The future response to a request. It is boxed, so that the layers above do not move it.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Reply, Problem>> + Send + 'a>>;

/// A function behind the HTTP API. [`routes!`](crate::routes) writes the part that must match template.yaml.
pub trait HttpFunction: Sized + Send + Sync + 'static {
    /// All routes of the function, as API Gateway writes them: `GET /organizations/{organizationId}`.
    const ROUTES: &'static [&'static str];

    /// # Errors
    /// When the environment is not what template.yaml sets.
    fn new(start: &Start) -> Result<Self, InvalidConfiguration>;

    /// Handles a request for one of the function's routes.
    fn answer<'a>(&'a self, request: &'a ApiRequest) -> Answering<'a>;
}

/// Defines the only table of a function's routes: `routes! { Members { "GET /…/members" => list, … } }`. The lookup is
/// exact. If only template.yaml has a route, the function logs an error and returns 500. It never calls the handler of
/// another route.
#[macro_export]
macro_rules! routes {
    ($function:ty { $($route:literal => $handler:ident),+ $(,)? }) => {
        impl $crate::http::HttpFunction for $function {
            const ROUTES: &'static [&'static str] = &[$($route),+];

            fn new(start: &$crate::start::Start) -> Result<Self, $crate::configuration::InvalidConfiguration> {
                Self::new(start)
            }

            fn answer<'a>(&'a self, request: &'a $crate::http::ApiRequest) -> $crate::http::Answering<'a> {
                match request.route() {
                    $($route => Box::pin(self.$handler(request)),)+
                    _ => Box::pin(async { Err($crate::http::Problem::unknown_route()) }),
                }
            }
        }
    };
}

/// A function with everything that each of its requests needs.
pub struct Api<F> {
    service: &'static str,
    function: F,
    clients: Clients,
    environment: Environment,
}

/// Starts the function that calls itself `service` and serves it on the Lambda Runtime API until the process ends.
///
/// # Errors
/// When the environment is not what template.yaml sets, or the Runtime API cannot be reached.
pub async fn serve<F: HttpFunction>(service: &'static str) -> Result<(), Error> {
    let start = Start::new().await;
    let api = &Api::<F>::new(service, &start)?;
    start.connections.opened().await;
    lambda_http::run(service_fn(move |request: Request| async move { Ok::<_, Error>(api.respond(request).await) }))
        .await
}

impl<F: HttpFunction> Api<F> {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(service: &'static str, start: &Start) -> Result<Self, InvalidConfiguration> {
        let clients = Clients::new(&start.variables.text("USER_POOL_CLIENT_IDS")?);
        Ok(Self { service, function: F::new(start)?, clients, environment: start.environment.clone() })
    }

    /// Handles a request before Lambda's deadline, which limits all calls to AWS, their retries and the pauses. If
    /// Lambda ended the function, API Gateway would return a 500 without details.
    async fn answer_in_time(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let answer = self.function.answer(request);
        match request.time_left() {
            None => answer.await,
            Some(time) => tokio::time::timeout(time, answer).await.unwrap_or_else(|_| {
                tracing::warn!("no time left: the request may be repeated");
                Err(Problem::unavailable())
            }),
        }
    }

    /// Handles one request. Writes one log line, and a line of counts if there are any. Every error becomes an error
    /// response.
    pub async fn respond(&self, request: Request) -> Response<Body> {
        let Self { service, environment, .. } = self;
        let request = ApiRequest::new(request, self.clients.clone(), environment.now());
        let answer = self.answer_in_time(&request).await;
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
            duration_ms = environment.now().as_milliseconds() - request.now().as_milliseconds(),
            "request"
        );
        let origin = Origin {
            service,
            function_request_id: lambda.map(|context| context.request_id.as_str()),
            correlation_id: Some(request.id()),
        };
        environment.metrics().write(environment.now(), &origin, code);
        response
    }
}
