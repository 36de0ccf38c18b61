//! In front of the engine: every call is recorded, can be slowed down and can be made to fail.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, TRANSFER_ENCODING},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, sync::Notify, task::JoinSet};

use crate::{
    client::{Client, NoAnswer},
    iam::Permissions,
    not_emulated, planted, visitors,
};

use super::{
    faults::{self, FaultKind, Faults},
    journal::{Call, Journal},
};

/// DynamoDB's own limit.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// The answer to `GET /`.
pub(crate) const HEALTHY: &str = "healthy";

/// What of an answer is read here. The rest can be a page of a hundred items.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Measured {
    consumed_capacity: Option<Value>,
}

/// The connection is to be dropped without an answer.
#[derive(Debug, thiserror::Error)]
#[error("dropped on purpose")]
pub(crate) struct Dropped;

/// Forwards to the engine behind it.
#[derive(Debug)]
pub(crate) struct Front {
    engine: Client,
    pub(super) journal: Journal,
    pub(super) faults: Faults,
    latency: Mutex<Duration>,
    /// What callers may do; an engine alone lets everybody do everything.
    permissions: OnceLock<Arc<Permissions>>,
    /// Somebody wrote: the stream has something to read.
    pub(crate) written: Notify,
}

impl Front {
    pub(crate) fn new(engine: Client) -> Self {
        Self {
            engine,
            journal: Journal::default(),
            faults: Faults::default(),
            latency: Mutex::default(),
            permissions: OnceLock::new(),
            written: Notify::new(),
        }
    }

    pub(super) fn set_latency(&self, latency: Duration) {
        *self.latency.lock().unwrap_or_else(PoisonError::into_inner) = latency;
    }

    /// From here on callers may do what their policies say.
    pub(crate) fn guard(&self, permissions: Arc<Permissions>) {
        // Once a stack: its policies do not change while it runs.
        let _ = self.permissions.set(permissions);
    }

    /// Answers one request of an SDK, or says that the connection is to be dropped.
    pub(crate) async fn answer(&self, headers: &HeaderMap, body: Bytes) -> Result<Response<Full<Bytes>>, Dropped> {
        let started = Instant::now();
        let operation = operation(headers);
        let mut capacity = None;
        let answer = self.execute(headers, body, &operation, &mut capacity).await;
        let latency = *self.latency.lock().unwrap_or_else(PoisonError::into_inner);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        self.journal.record(Call { operation, caller: caller(headers), started, ended: Instant::now(), capacity });
        answer
    }

    async fn execute(
        &self,
        headers: &HeaderMap,
        body: Bytes,
        operation: &str,
        capacity: &mut Option<f64>,
    ) -> Result<Response<Full<Bytes>>, Dropped> {
        // Before anything else: what is not allowed is not executed, not even half of it.
        if let Some(permissions) = self.permissions.get()
            && let Err(refusal) = permissions.dynamodb(&caller(headers), operation, &body)
        {
            let name = "com.amazon.coral.service#AccessDeniedException";
            return Ok(json_answer(400, &json!({"__type": name, "Message": planted::sentence(&refusal.message)})));
        }
        let fault = self.faults.take(operation);
        let mut body = body;
        let mut unprocessed = None;
        if let Ok(mut request) = serde_json::from_slice::<Value>(&body) {
            if let Some((status, answer)) = fault.and_then(|fault| faults::answer(fault, operation, &request)) {
                return Ok(json_answer(status, &answer));
            }
            if fault == Some(FaultKind::UnprocessedKeys) {
                unprocessed = faults::take_last_key(&mut request);
                if request.get("RequestItems") == Some(&json!({})) {
                    return Ok(json_answer(200, &json!({"Responses": {}, "UnprocessedKeys": unprocessed})));
                }
            }
            if measures(operation)
                && let Some(request) = request.as_object_mut()
            {
                request.entry("ReturnConsumedCapacity").or_insert_with(|| json!("TOTAL"));
            }
            body = request.to_string().into();
        }
        if fault == Some(FaultKind::Dropped) {
            return Err(Dropped);
        }
        let Ok((status, answered, bytes)) = self.forward(headers, body).await else {
            // The engine is in this process; it is gone only while the stack stops.
            return Err(Dropped);
        };
        if writes(operation) {
            self.written.notify_waiters();
        }
        if fault == Some(FaultKind::LostReply) {
            return Err(Dropped);
        }
        let mut bytes = bytes;
        let mut answered = answered;
        if measures(operation)
            && let Ok(answer) = serde_json::from_slice::<Measured>(&bytes)
        {
            *capacity = answer.consumed_capacity.as_ref().map(units);
        }
        if let Some(unprocessed) = unprocessed
            && let Ok(mut answer) = serde_json::from_slice::<Map<String, Value>>(&bytes)
        {
            answer.insert("UnprocessedKeys".to_owned(), unprocessed);
            bytes = json!(answer).to_string().into();
            // The checksum was that of the whole answer.
            answered.remove("x-amz-crc32");
        }
        if !status.is_success() && is_unknown(&bytes) {
            return Ok(json_answer(400, &not_emulated::error("dynamodb", operation)));
        }
        if !status.is_success()
            && self.permissions.get().is_some_and(|permissions| permissions.is_function(&caller(headers)))
            && let Ok(mut error) = serde_json::from_slice::<Value>(&bytes)
        {
            planted::plant(&mut error);
            bytes = error.to_string().into();
            answered.remove("x-amz-crc32");
        }
        let mut response = Response::new(Full::new(bytes));
        *response.status_mut() = status;
        for (name, value) in answered
            .iter()
            .filter(|(name, _)| *name != CONNECTION && *name != TRANSFER_ENCODING && *name != CONTENT_LENGTH)
        {
            response.headers_mut().append(name.clone(), value.clone());
        }
        Ok(response)
    }

    async fn forward(&self, headers: &HeaderMap, body: Bytes) -> Result<(StatusCode, HeaderMap, Bytes), NoAnswer> {
        let mut headers = headers.clone();
        for own in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(own);
        }
        let answer = self.engine.post(headers, body).await?;
        Ok((answer.status, answer.headers, answer.body))
    }
}

/// Serves until dropped. Connections are tasks of this one, so that none outlives it.
pub(super) async fn serve(listener: TcpListener, front: Arc<Front>) {
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => continue,
            },
            Some(_) = connections.join_next() => continue,
        };
        // Small requests and answers, one after the other: waiting for more to send would only cost time.
        let _ = stream.set_nodelay(true);
        let front = Arc::clone(&front);
        connections.spawn(async move {
            let service = service_fn(|request| handle(Arc::clone(&front), request));
            // An error here is a client that went away, or a connection dropped on purpose.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn handle(front: Arc<Front>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Dropped> {
    let (parts, body) = request.into_parts();
    // The engine behind it lets every page read every answer.
    if let Err(stranger) =
        visitors::check_host(&parts.uri, &parts.headers).and_then(|()| visitors::check_origin(&parts.headers))
    {
        let name = "com.amazon.coral.service#AccessDeniedException";
        return Ok(json_answer(403, &json!({"__type": name, "Message": stranger.to_string()})));
    }
    // What DynamoDB says to whoever looks whether it is there. A function opens its connections with it; it is no call.
    if parts.method == Method::GET {
        return Ok(Response::new(Full::new(Bytes::from_static(HEALTHY.as_bytes()))));
    }
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => front.answer(&parts.headers, body.to_bytes()).await,
        Err(_) => Err(Dropped),
    }
}

fn json_answer(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    if let Ok(id) = HeaderValue::from_str(&crate::entropy::uuid()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// Whether the engine lacks an operation. It says no more than that.
fn is_unknown(error: &[u8]) -> bool {
    let error: Value = serde_json::from_slice(error).unwrap_or_default();
    error.get("__type").and_then(Value::as_str).is_some_and(|name| name.ends_with("UnknownOperationException"))
}

fn operation(headers: &HeaderMap) -> String {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

/// `AWS4-HMAC-SHA256 Credential=AKID/20260101/…` names the caller.
pub(crate) fn caller(headers: &HeaderMap) -> String {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let credential = authorization.split("Credential=").nth(1).unwrap_or_default();
    credential.split('/').next().unwrap_or_default().to_owned()
}

fn writes(operation: &str) -> bool {
    matches!(
        operation,
        "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "TransactWriteItems"
            | "BatchWriteItem"
            | "ExecuteStatement"
            | "ExecuteTransaction"
            | "BatchExecuteStatement"
    )
}

/// The operations that report what they consumed.
fn measures(operation: &str) -> bool {
    matches!(
        operation,
        "GetItem"
            | "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "Query"
            | "Scan"
            | "BatchGetItem"
            | "BatchWriteItem"
            | "TransactGetItems"
            | "TransactWriteItems"
    )
}

fn units(consumed: &Value) -> f64 {
    let one = |table: &Value| table.get("CapacityUnits").and_then(Value::as_f64).unwrap_or_default();
    match consumed {
        Value::Array(tables) => tables.iter().map(one).sum(),
        table => one(table),
    }
}
