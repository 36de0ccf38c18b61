//! What a call of DynamoDB has to be allowed, as the Service Authorization Reference has it.
//!
//! The actions of a transaction are authorized one by one, as the operations that they stand for; a batch by its own
//! action, once a table; a query of an index on the index alone.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::Value;
use stack_template::ACCOUNT;

use super::{
    condition::{Context, ENCLOSING_OPERATION, LEADING_KEYS, RETURN_VALUES, SELECT},
    statement::Request,
};

/// The table, as far as it shows in requests.
#[derive(Debug, Clone)]
pub(super) struct DynamoDb {
    region: String,
    /// The partition key of the table and, by name, of its indexes.
    partition_key: String,
    index_keys: BTreeMap<String, String>,
    /// `name = :value` in a key condition.
    equality: Option<Regex>,
}

impl DynamoDb {
    /// From the `CreateTable` request.
    pub(super) fn new(region: &str, table: &Value) -> Self {
        let hash = |holder: &Value| {
            let schema = holder.get("KeySchema").and_then(Value::as_array);
            let key = schema.into_iter().flatten().find(|key| text(key, "KeyType") == "HASH");
            key.map(|key| text(key, "AttributeName").to_owned()).unwrap_or_default()
        };
        let indexes = ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"];
        let indexes = indexes.iter().filter_map(|kind| table.get(kind)?.as_array()).flatten();
        Self {
            region: region.to_owned(),
            partition_key: hash(table),
            index_keys: indexes.map(|index| (text(index, "IndexName").to_owned(), hash(index))).collect(),
            equality: Regex::new(r"([#A-Za-z0-9_.\-]+)\s*=\s*(:[A-Za-z0-9_]+)").ok(),
        }
    }

    /// Everything that a call has to be allowed.
    pub(super) fn requests(&self, operation: &str, body: &Value) -> Vec<Request> {
        match operation {
            "TransactWriteItems" | "TransactGetItems" => {
                let items = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
                let actions = items.filter_map(Value::as_object).flatten();
                actions.map(|(kind, action)| self.in_transaction(operation, kind, action)).collect()
            }
            "BatchGetItem" | "BatchWriteItem" => {
                let tables = body.get("RequestItems").and_then(Value::as_object).into_iter().flatten();
                tables
                    .map(|(table, asked)| self.request(operation, self.table(table), self.batch_keys(asked)))
                    .collect()
            }
            "Query" | "Scan" => vec![self.query(operation, body)],
            "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" => {
                let mut context = self.keys([body]);
                insert(&mut context, RETURN_VALUES, text(body, "ReturnValues"));
                vec![self.request(operation, self.table(text(body, "TableName")), context)]
            }
            // What no function here calls: allowed where a policy names it, on whatever the request names.
            _ => {
                let resource = match (text(body, "TableName"), text(body, "StreamArn")) {
                    ("", "") => "*".to_owned(),
                    ("", stream) => stream.to_owned(),
                    (table, _) => self.table(table),
                };
                vec![self.request(operation, resource, Context::new())]
            }
        }
    }

    fn in_transaction(&self, operation: &str, kind: &str, action: &Value) -> Request {
        let mut context = self.keys([action]);
        // The reference lists dynamodb:EnclosingOperation for the other actions, not for this one, which exists nowhere but
        // in transactions; examples in the developer guide use it all the same. Here nobody gets to rely on it.
        if kind != "ConditionCheck" {
            insert(&mut context, ENCLOSING_OPERATION, operation);
        }
        self.request(&format!("{kind}Item"), self.table(text(action, "TableName")), context)
    }

    fn query(&self, operation: &str, body: &Value) -> Request {
        let table = self.table(text(body, "TableName"));
        let index = text(body, "IndexName");
        let (resource, key) = match index {
            "" => (table, Some(&self.partition_key)),
            index => (format!("{table}/index/{index}"), self.index_keys.get(index)),
        };
        let mut context = Context::new();
        if let Some(value) = key.filter(|_| operation == "Query").and_then(|key| self.queried(body, key)) {
            insert(&mut context, LEADING_KEYS, &value);
        }
        insert(&mut context, SELECT, text(body, "Select"));
        self.request(operation, resource, context)
    }

    /// The value that a query wants of its partition key.
    fn queried(&self, body: &Value, key: &str) -> Option<String> {
        if let Some(condition) = body.pointer(&format!("/KeyConditions/{key}/AttributeValueList/0")) {
            return value_text(condition);
        }
        let expression = text(body, "KeyConditionExpression");
        let names = body.get("ExpressionAttributeNames");
        let stands_for = |name: &str| names.and_then(|names| names.get(name)?.as_str()).map(str::to_owned);
        let values = body.get("ExpressionAttributeValues")?;
        self.equality.as_ref()?.captures_iter(expression).find_map(|found| {
            let (name, value) = (found.get(1)?.as_str(), found.get(2)?.as_str());
            let is_key = name == key || stands_for(name).as_deref() == Some(key);
            is_key.then(|| value_text(values.get(value)?))?
        })
    }

    /// The partition keys of requests that name one item each.
    fn keys<'a>(&self, requests: impl IntoIterator<Item = &'a Value>) -> Context {
        let key = |request: &Value| {
            let item = request.get("Key").or_else(|| request.get("Item"))?;
            value_text(item.get(&self.partition_key)?)
        };
        Context::from([(LEADING_KEYS, requests.into_iter().filter_map(key).collect())])
    }

    fn batch_keys(&self, asked: &Value) -> Context {
        let context = match (asked.get("Keys"), asked) {
            // BatchGetItem: a list of keys.
            (Some(Value::Array(keys)), _) => {
                let values = keys.iter().filter_map(|key| value_text(key.get(&self.partition_key)?));
                return Context::from([(LEADING_KEYS, values.collect())]);
            }
            // BatchWriteItem: a list of requests.
            (_, Value::Array(requests)) => requests.iter().filter_map(Value::as_object).flat_map(|map| map.values()),
            _ => return Context::new(),
        };
        self.keys(context)
    }

    fn table(&self, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        format!("arn:aws:dynamodb:{}:{ACCOUNT}:table/{name}", self.region)
    }

    fn request(&self, action: &str, resource: String, context: Context) -> Request {
        Request { action: format!("dynamodb:{action}"), resource, context }
    }
}

fn insert(context: &mut Context, key: &'static str, value: &str) {
    if !value.is_empty() {
        context.insert(key, vec![value.to_owned()]);
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// `{"S": "a"}`: the text in it, whatever the type.
fn value_text(value: &Value) -> Option<String> {
    value.as_object()?.values().next()?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/items";

    fn requests(operation: &str, body: &Value) -> Vec<Request> {
        let table = json!({
            "KeySchema": [{"AttributeName": "sk", "KeyType": "RANGE"}, {"AttributeName": "pk", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{"IndexName": "by-address", "KeySchema": [{"AttributeName": "address", "KeyType": "HASH"}]}],
        });
        DynamoDb::new("us-east-1", &table).requests(operation, body)
    }

    fn expected(action: &str, resource: &str, context: &[(&'static str, &[&str])]) -> Request {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        Request {
            action: format!("dynamodb:{action}"),
            resource: resource.to_owned(),
            context: context.iter().map(|(key, found)| (*key, values(found))).collect(),
        }
    }

    fn key(pk: &str) -> Value {
        json!({"pk": {"S": pk}, "sk": {"S": "x"}})
    }

    #[test]
    fn every_action_of_a_transaction_is_authorized_as_itself() {
        let items = json!({"TransactItems": [
            {"Put": {"TableName": "items", "Item": key("ORG#1")}},
            {"Update": {"TableName": "items", "Key": key("USER#2")}},
            {"Delete": {"TableName": "other", "Key": key("ORG#3")}},
            {"ConditionCheck": {"TableName": "items", "Key": key("ORG#4")}},
        ]});
        let inside = (ENCLOSING_OPERATION, ["TransactWriteItems"].as_slice());
        let other = TABLE.replace("items", "other");
        assert_eq!(
            requests("TransactWriteItems", &items),
            [
                expected("PutItem", TABLE, &[(LEADING_KEYS, &["ORG#1"]), inside]),
                expected("UpdateItem", TABLE, &[(LEADING_KEYS, &["USER#2"]), inside]),
                expected("DeleteItem", &other, &[(LEADING_KEYS, &["ORG#3"]), inside]),
                expected("ConditionCheckItem", TABLE, &[(LEADING_KEYS, &["ORG#4"])]),
            ]
        );
        let get = json!({"TransactItems": [{"Get": {"TableName": "items", "Key": key("ORG#1")}}]});
        let inside = (ENCLOSING_OPERATION, ["TransactGetItems"].as_slice());
        let expected = expected("GetItem", TABLE, &[(LEADING_KEYS, &["ORG#1"]), inside]);
        assert_eq!(requests("TransactGetItems", &get), [expected]);
    }

    #[test]
    fn a_query_is_authorized_on_its_index() {
        let query = json!({
            "TableName": "items",
            "KeyConditionExpression": "#sk >= :from AND #pk = :pk",
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {":pk": {"S": "USER#1"}, ":from": {"S": "ORG#"}},
        });
        assert_eq!(requests("Query", &query), [expected("Query", TABLE, &[(LEADING_KEYS, &["USER#1"])])]);
        let index = json!({
            "TableName": "items", "IndexName": "by-address", "Select": "COUNT",
            "KeyConditionExpression": "address = :a",
            "ExpressionAttributeValues": {":a": {"S": "x"}},
        });
        let resource = format!("{TABLE}/index/by-address");
        let wanted = expected("Query", &resource, &[(LEADING_KEYS, &["x"]), (SELECT, &["COUNT"])]);
        assert_eq!(requests("Query", &index), [wanted]);
        let scan = json!({"TableName": TABLE});
        assert_eq!(requests("Scan", &scan), [expected("Scan", TABLE, &[])]);
    }

    #[test]
    fn a_batch_is_authorized_once_with_all_its_keys() {
        let get = json!({"RequestItems": {"items": {"Keys": [key("ORG#1"), key("USER#2")]}}});
        let keys = (LEADING_KEYS, ["ORG#1", "USER#2"].as_slice());
        assert_eq!(requests("BatchGetItem", &get), [expected("BatchGetItem", TABLE, &[keys])]);
        let write = json!({"RequestItems": {"items": [
            {"PutRequest": {"Item": key("ORG#1")}}, {"DeleteRequest": {"Key": key("USER#2")}},
        ]}});
        assert_eq!(requests("BatchWriteItem", &write), [expected("BatchWriteItem", TABLE, &[keys])]);
    }

    #[test]
    fn other_operations_are_authorized_by_their_name() {
        let update = json!({"TableName": "items", "Key": key("USER#1"), "ReturnValues": "ALL_NEW"});
        let wanted = expected("UpdateItem", TABLE, &[(LEADING_KEYS, &["USER#1"]), (RETURN_VALUES, &["ALL_NEW"])]);
        assert_eq!(requests("UpdateItem", &update), [wanted]);
        assert_eq!(requests("ListTables", &json!({})), [expected("ListTables", "*", &[])]);
        let delete = json!({"TableName": "items"});
        assert_eq!(requests("DeleteTable", &delete), [expected("DeleteTable", TABLE, &[])]);
    }
}
