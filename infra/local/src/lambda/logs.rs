//! Where the functions' log lines go.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    process::Stdio,
};

use serde_json::Value;

use crate::{entropy, options::Logs};

/// Lines on the page that shows requests.
const MOST_RECENT: usize = 2000;

/// The sink of all functions' log lines.
///
/// Captured lines go to a file without a name: what a function has written is there when its answer
/// is, which a pipe and a reader cannot promise.
#[derive(Debug)]
pub(crate) struct LogSink(Option<File>);

impl LogSink {
    pub(crate) fn new(logs: Logs) -> io::Result<Self> {
        if logs == Logs::Stderr {
            return Ok(Self(None));
        }
        let path = std::env::temp_dir().join(format!("local-stack-{}.log", entropy::simple_id()));
        let file = OpenOptions::new().create_new(true).read(true).append(true).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(Self(Some(file)))
    }

    /// An output stream for a child process.
    pub(crate) fn output(&self) -> io::Result<Stdio> {
        Ok(match &self.0 {
            Some(file) => Stdio::from(file.try_clone()?),
            None => Stdio::from(io::stderr()),
        })
    }

    /// The last lines, oldest first, each with its function.
    pub(crate) fn recent(&self) -> Vec<(String, String)> {
        let mut lines = self.lines();
        lines.drain(..lines.len().saturating_sub(MOST_RECENT));
        lines.into_iter().map(|line| (author(&line), line)).collect()
    }

    /// Every line so far; none if they went to stderr.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0
            .as_ref()
            .and_then(|file| read(file).ok())
            .map(|text| text.lines().map(str::to_owned).collect())
            .unwrap_or_default()
    }
}

/// The function that wrote a line, as far as the line says it.
fn author(line: &str) -> String {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    line.get("service").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn read(file: &File) -> io::Result<String> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
