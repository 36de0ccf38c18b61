//! Creates the table, in whichever engine it is.

use std::time::Duration;

use serde_json::{Value, json};

use crate::wire::{Wire, WireError};

/// Seconds until a table must be there.
const LONGEST_CREATION: u32 = 60;

/// Creates a table and turns its TTL on; one that is there already is left as it is.
pub(crate) async fn create_table(
    wire: &Wire,
    table: &str,
    request: &Value,
    time_to_live: Option<&Value>,
) -> Result<(), WireError> {
    const DYNAMODB: &str = "DynamoDB_20120810";
    match wire.call(DYNAMODB, "CreateTable", request).await {
        Err(WireError::Refused { name, .. }) if name == "ResourceInUseException" => return Ok(()),
        answer => answer.map(|_| ())?,
    }
    // AWS takes some seconds; nothing else works before.
    for _ in 0..LONGEST_CREATION {
        let description = wire.call(DYNAMODB, "DescribeTable", &json!({ "TableName": table })).await?;
        if description.pointer("/Table/TableStatus").and_then(Value::as_str) == Some("ACTIVE") {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    if let Some(request) = time_to_live {
        // Garbage collection only: an engine without it is as good.
        let _ = wire.call(DYNAMODB, "UpdateTimeToLive", request).await;
    }
    Ok(())
}
