//! The AWS services as a function sees them: those that record, and those that repeat what was recorded.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering::Relaxed},
};
use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    Result,
    listener::Connections,
    recording::{Exchange, closest},
    tls::Certificates,
};

/// Where the answers come from.
pub(crate) enum Answers {
    /// From an engine for DynamoDB; Cognito knows everybody, and SES takes every mail.
    Engine { url: String, client: reqwest::Client },
    /// From what was recorded.
    Recorded(Vec<Exchange>),
}

struct Shared {
    answers: Answers,
    log: Mutex<Vec<Exchange>>,
    delay: Duration,
}

/// Services that listen until they are dropped.
pub(crate) struct Services {
    pub(crate) url: String,
    shared: Arc<Shared>,
    connections: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Drop for Services {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Services {
    /// Listens on a free port, over TLS if there are certificates. Every answer, and every round trip of a connection's
    /// beginning, takes `delay` longer.
    pub(crate) async fn start(answers: Answers, tls: Option<&Certificates>, delay: Duration) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared { answers, log: Mutex::default(), delay });
        let connections = Arc::new(AtomicUsize::new(0));
        let router = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(16 * 1024 * 1024))
            .with_state(Arc::clone(&shared));
        let acceptor = tls.map(Certificates::acceptor).transpose()?;
        let url = if tls.is_some() { format!("https://localhost:{port}") } else { format!("http://127.0.0.1:{port}") };
        let listener = Connections::new(listener, acceptor, Arc::clone(&connections), delay)?;
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, shared, connections, serving })
    }

    /// How many connections were opened so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Relaxed)
    }

    /// The requests since the last call of this, and their answers.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.shared.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if !shared.delay.is_zero() {
        tokio::time::sleep(shared.delay).await;
    }
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let operation = match target.and_then(|target| target.rsplit('.').next()) {
        Some(operation) => operation.to_owned(),
        None => uri.path().to_owned(),
    };
    let (status, answer) = match &shared.answers {
        Answers::Recorded(exchanges) => match closest(exchanges, &operation, &body) {
            Some(exchange) => (StatusCode::OK, exchange.answer.clone()),
            None => (StatusCode::BAD_REQUEST, Bytes::from_static(br#"{"__type":"x#ValidationException"}"#)),
        },
        Answers::Engine { url, client } => {
            let started = Instant::now();
            let request: Value = serde_json::from_slice(&body).unwrap_or_default();
            let (status, answer) = match operation.as_str() {
                "AdminGetUser" => (StatusCode::OK, user(&request).to_string().into()),
                "/v2/email/outbound-emails" => (StatusCode::OK, json!({"MessageId": "m-1"}).to_string().into()),
                _ => forward(client, url, &headers, body).await,
            };
            let exchange = Exchange { operation, request, answer: answer.clone(), started, ended: Instant::now() };
            shared.log.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
            (status, answer)
        }
    };
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], answer).into_response()
}

/// Cognito's word on a user: everybody exists, and their address begins with their name.
fn user(request: &Value) -> Value {
    let name = request["Username"].as_str().unwrap_or_default();
    let attribute = |name: &str, value: &str| json!({"Name": name, "Value": value});
    json!({
        "Username": name, "Enabled": true, "UserStatus": "CONFIRMED",
        "UserAttributes": [
            attribute("sub", name), attribute("email", &format!("{name}@example.com")),
            attribute("email_verified", "true"), attribute("given_name", "Ada"), attribute("family_name", "Lovelace"),
        ]
    })
}

async fn forward(client: &reqwest::Client, url: &str, headers: &HeaderMap, body: Bytes) -> (StatusCode, Bytes) {
    let mut headers = headers.clone();
    headers.remove(header::HOST);
    headers.remove(header::CONTENT_LENGTH);
    let answer = async {
        let answer = client.post(url).headers(headers).body(body).send().await?;
        Ok::<_, reqwest::Error>((answer.status(), answer.bytes().await?))
    };
    answer.await.unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, error.to_string().into()))
}
