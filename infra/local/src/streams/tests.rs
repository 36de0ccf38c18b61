//! The whole way of a record: written to the engine, read from its stream, handed to a function.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use stack_template::{Function, Source, StreamSource};

use super::*;
use crate::{
    engine::Engine,
    lambda::{Lambda, LogSink, tests as functions},
    options::{Data, Logs},
    wire::Wire,
};

struct Fixture {
    engine: Engine,
    wire: Wire,
    lambda: Arc<Lambda>,
    logs: Arc<LogSink>,
    function: Function,
    positions: Arc<Positions>,
    dead_letters: Arc<DeadLetters>,
}

fn source() -> StreamSource {
    StreamSource {
        batch_size: 10,
        from_the_beginning: true,
        maximum_retries: Some(2),
        maximum_age: None,
        bisect: false,
        report_item_failures: true,
        on_failure: None,
        filters: Vec::new(),
    }
}

async fn fixture(source: StreamSource) -> Fixture {
    let engine = Engine::start(Data::Memory).await.unwrap();
    engine.create_table(&crate::Options::default().template().unwrap(), "items").await.unwrap();
    let wire = Wire::local(engine.endpoint_url(), "us-east-1").unwrap();
    let logs = Arc::new(LogSink::new(Logs::Captured).unwrap());
    let function = functions::function("works", Duration::from_secs(5), vec![Source::Stream(source)]);
    let lambda = Arc::new(functions::lambda(std::slice::from_ref(&function), &logs));
    let positions = Arc::new(Positions::open(&Data::Memory).unwrap());
    Fixture { engine, wire, lambda, logs, function, positions, dead_letters: Arc::new(DeadLetters::default()) }
}

impl Fixture {
    async fn put(&self, keys: &[&str]) {
        for key in keys {
            let item = json!({"pk": {"S": key}, "sk": {"S": "x"}, "kind": {"S": key}});
            let request = json!({"TableName": "items", "Item": item});
            self.wire.call("DynamoDB_20120810", "PutItem", &request).await.unwrap();
        }
    }

    /// Polls until everything that is in the stream is done, and compares the batches that the function has had.
    async fn read(&self, expected: &[&str]) {
        let stream = TableStream::of(self.wire.clone(), "items").await.unwrap().unwrap();
        let shard = stream.shards().await.unwrap().pop().unwrap();
        let start = stream.iterator(&shard, None, true).await.unwrap().unwrap();
        let (records, _) = stream.records(&start).await.unwrap();
        let last = source::sequence_number(records.last().unwrap()).to_owned();
        let reading = Reading {
            stream_arn: stream.arn().to_owned(),
            stream,
            region: "us-east-1".to_owned(),
            lambda: Arc::clone(&self.lambda),
            positions: Arc::clone(&self.positions),
            dead_letters: Arc::clone(&self.dead_letters),
            front: self.engine.front(),
        };
        let poller = Poller::all(std::slice::from_ref(&self.function), &reading).pop().unwrap();
        let done = async {
            while self.positions.get("fake", &shard).as_ref() != Some(&last) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = async { tokio::time::timeout(Duration::from_secs(20), done).await };
        tokio::select! {
            () = poller.run() => {}
            _ = waited => {}
        }
        assert_eq!(self.batches(), expected);
    }

    fn batches(&self) -> Vec<String> {
        let lines = self.logs.lines();
        // The harness that the function runs in has something to say as well, on the same line.
        lines.iter().filter_map(|line| Some(line.split_once("batch ")?.1.to_owned())).collect()
    }

    /// Condition and size of what was given up.
    fn given_up(&self) -> Vec<(String, u64)> {
        let letters = self.dead_letters.list();
        let read = |letter: &Value| {
            let condition = letter["requestContext"]["condition"].as_str().unwrap().to_owned();
            (condition, letter["DDBStreamBatchInfo"]["batchSize"].as_u64().unwrap())
        };
        letters["items"].as_array().unwrap().iter().map(read).collect()
    }
}

#[tokio::test]
async fn what_fails_is_tried_again_from_there_and_given_up_in_the_end() {
    let fixture = fixture(source()).await;
    fixture.put(&["a", "poison", "b"]).await;
    fixture.read(&["a poison b", "poison b", "poison b"]).await;
    assert_eq!(fixture.given_up(), [("RetryAttemptsExhausted".to_owned(), 2)]);
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_is_halved() {
    let fixture =
        fixture(StreamSource { bisect: true, report_item_failures: false, maximum_retries: Some(1), ..source() }).await;
    fixture.put(&["a", "crash", "b", "c"]).await;
    fixture.read(&["a crash b c", "a crash", "a", "crash", "crash", "b c"]).await;
    assert_eq!(fixture.given_up(), [("RetryAttemptsExhausted".to_owned(), 1)]);
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was() {
    let fixture = fixture(source()).await;
    fixture.put(&["a"]).await;
    fixture.read(&["a"]).await;
    fixture.put(&["b", "c"]).await;
    fixture.read(&["a", "b c"]).await;
    assert!(fixture.given_up().is_empty());
}

#[tokio::test]
async fn only_what_a_filter_lets_through_is_handed_on() {
    let filters = vec![json!({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["a", "b"]}}}})];
    let fixture = fixture(StreamSource { filters, batch_size: 1, ..source() }).await;
    fixture.put(&["c", "a", "d", "b", "a"]).await;
    fixture.read(&["a", "b"]).await;
}
