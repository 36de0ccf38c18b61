//! Opens the embedded engine's database, and adds what the engine lacks to stay as quick as it starts.

use dynoxide::{Database, storage::Storage};

use crate::{entropy, error::StartError, options::Data};

/// dynoxide-rs 3.2.0 looks for a table's largest sequence number at every write and reads streams by it, without an index:
/// each write would read every stream record there is. Its name tells whose it is.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS local_stack_sequence_numbers \
                     ON _stream_records (table_name, CAST(sequence_number AS INTEGER), shard_id)";

/// The engine keeps stream records for good. DynamoDB keeps them for 24 hours, so nobody may count on older ones.
const TRIM: &str = "DELETE FROM _stream_records WHERE created_at < unixepoch() - 24 * 60 * 60";

pub(super) fn open(data: &Data) -> Result<Database, StartError> {
    open_at(&path(data)?).map_err(StartError::Database)
}

fn open_at(path: &str) -> Result<Database, String> {
    let database = Database::new(path).map_err(|error| error.to_string())?;
    // The engine has no way to these statements, so they come through a second connection, closed again before any request.
    let beside = Storage::new(path).map_err(|error| error.to_string())?;
    for statement in [INDEX, TRIM] {
        beside.conn().execute(statement, []).map_err(|error| error.to_string())?;
    }
    // Its name says little: it sets `synchronous = NORMAL`. With the engine's write-ahead log that cannot damage the file, and
    // a machine that goes down loses the last writes at most. SQLite's default waits for the disk at every write.
    database.disable_bulk_loading().map_err(|error| error.to_string())?;
    Ok(database)
}

/// What SQLite opens: a file, or memory under a name of its own, so that two connections can share it.
fn path(data: &Data) -> Result<String, StartError> {
    Ok(match data {
        Data::Memory => format!("file:{}?mode=memory&cache=shared", entropy::simple_id()),
        Data::Directory(directory) => {
            std::fs::create_dir_all(directory)
                .map_err(|error| StartError::Data { path: directory.clone(), reason: error.to_string() })?;
            directory.join("dynamodb.sqlite").to_string_lossy().into_owned()
        }
    })
}

#[cfg(test)]
mod tests;
