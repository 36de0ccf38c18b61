use std::{path::PathBuf, time::Instant};

use serde_json::json;

use super::*;

/// Deleted when dropped.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("local-stack-{}", entropy::simple_id())))
    }

    fn data(&self) -> Data {
        Data::Directory(self.0.clone())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An open database with a table that has a stream, and a second connection to it.
fn items(path: &str, database: &Database) -> Storage {
    let table = json!({
        "TableName": "items", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    });
    database.create_table(serde_json::from_value(table).unwrap()).unwrap();
    Storage::new(path).unwrap()
}

fn put(database: &Database) {
    let item = json!({"TableName": "items", "Item": {"pk": {"S": "a"}, "text": {"S": "x".repeat(300)}}});
    database.put_item(serde_json::from_value(item).unwrap()).unwrap();
}

/// Stream records as the engine writes them, `count` of them and so many seconds old.
fn records(beside: &Storage, count: u32, age: u32) {
    let insert = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO _stream_records (table_name, event_name, keys_json, new_image, sequence_number, shard_id, created_at) \
         SELECT 'items', 'MODIFY', '{{}}', printf('%.300c', 'x'), CAST(i AS TEXT), 'shardId-00000001-items', \
         unixepoch() - {age} FROM n"
    );
    assert_eq!(beside.conn().execute(&insert, []).unwrap(), count as usize);
}

fn count(beside: &Storage) -> u32 {
    beside.conn().query_row("SELECT COUNT(*) FROM _stream_records", [], |row| row.get(0)).unwrap()
}

#[track_caller]
fn check_plan(beside: &Storage, query: &str) {
    let plan: String = beside.conn().query_row(&format!("EXPLAIN QUERY PLAN {query}"), [], |row| row.get(3)).unwrap();
    assert!(
        plan.starts_with("SEARCH _stream_records USING") && plan.contains("local_stack_sequence_numbers"),
        "{plan}"
    );
}

#[test]
fn what_every_write_and_every_poll_asks_is_answered_by_the_index() {
    let directory = Directory::new();
    for data in [Data::Memory, directory.data()] {
        let path = path(&data).unwrap();
        let database = open_at(&path).unwrap();
        let beside = items(&path, &database);
        check_plan(
            &beside,
            "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 'items'",
        );
        check_plan(
            &beside,
            "SELECT event_name FROM _stream_records WHERE table_name = 'items' AND shard_id = 'shardId-00000001-items' \
             AND CAST(sequence_number AS INTEGER) > 5 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 1000",
        );
    }
}

#[test]
fn records_are_kept_for_a_day() {
    let directory = Directory::new();
    let path = path(&directory.data()).unwrap();
    let database = open_at(&path).unwrap();
    let beside = items(&path, &database);
    records(&beside, 10, 25 * 60 * 60);
    put(&database);
    assert_eq!(count(&beside), 11);
    drop((database, beside));
    let _reopened = open_at(&path).unwrap();
    assert_eq!(count(&Storage::new(&path).unwrap()), 1);
}

/// `cargo test -p local-stack -- --ignored --nocapture milliseconds_a_write`
#[test]
#[ignore = "prints times, and times prove nothing on a busy machine"]
fn milliseconds_a_write() {
    const WRITES: u32 = 200;
    println!("{:>9}  {:>8}  {:>12}  {:>12}", "records", "data", "engine alone", "with index");
    for count in [1_000, 10_000, 100_000] {
        let directories = [Directory::new(), Directory::new()];
        for on_disk in [false, true] {
            let [alone, with_index] = [0, 1].map(|index| {
                let data = if on_disk { directories[index].data() } else { Data::Memory };
                let path = path(&data).unwrap();
                let database = if index == 0 { Database::new(&path).unwrap() } else { open_at(&path).unwrap() };
                records(&items(&path, &database), count, 0);
                let started = Instant::now();
                (0..WRITES).for_each(|_| put(&database));
                started.elapsed().as_secs_f64() * 1000.0 / f64::from(WRITES)
            });
            println!("{count:>9}  {:>8}  {alone:>12.3}  {with_index:>12.3}", if on_disk { "disk" } else { "memory" });
        }
    }
}
