//! The table as it is: each item says of which kind it is.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use serde::Serialize;
use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

use crate::wire::Wire;

/// Items and organizations on one page.
const MOST: usize = 1000;
/// What a page of the table is asked for at most: a filter reads far more than it returns.
const MOST_CALLS: usize = 20;

/// What people look for comes first, whatever else there is.
const KINDS: [&str; 8] =
    ["organization", "user", "seats", "subscription", "member", "invitation", "workspace", "audit_record"];
const COLUMNS: [&str; 7] = ["name", "email", "action", "roles", "status", "state", "at"];
/// Keys, of the table and of its lists: the items as they are stored have them.
const HIDDEN: [&str; 6] = ["pk", "sk", "entity", "schema", "list", "list_key"];

/// Reads the table past everything that counts calls.
pub(crate) struct Table {
    pub(crate) wire: Wire,
    pub(crate) name: String,
}

/// Items as plain JSON.
#[derive(Debug, Serialize)]
pub(super) struct Items {
    pub(super) items: Vec<Value>,
    /// Whether there are more.
    #[serde(rename = "isCut")]
    pub(super) is_cut: bool,
}

impl Table {
    pub(super) async fn organizations(&self) -> Result<Items, String> {
        let values = json!({":entity": {"S": "organization"}});
        self.read("Scan", json!({"FilterExpression": "entity = :entity", "ExpressionAttributeValues": values})).await
    }

    pub(super) async fn partition(&self, pk: &str) -> Result<Items, String> {
        // A key is never empty, and DynamoDB refuses to look for one.
        let pk = if pk.is_empty() { "-" } else { pk };
        let values = json!({":pk": {"S": pk}});
        self.read("Query", json!({"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": values})).await
    }

    async fn read(&self, operation: &str, mut request: Value) -> Result<Items, String> {
        request["TableName"] = Value::from(self.name.clone());
        let mut items = Vec::new();
        for _ in 0..MOST_CALLS {
            let answer = self.wire.call("DynamoDB_20120810", operation, &request).await;
            let answer = answer.map_err(|error| error.to_string())?;
            let read = answer.get("Items").and_then(Value::as_array);
            items.extend(read.into_iter().flatten().filter_map(Value::as_object).map(plain_item));
            match answer.get("LastEvaluatedKey").filter(|key| key.is_object()) {
                Some(key) if items.len() < MOST => request["ExclusiveStartKey"] = key.clone(),
                key => return Ok(cut(items, key.is_some())),
            }
        }
        Ok(cut(items, true))
    }
}

fn cut(mut items: Vec<Value>, is_cut: bool) -> Items {
    let is_cut = is_cut || items.len() > MOST;
    items.truncate(MOST);
    Items { items, is_cut }
}

fn plain_item(item: &Map<String, Value>) -> Value {
    item.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<Map<_, _>>().into()
}

/// `{"S": "x"}` is `"x"`.
fn plain(attribute: &Value) -> Value {
    let Some((kind, value)) = attribute.as_object().and_then(|typed| typed.iter().next()) else { return Value::Null };
    match (kind.as_str(), value) {
        ("M", Value::Object(members)) => plain_item(members),
        ("L", Value::Array(members)) => members.iter().map(plain).collect(),
        ("N", Value::String(number)) => serde_json::from_str(number).unwrap_or_else(|_| value.clone()),
        ("NULL", _) => Value::Null,
        _ => value.clone(),
    }
}

/// A text of an item, or nothing.
pub(super) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The same in a query.
pub(super) fn encoded(item: &Value, name: &str) -> String {
    encode(text(item, name))
}

fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// One partition of the table, with a table for each kind of item.
#[derive(Template)]
#[template(path = "items.html")]
pub(super) struct Page {
    title: String,
    pk: String,
    query: String,
    items: Items,
    kinds: Vec<Kind>,
}

struct Kind {
    name: String,
    columns: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    cells: Vec<String>,
    raw: String,
}

impl Page {
    pub(super) fn new(pk: String, items: Items) -> Self {
        let mut kinds: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for item in &items.items {
            kinds.entry(text(item, "entity")).or_default().push(item);
        }
        let named =
            ["organization", "user"].iter().filter_map(|kind| kinds.get(kind)?.first()).map(|it| text(it, "name"));
        let title = named.filter(|name| !name.is_empty()).map(str::to_owned).next().unwrap_or_else(|| pk.clone());
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(kind, _)| place(&KINDS, kind));
        let kinds = kinds.into_iter().map(|(name, items)| Kind::new(name, &pk, &items)).collect();
        Self { title, query: encode(&pk), pk, items, kinds }
    }
}

impl Kind {
    /// Its columns are what the items have, but for what every item of the partition repeats.
    fn new(name: &str, pk: &str, items: &[&Value]) -> Self {
        let members = |item: &&Value| item.as_object().cloned().unwrap_or_default();
        let repeats = |name: &str, value: &Value| {
            HIDDEN.contains(&name) || value.as_str().is_some_and(|text| !text.is_empty() && pk.ends_with(text))
        };
        let columns: BTreeSet<String> = items
            .iter()
            .flat_map(members)
            .filter_map(|(name, value)| (!repeats(&name, &value)).then_some(name))
            .collect();
        let mut columns: Vec<String> = columns.into_iter().collect();
        columns.sort_by_key(|column| place(&COLUMNS, column));
        let row = |item: &&Value| Row {
            cells: columns.iter().map(|column| item.get(column).map(shown).unwrap_or_default()).collect(),
            raw: serde_json::to_string_pretty(item).unwrap_or_default(),
        };
        let rows = items.iter().map(row).collect();
        Self { name: name.replace('_', " "), rows, columns }
    }
}

/// Where something is in a list, or behind it.
fn place(list: &[&str], name: &str) -> usize {
    list.iter().position(|known| *known == name).unwrap_or(list.len())
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(members) => members.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
