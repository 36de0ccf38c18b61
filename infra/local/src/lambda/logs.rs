//! Where the functions' log lines go.

use std::{
    fs::{File, OpenOptions},
    io::{self, PipeReader, Write},
    os::{fd::OwnedFd, unix::fs::FileExt},
    process::Stdio,
    time::Duration,
};

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::unix::pipe::Receiver,
};

use super::recent::{MOST, Recent};
use crate::{clock, entropy, options::Logs, terminal::Pretty};

/// How long what went wrong waits for the line of its request.
const HELD: Duration = Duration::from_millis(500);

/// The sink of all functions' log lines.
///
/// Captured lines go to a file without a name: what a function has written is there when its answer
/// is, which a pipe and a reader cannot promise.
#[derive(Debug)]
pub(crate) struct LogSink {
    captured: Option<File>,
    pretty: bool,
    /// Shows the lines of these functions only, unless there are none.
    only: Vec<String>,
    recent: Recent,
}

/// The output of one process.
pub(super) struct Output {
    pub(super) stdout: Stdio,
    pub(super) stderr: Stdio,
    /// The other end, if it is a pipe.
    pub(super) reader: Option<PipeReader>,
}

impl LogSink {
    pub(crate) fn new(logs: Logs) -> io::Result<Self> {
        let captured = (logs == Logs::Captured).then(nameless_file).transpose()?;
        Ok(Self { captured, pretty: logs == Logs::Pretty, only: Vec::new(), recent: Recent::default() })
    }

    /// Shows the lines of these functions only; of all, if it names none.
    pub(crate) fn only(mut self, functions: Vec<String>) -> Self {
        self.only = functions;
        self
    }

    /// An output for a process. Both of its streams are one pipe, so that their lines stay in order.
    pub(super) fn output(&self) -> io::Result<Output> {
        if let Some(file) = &self.captured {
            return Ok(Output { stdout: file.try_clone()?.into(), stderr: file.try_clone()?.into(), reader: None });
        }
        let (reader, writer) = io::pipe()?;
        Ok(Output { stdout: writer.try_clone()?.into(), stderr: writer.into(), reader: Some(reader) })
    }

    /// Shows the lines of a process until it has closed its output.
    pub(super) async fn show(&self, function: &str, reader: PipeReader) {
        let Ok(receiver) = Receiver::from_owned_fd(OwnedFd::from(reader)) else { return };
        let mut reader = BufReader::new(receiver);
        let mut pretty = Pretty::new(function, TimeZone::system());
        let mut line = Vec::new();
        loop {
            let read = reader.read_until(b'\n', &mut line);
            let read = if pretty.holds() {
                let Ok(read) = tokio::time::timeout(HELD, read).await else {
                    // What was read of a line stays in `line`.
                    self.print(function, &pretty.flush());
                    continue;
                };
                read
            } else {
                read.await
            };
            if !matches!(read, Ok(1..)) {
                break;
            }
            let text = String::from_utf8_lossy(&line);
            self.recent.push(function, text.trim_end());
            let shown = if self.pretty { pretty.push(text.trim_end()) } else { format!("{}\n", text.trim_end()) };
            self.print(function, &shown);
            line.clear();
        }
        self.print(function, &pretty.flush());
    }

    /// What Lambda itself has to say about an invocation.
    pub(super) fn say(&self, function: &str, request_id: &str, route: Option<&str>, message: &str) {
        let mut line = json!({"timestamp": clock::now().to_string(), "level": "ERROR", "message": message, "service": function,
                              "function_request_id": request_id});
        if let Some(route) = route {
            line["route"] = Value::from(route);
        }
        let line = line.to_string();
        self.recent.push(function, &line);
        if let Some(mut file) = self.captured.as_ref() {
            // As with every line: what cannot be written is lost.
            let _ = writeln!(file, "{line}");
        } else if self.pretty {
            let mut pretty = Pretty::new(function, TimeZone::system());
            let text = pretty.push(&line) + &pretty.flush();
            self.print(function, &text);
        } else {
            self.print(function, &format!("{line}\n"));
        }
    }

    fn print(&self, function: &str, text: &str) {
        if self.only.is_empty() || self.only.iter().any(|name| name == function) {
            // With stderr closed there is nobody to tell.
            let _ = match self.pretty {
                true => anstream::stderr().lock().write_all(text.as_bytes()),
                false => io::stderr().write_all(text.as_bytes()),
            };
        }
    }

    /// The last lines, oldest first, each with its function.
    pub(crate) fn recent(&self) -> Vec<(String, String)> {
        if self.captured.is_none() {
            return self.recent.list();
        }
        let mut lines = self.lines();
        lines.drain(..lines.len().saturating_sub(MOST));
        lines.into_iter().map(|line| (author(&line), line)).collect()
    }

    /// Every line so far; none if they are shown.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.captured
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

fn nameless_file() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("local-stack-{}.log", entropy::simple_id()));
    let file = OpenOptions::new().create_new(true).read(true).append(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn read(file: &File) -> io::Result<String> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
