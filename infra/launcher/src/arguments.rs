//! The options of `cargo local`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::workspace_root;

/// Runs the whole product on this machine: the HTTP API, the functions, and the AWS services they use.
///
/// It is a development tool. Everything listens on 127.0.0.1 only.
#[derive(Debug, Parser)]
#[command(name = "cargo local", version)]
pub struct Arguments {
    /// Port of the HTTP API; 0 picks a free one.
    #[arg(long, value_name = "N", default_value_t = 3000)]
    pub api_port: u16,
    /// Port of the AWS services; 0 picks a free one.
    #[arg(long, value_name = "N", default_value_t = 4566)]
    pub aws_port: u16,
    /// Where the stack stores users, items and emails between runs [default: .local in the workspace].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Store nothing.
    #[arg(long, conflicts_with = "data")]
    pub memory: bool,
    /// Delete what the stack has stored in its data directory, and start from nothing.
    #[arg(long, conflicts_with = "memory")]
    pub reset: bool,
    /// A template parameter; can be given several times.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// Format of the functions' log lines: `auto` is `pretty` on a terminal and `json` elsewhere.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Auto)]
    pub log_format: LogFormat,
    /// Show the log lines of this function only; can be given several times.
    #[arg(long = "function", value_name = "NAME")]
    pub functions: Vec<String>,
    /// Never end a function for its time limit, so that it can stop at a breakpoint.
    #[arg(long)]
    pub no_timeout: bool,
    /// When a source under functions/ or shared/ changes, build it and replace the functions that it changes.
    #[arg(long)]
    pub watch: bool,
}

/// How log lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// As fits where they go.
    Auto,
    /// As the functions wrote them.
    Json,
    /// For people.
    Pretty,
}

impl Arguments {
    /// The data directory; `None` stores nothing.
    #[must_use]
    pub fn directory(&self) -> Option<PathBuf> {
        let directory = || self.data.clone().unwrap_or_else(|| workspace_root().join(".local"));
        (!self.memory).then(directory)
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
