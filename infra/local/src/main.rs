//! `cargo local`: the whole product on this machine.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::Parser;
use local_stack::{Data, LocalStack, Logs, Options};
use tokio::signal::unix::{SignalKind, signal};

/// Runs the whole product on this machine: the HTTP API, the functions, and the AWS services they use.
///
/// It is a development tool. Everything listens on 127.0.0.1 only.
#[derive(Debug, Parser)]
#[command(name = "cargo local", version)]
struct Arguments {
    /// Port of the HTTP API; 0 picks a free one.
    #[arg(long, default_value_t = 3000)]
    api_port: u16,
    /// Port of the AWS services; 0 picks a free one.
    #[arg(long, default_value_t = 4566)]
    aws_port: u16,
    /// Where users, items and mails are kept between runs; `.local` in the workspace unless told otherwise.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep nothing.
    #[arg(long, conflicts_with = "data")]
    memory: bool,
    /// A template parameter; can be given several times.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        api_port: arguments.api_port,
        aws_port: arguments.aws_port,
        data: if arguments.memory {
            Data::Memory
        } else {
            arguments.data.map_or_else(Data::workspace, Data::Directory)
        },
        parameters: arguments.parameters.into_iter().collect(),
        logs: Logs::Stderr,
        ..Options::default()
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let stack = tokio::select! {
        stack = LocalStack::start(options) => stack.map_err(|error| error.to_string())?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    let config = stack.config();
    let (api, aws) = (&config.api_url, &config.aws_endpoint_url);
    let ready = format!("ready  API {api}  AWS {aws}  inbox {aws}/_local/inbox  config {aws}/_local/config.json");
    // Without a reader of stdout the stack still runs.
    let _ = writeln!(std::io::stdout(), "{ready}");
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    stack.stop().await;
    Ok(())
}
