//! Calls to DynamoDB from their JSON, made through the SDK as the product makes them.

use aws_sdk_dynamodb::{
    Client,
    types::{
        ConditionCheck, Delete, KeysAndAttributes, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, Select,
        TransactWriteItem, Update,
    },
};
use futures::future::{BoxFuture, FutureExt};
use lambda_http::Error;
use serde_json::Value;

use crate::values::{names, text, values};

/// A call that can be made again and again.
pub type Call = Box<dyn Fn() -> BoxFuture<'static, Result<(), Error>> + Send + Sync>;

/// Sends a clone of a prepared request.
macro_rules! prepared {
    ($request:expr) => {{
        let request = $request;
        let call: Call = Box::new(move || {
            let request = request.clone();
            async move {
                request.send().await?;
                Ok(())
            }
            .boxed()
        });
        Some(call)
    }};
}

/// `{"operation": …, "request": …}`, for the operations that read and for `TransactWriteItems`; `None` for another one.
pub fn call(client: &Client, spec: &Value) -> Option<Call> {
    let request = &spec["request"];
    match spec["operation"].as_str()? {
        "Query" => prepared!(
            client
                .query()
                .set_table_name(text(&request["TableName"]))
                .set_index_name(text(&request["IndexName"]))
                .set_key_condition_expression(text(&request["KeyConditionExpression"]))
                .set_filter_expression(text(&request["FilterExpression"]))
                .set_projection_expression(text(&request["ProjectionExpression"]))
                .set_expression_attribute_names(names(&request["ExpressionAttributeNames"]))
                .set_expression_attribute_values(values(&request["ExpressionAttributeValues"]))
                .set_exclusive_start_key(values(&request["ExclusiveStartKey"]))
                .set_limit(request["Limit"].as_i64().and_then(|limit| limit.try_into().ok()))
                .set_scan_index_forward(request["ScanIndexForward"].as_bool())
                .set_consistent_read(request["ConsistentRead"].as_bool())
                .set_select(request["Select"].as_str().map(Select::from))
        ),
        "GetItem" => prepared!(
            client
                .get_item()
                .set_table_name(text(&request["TableName"]))
                .set_key(values(&request["Key"]))
                .set_consistent_read(request["ConsistentRead"].as_bool())
        ),
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object()?.iter().map(|(table, wanted)| {
                let keys = wanted["Keys"].as_array()?.iter().map(values).collect::<Option<_>>()?;
                let consistent = wanted["ConsistentRead"].as_bool();
                let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).set_consistent_read(consistent).build();
                Some((table.clone(), wanted.ok()?))
            });
            prepared!(client.batch_get_item().set_request_items(Some(tables.collect::<Option<_>>()?)))
        }
        "UpdateItem" => prepared!(
            client
                .update_item()
                .set_table_name(text(&request["TableName"]))
                .set_key(values(&request["Key"]))
                .set_update_expression(text(&request["UpdateExpression"]))
                .set_condition_expression(text(&request["ConditionExpression"]))
                .set_expression_attribute_names(names(&request["ExpressionAttributeNames"]))
                .set_expression_attribute_values(values(&request["ExpressionAttributeValues"]))
                .set_return_values(request["ReturnValues"].as_str().map(ReturnValue::from))
        ),
        "TransactWriteItems" => {
            let actions = request["TransactItems"].as_array()?.iter().map(action).collect::<Option<_>>()?;
            prepared!(
                client
                    .transact_write_items()
                    .set_client_request_token(text(&request["ClientRequestToken"]))
                    .set_transact_items(Some(actions))
            )
        }
        _ => None,
    }
}

/// One action of a transaction.
fn action(json: &Value) -> Option<TransactWriteItem> {
    let (kind, json) = json.as_object()?.iter().next()?;
    let failure = json["ReturnValuesOnConditionCheckFailure"].as_str().map(ReturnValuesOnConditionCheckFailure::from);
    /// What the four kinds of action share.
    macro_rules! conditioned {
        ($builder:expr) => {
            $builder
                .set_table_name(text(&json["TableName"]))
                .set_condition_expression(text(&json["ConditionExpression"]))
                .set_expression_attribute_names(names(&json["ExpressionAttributeNames"]))
                .set_expression_attribute_values(values(&json["ExpressionAttributeValues"]))
                .set_return_values_on_condition_check_failure(failure)
        };
    }
    let item = TransactWriteItem::builder();
    Some(
        match kind.as_str() {
            "Put" => item.put(conditioned!(Put::builder()).set_item(values(&json["Item"])).build().ok()?),
            "Update" => {
                let update = conditioned!(Update::builder()).set_key(values(&json["Key"]));
                item.update(update.set_update_expression(text(&json["UpdateExpression"])).build().ok()?)
            }
            "Delete" => item.delete(conditioned!(Delete::builder()).set_key(values(&json["Key"])).build().ok()?),
            "ConditionCheck" => {
                let check = conditioned!(ConditionCheck::builder()).set_key(values(&json["Key"]));
                item.condition_check(check.build().ok()?)
            }
            _ => return None,
        }
        .build(),
    )
}
