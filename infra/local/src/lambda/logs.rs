//! Where the functions' log lines go.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    process::Stdio,
};

use crate::{entropy, options::Logs};

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

    /// Every line so far; none if they went to stderr.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0
            .as_ref()
            .and_then(|file| read(file).ok())
            .map(|text| text.lines().map(str::to_owned).collect())
            .unwrap_or_default()
    }
}

fn read(file: &File) -> io::Result<String> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
