//! Reads a table's stream through the DynamoDB Streams API, whichever engine answers it.

use serde_json::{Value, json};

use crate::wire::{Wire, WireError};

const DYNAMODB: &str = "DynamoDB_20120810";
const STREAMS: &str = "DynamoDBStreams_20120810";

/// The stream of one table.
#[derive(Debug, Clone)]
pub(crate) struct TableStream {
    wire: Wire,
    arn: String,
}

impl TableStream {
    /// The table's stream, if it has one.
    pub(crate) async fn of(wire: Wire, table: &str) -> Result<Option<Self>, WireError> {
        let description = wire.call(DYNAMODB, "DescribeTable", &json!({ "TableName": table })).await?;
        let arn = description.pointer("/Table/LatestStreamArn").and_then(Value::as_str).map(str::to_owned);
        Ok(arn.map(|arn| Self { wire, arn }))
    }

    pub(crate) fn arn(&self) -> &str {
        &self.arn
    }

    pub(super) async fn shards(&self) -> Result<Vec<String>, WireError> {
        let description = self.wire.call(STREAMS, "DescribeStream", &json!({ "StreamArn": self.arn })).await?;
        let shards = description.pointer("/StreamDescription/Shards").and_then(Value::as_array);
        let ids = shards.into_iter().flatten().filter_map(|shard| shard.get("ShardId")?.as_str());
        Ok(ids.map(str::to_owned).collect())
    }

    /// A place in a shard: behind a record, or one of its ends.
    pub(super) async fn iterator(
        &self,
        shard: &str,
        after: Option<&str>,
        from_the_beginning: bool,
    ) -> Result<Option<String>, WireError> {
        let mut request = json!({"StreamArn": self.arn, "ShardId": shard});
        request["ShardIteratorType"] = match after {
            Some(number) => {
                request["SequenceNumber"] = json!(number);
                json!("AFTER_SEQUENCE_NUMBER")
            }
            None if from_the_beginning => json!("TRIM_HORIZON"),
            None => json!("LATEST"),
        };
        let answer = self.wire.call(STREAMS, "GetShardIterator", &request).await?;
        Ok(answer.get("ShardIterator").and_then(Value::as_str).map(str::to_owned))
    }

    /// The records at an iterator, and the iterator behind them.
    pub(super) async fn records(&self, iterator: &str) -> Result<(Vec<Value>, Option<String>), WireError> {
        let mut answer =
            self.wire.call(STREAMS, "GetRecords", &json!({"ShardIterator": iterator, "Limit": 1000})).await?;
        let records = match answer.get_mut("Records").map(Value::take) {
            Some(Value::Array(records)) => records,
            _ => Vec::new(),
        };
        Ok((records, answer.get("NextShardIterator").and_then(Value::as_str).map(str::to_owned)))
    }
}

/// `dynamodb.SequenceNumber` of a record.
pub(super) fn sequence_number(record: &Value) -> &str {
    record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default()
}
