//! DynamoDB on this machine: the embedded engine behind a recording, fault-injecting front.

mod embedded;
mod faults;
mod front;
mod journal;
mod table;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub use faults::{Fault, FaultKind};
pub(crate) use front::{Front, HEALTHY, caller};
pub use journal::{Call, round_trips};
use stack_template::Template;
pub(crate) use table::create_table;

use crate::{client::Client, entropy, error::StartError, options::Data, wire::Wire};

/// DynamoDB alone, on a free port of the loopback interface.
pub struct Engine {
    front: Arc<Front>,
    url: String,
    direct_url: String,
    serving: JoinHandle<()>,
    /// Dropping it stops the engine's own server.
    _stop: Option<oneshot::Sender<()>>,
}

impl Engine {
    /// Opens the database and listens.
    pub async fn start(data: Data) -> Result<Self, StartError> {
        let database = tokio::task::spawn_blocking(move || embedded::open(&data))
            .await
            .map_err(|error| StartError::Database(error.to_string()))??;
        let (behind, engine_url) = listen_out_of_the_way().await?;
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(dynoxide::server::serve_with_shutdown(behind, database, async {
            let _ = stopped.await;
        }));
        Self::listen_before(&engine_url, Some(stop)).await
    }

    /// The same front before an engine that runs already, for example Amazon's own DynamoDB Local.
    pub async fn before(engine_url: &str) -> Result<Self, StartError> {
        Self::listen_before(engine_url, None).await
    }

    async fn listen_before(engine_url: &str, stop: Option<oneshot::Sender<()>>) -> Result<Self, StartError> {
        let (listener, url) = listen().await?;
        let engine = Client::to(engine_url).map_err(|error| StartError::Database(error.to_string()))?;
        let front = Arc::new(Front::new(engine));
        let serving = tokio::spawn(front::serve(listener, Arc::clone(&front)));
        Ok(Self { front, url, direct_url: engine_url.to_owned(), serving, _stop: stop })
    }

    /// Where an SDK finds it, for `AWS_ENDPOINT_URL_DYNAMODB`.
    pub fn endpoint_url(&self) -> &str {
        &self.url
    }

    /// Creates the template's table, its indexes, stream and TTL included; one that is there already is left as it is.
    pub async fn create_table(&self, template: &Template, table_name: &str) -> Result<(), StartError> {
        self.create(template, table_name, template.table(table_name)?).await
    }

    /// As [`Engine::create_table`], without the stream: for who reads none. DynamoDB Local goes through every shard that it
    /// has with every write to a table that has one.
    pub async fn create_table_without_stream(&self, template: &Template, table_name: &str) -> Result<(), StartError> {
        let mut table = template.table(table_name)?;
        if let Some(table) = table.as_object_mut() {
            table.remove("StreamSpecification");
        }
        self.create(template, table_name, table).await
    }

    async fn create(&self, template: &Template, table_name: &str, table: Value) -> Result<(), StartError> {
        let time_to_live = template.time_to_live(table_name)?;
        // Past the front: what the stack itself asks for is nobody's round trip.
        let wire = Wire::local(&self.direct_url, template.region());
        let created = match wire {
            Ok(wire) => create_table(&wire, table_name, &table, time_to_live.as_ref()).await,
            Err(error) => Err(error),
        };
        created.map_err(|error| StartError::Database(error.to_string()))
    }

    /// Every call since the start, or since [`Engine::clear_calls`], in the order in which they ended.
    pub fn calls(&self) -> Vec<Call> {
        self.front.journal.calls()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.front.journal.clear();
    }

    /// Holds every answer for this long, so that requests sent side by side really overlap.
    pub fn set_latency(&self, latency: Duration) {
        self.front.set_latency(latency);
    }

    /// Makes the next calls of an operation fail.
    pub fn inject(&self, fault: Fault) {
        self.front.faults.inject(fault);
    }

    /// Forgets the faults that have not hit anything yet.
    pub fn clear_faults(&self) {
        self.front.faults.clear();
    }

    /// Past the front, for the stack's own calls.
    pub(crate) fn direct_url(&self) -> &str {
        &self.direct_url
    }

    /// For those who have the request already.
    pub(crate) fn front(&self) -> Arc<Front> {
        Arc::clone(&self.front)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The engine's own server lets every web page read its answers and writes what they ask for. So it listens where no page can
/// find it: on one of sixteen million loopback addresses, where the system has them all (Linux), else on the usual one.
async fn listen_out_of_the_way() -> Result<(TcpListener, String), StartError> {
    let [a, b, c] = entropy::bytes::<3>();
    match TcpListener::bind((Ipv4Addr::new(127, a, b, c), 0)).await {
        Ok(listener) => at(listener),
        Err(_) => listen().await,
    }
}

async fn listen() -> Result<(TcpListener, String), StartError> {
    at(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(StartError::Listen)?)
}

fn at(listener: TcpListener) -> Result<(TcpListener, String), StartError> {
    let address = listener.local_addr().map_err(StartError::Listen)?;
    Ok((listener, format!("http://{address}")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::wire::{Wire, WireError};

    const DYNAMODB: &str = "DynamoDB_20120810";

    async fn engine() -> (Engine, Wire) {
        let engine = Engine::start(Data::Memory).await.unwrap();
        let template = crate::Options::default().template().unwrap();
        engine.create_table(&template, "items").await.unwrap();
        let wire = Wire::local(engine.endpoint_url(), "us-east-1").unwrap();
        (engine, wire)
    }

    fn put(key: &str) -> Value {
        json!({"TableName": "items", "Item": {"pk": {"S": key}, "sk": {"S": "x"}}})
    }

    #[tokio::test]
    async fn calls_are_recorded_with_their_caller_and_capacity() {
        let (engine, wire) = engine().await;
        wire.call(DYNAMODB, "PutItem", &put("a")).await.unwrap();
        let calls = engine.calls();
        assert_eq!(calls.len(), 1);
        assert_eq!((calls[0].operation.as_str(), calls[0].caller.as_str()), ("PutItem", "localstack"));
        assert_eq!(calls[0].capacity, Some(1.0));
        engine.clear_calls();
        assert!(engine.calls().is_empty());
    }

    #[tokio::test]
    async fn with_latency_calls_side_by_side_are_one_round_trip() {
        let (engine, wire) = engine().await;
        engine.set_latency(Duration::from_millis(50));
        let (a, b) = (put("a"), put("b"));
        let (first, second) = tokio::join!(wire.call(DYNAMODB, "PutItem", &a), wire.call(DYNAMODB, "PutItem", &b));
        first.unwrap();
        second.unwrap();
        assert_eq!(round_trips(&engine.calls()), 1);
        wire.call(DYNAMODB, "PutItem", &a).await.unwrap();
        assert_eq!(round_trips(&engine.calls()), 2);
    }

    #[tokio::test]
    async fn a_lost_reply_is_executed_and_a_dropped_call_is_not() {
        let (engine, wire) = engine().await;
        for (kind, key, executed) in [(FaultKind::LostReply, "lost", true), (FaultKind::Dropped, "dropped", false)] {
            engine.inject(Fault { operation: "PutItem".to_owned(), times: 1, kind });
            let answer = wire.call(DYNAMODB, "PutItem", &put(key)).await;
            assert!(matches!(answer, Err(WireError::NoAnswer(_))), "{answer:?}");
            let get = json!({"TableName": "items", "Key": {"pk": {"S": key}, "sk": {"S": "x"}}});
            let found = wire.call(DYNAMODB, "GetItem", &get).await.unwrap();
            assert_eq!(found.get("Item").is_some(), executed, "{key}");
        }
    }

    #[tokio::test]
    async fn faults_answer_as_dynamodb_does() {
        let (engine, wire) = engine().await;
        for (kind, expected) in [
            (FaultKind::TransactionConflict, "TransactionCanceledException"),
            (FaultKind::TransactionInProgress, "TransactionInProgressException"),
            (FaultKind::Throttled, "ProvisionedThroughputExceededException"),
            (FaultKind::Unavailable, "ServiceUnavailableException"),
            (FaultKind::InternalError, "InternalServerError"),
            (FaultKind::Invalid, "ValidationException"),
        ] {
            engine.inject(Fault { operation: "TransactWriteItems".to_owned(), times: 1, kind });
            let request = json!({"TransactItems": [{"Put": put("a")}]});
            let answer = wire.call(DYNAMODB, "TransactWriteItems", &request).await;
            assert!(matches!(&answer, Err(WireError::Refused { name, .. }) if name == expected), "{answer:?}");
            wire.call(DYNAMODB, "TransactWriteItems", &request).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_page_from_elsewhere_is_refused() {
        let (engine, _) = engine().await;
        let here = engine.endpoint_url().trim_start_matches("http://").to_owned();
        let client = Client::to(engine.endpoint_url()).unwrap();
        for (name, value, status) in [
            ("host", "evil.example", 403),
            ("origin", "https://evil.example", 403),
            ("host", here.as_str(), 200),
            ("origin", "http://localhost:5173", 200),
        ] {
            let mut headers = hyper::HeaderMap::new();
            headers.insert("x-amz-target", "DynamoDB_20120810.ListTables".parse().unwrap());
            headers.insert("content-type", "application/x-amz-json-1.0".parse().unwrap());
            let authorization = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a";
            headers.insert("authorization", authorization.parse().unwrap());
            headers.insert("x-amz-date", "20260101T000000Z".parse().unwrap());
            headers.insert(hyper::header::HeaderName::from_static(name), value.parse().unwrap());
            let answer = client.post(headers, "{}".into()).await.unwrap();
            assert_eq!(answer.status.as_u16(), status, "{name}: {value}: {:?}", answer.body);
        }
    }

    #[tokio::test]
    async fn unprocessed_keys_are_reported_and_the_others_answered() {
        let (engine, wire) = engine().await;
        let keys: Vec<Value> = ["a", "b"].iter().map(|key| json!({"pk": {"S": key}, "sk": {"S": "x"}})).collect();
        for key in ["a", "b"] {
            wire.call(DYNAMODB, "PutItem", &put(key)).await.unwrap();
        }
        engine.inject(Fault { operation: "BatchGetItem".to_owned(), times: 1, kind: FaultKind::UnprocessedKeys });
        let request = json!({"RequestItems": {"items": {"Keys": keys}}});
        let partial = wire.call(DYNAMODB, "BatchGetItem", &request).await.unwrap();
        assert_eq!(partial["Responses"]["items"].as_array().unwrap().len(), 1);
        assert_eq!(partial["UnprocessedKeys"]["items"]["Keys"], json!([keys[1]]));
        let whole = wire.call(DYNAMODB, "BatchGetItem", &request).await.unwrap();
        assert_eq!(whole["Responses"]["items"].as_array().unwrap().len(), 2);
    }
}
