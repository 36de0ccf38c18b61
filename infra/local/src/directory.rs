//! The data directory: one stack at a time has it, and `--reset` empties it.

use std::{fs::File, io::ErrorKind, path::Path};

use crate::{error::StartError, notices::Notices, options::Data};

/// Everything that a stack writes there, but for the lock. Nothing else is ever deleted: `--data` may name any directory.
const FILES: [&str; 6] =
    ["cognito.json", "dynamodb.sqlite", "dynamodb.sqlite-shm", "dynamodb.sqlite-wal", "inbox.jsonl", "streams.json"];

/// Locks the directory, and deletes what earlier stacks have left there if that is asked for.
pub(crate) fn claim(data: &Data, reset: bool, notices: Notices) -> Result<Option<File>, StartError> {
    let Data::Directory(directory) = data else { return Ok(None) };
    let lock = local_launcher::lock(directory)?;
    if reset {
        let deleted = delete(directory)?;
        let what = if deleted.is_empty() { "nothing, there was no data".to_owned() } else { deleted.join(", ") };
        notices.say(&format!("reset {}: deleted {what}", directory.display()));
    }
    Ok(Some(lock))
}

fn delete(directory: &Path) -> Result<Vec<&'static str>, StartError> {
    let mut deleted = Vec::new();
    for file in FILES {
        let path = directory.join(file);
        match std::fs::remove_file(&path) {
            Ok(()) => deleted.push(file),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(StartError::Data { path, reason: error.to_string() }),
        }
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{entropy, options::Logs};

    #[test]
    fn a_reset_deletes_what_stacks_write_and_nothing_else() {
        let directory = std::env::temp_dir().join(format!("directory-{}", entropy::simple_id()));
        let data = Data::Directory(directory.clone());
        let notices = Notices::new(Logs::Captured);
        let files = || {
            let files = std::fs::read_dir(&directory).unwrap().map(|file| file.unwrap().file_name());
            let mut files: Vec<String> = files.map(|file| file.into_string().unwrap()).collect();
            files.sort();
            files
        };
        let lock = claim(&data, false, notices).unwrap();
        for file in FILES.iter().chain(&["notes.txt"]) {
            std::fs::write(directory.join(file), "x").unwrap();
        }
        let refused = claim(&data, true, notices).unwrap_err();
        assert!(refused.to_string().contains("used by another local stack"), "{refused}");
        assert_eq!(files().len(), FILES.len() + 2, "deleted under another stack");
        drop(lock);
        claim(&data, true, notices).unwrap();
        assert_eq!(files(), ["lock", "notes.txt"]);
        std::fs::remove_dir_all(directory).unwrap();
    }
}
