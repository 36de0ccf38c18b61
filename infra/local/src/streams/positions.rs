//! How far each function has read.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use crate::{error::StartError, options::Data};

/// The last record that is done, by function and shard; with a data directory also a file.
#[derive(Debug)]
pub(crate) struct Positions {
    done: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
    file: Option<PathBuf>,
}

impl Positions {
    pub(crate) fn open(data: &Data) -> Result<Self, StartError> {
        let Data::Directory(directory) = data else { return Ok(Self { done: Mutex::default(), file: None }) };
        let file = directory.join("streams.json");
        let wrong = |reason: String| StartError::Data { path: file.clone(), reason };
        let done = match std::fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(wrong(error.to_string())),
        };
        Ok(Self { done: Mutex::new(done), file: Some(file) })
    }

    pub(super) fn get(&self, function: &str, shard: &str) -> Option<String> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).get(function)?.get(shard).cloned()
    }

    pub(super) fn set(&self, function: &str, shard: &str, number: &str) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.entry(function.to_owned()).or_default().insert(shard.to_owned(), number.to_owned());
        if let Some(file) = &self.file {
            let new = file.with_extension("json.new");
            // A position that is not written down means a record that comes twice, which every consumer has to bear.
            let _ = serde_json::to_string(&*done)
                .map(|text| std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, file)));
        }
    }
}
