//! One function's event source mapping: polls, filters, hands batches on, remembers how far it came.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use stack_template::{Function, Source, StreamSource};

use super::{DeadLetters, Positions, TableStream, delivery::Delivery, filter, source::sequence_number};
use crate::{engine::Front, lambda::Lambda, wire::WireError};

/// How long it sleeps when there is nothing to read and nobody says that something was written.
const IDLE: Duration = Duration::from_millis(100);
/// After the engine could not be asked.
const TROUBLE: Duration = Duration::from_millis(500);
/// Between two reads that found something: of writes in quick succession the first is read at once, the others together.
const BREATH: Duration = Duration::from_millis(20);
/// How often it looks for new shards. It makes the engine go through its stream records.
const LOOK: Duration = Duration::from_secs(10);

/// What all readers of one stream share.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) stream: TableStream,
    /// The ARN that events carry.
    pub(crate) stream_arn: String,
    pub(crate) region: String,
    pub(crate) lambda: Arc<Lambda>,
    pub(crate) positions: Arc<Positions>,
    pub(crate) dead_letters: Arc<DeadLetters>,
    pub(crate) front: Arc<Front>,
}

pub(crate) struct Poller {
    function: String,
    function_arn: String,
    source: StreamSource,
    reading: Reading,
}

impl Poller {
    /// One for each function that the stream invokes.
    pub(crate) fn all(functions: &[Function], reading: &Reading) -> Vec<Self> {
        let sources =
            functions.iter().flat_map(|function| function.sources.iter().map(move |source| (function, source)));
        let pollers = sources.filter_map(|(function, source)| match source {
            Source::Stream(source) => Some(Self {
                function: function.name.clone(),
                function_arn: function.arn.clone(),
                source: source.clone(),
                reading: reading.clone(),
            }),
            _ => None,
        });
        pollers.collect()
    }

    /// The function's name.
    pub(crate) fn function(&self) -> &str {
        &self.function
    }

    /// Polls until dropped.
    pub(crate) async fn run(self) {
        let mut iterators: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut looked: Option<Instant> = None;
        loop {
            // Before reading: what is written while it reads must wake it as well.
            let written = self.reading.front.written.notified();
            tokio::pin!(written);
            written.as_mut().enable();
            if looked.is_none_or(|looked| looked.elapsed() > LOOK) {
                if self.look_for_shards(&mut iterators).await.is_err() {
                    tokio::time::sleep(TROUBLE).await;
                    continue;
                }
                looked = Some(Instant::now());
            }
            match self.read_all(&mut iterators).await {
                Ok(0) => {
                    let _ = tokio::time::timeout(IDLE, written).await;
                }
                Ok(_) => tokio::time::sleep(BREATH).await,
                Err(_) => {
                    // Iterators expire; the positions do not.
                    iterators.clear();
                    looked = None;
                    tokio::time::sleep(TROUBLE).await;
                }
            }
        }
    }

    async fn look_for_shards(&self, iterators: &mut BTreeMap<String, Option<String>>) -> Result<(), WireError> {
        for shard in self.reading.stream.shards().await? {
            if let Entry::Vacant(new) = iterators.entry(shard) {
                let after = self.reading.positions.get(&self.function, new.key());
                let beginning = self.source.from_the_beginning;
                let iterator = self.reading.stream.iterator(new.key(), after.as_deref(), beginning).await?;
                new.insert(iterator);
            }
        }
        Ok(())
    }

    /// How many records there were in all shards.
    async fn read_all(&self, iterators: &mut BTreeMap<String, Option<String>>) -> Result<usize, WireError> {
        let mut found = 0;
        for (shard, iterator) in iterators.iter_mut() {
            // A shard that was closed and read to its end has none.
            let Some(at) = iterator.as_deref() else { continue };
            let (records, next) = self.reading.stream.records(at).await?;
            found += records.len();
            self.hand_on(shard, &records).await;
            *iterator = next;
        }
        Ok(found)
    }

    async fn hand_on(&self, shard: &str, records: &[Value]) {
        let passes = |record: &&Value| {
            self.source.filters.is_empty()
                || self.source.filters.iter().any(|pattern| filter::matches(pattern, Some(record)))
        };
        let wanted: Vec<Value> = records.iter().filter(passes).map(|record| self.event(record)).collect();
        let delivery = Delivery {
            lambda: &self.reading.lambda,
            function: &self.function,
            function_arn: &self.function_arn,
            source: &self.source,
            stream_arn: &self.reading.stream_arn,
            shard,
            dead_letters: &self.reading.dead_letters,
        };
        for batch in wanted.chunks(self.source.batch_size) {
            delivery.deliver(batch.to_vec()).await;
            if let Some(last) = batch.last() {
                self.reading.positions.set(&self.function, shard, sequence_number(last));
            }
        }
        if let Some(last) = records.last() {
            self.reading.positions.set(&self.function, shard, sequence_number(last));
        }
    }

    /// A record of the stream as Lambda hands it on.
    fn event(&self, record: &Value) -> Value {
        let mut event = record.clone();
        event["awsRegion"] = Value::String(self.reading.region.clone());
        event["eventSourceARN"] = Value::String(self.reading.stream_arn.clone());
        event
    }
}
