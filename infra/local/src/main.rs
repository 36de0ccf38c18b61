//! The local stack as a program. `cargo local` builds it and the functions, and starts it.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use local_launcher::{Arguments, LogFormat};
use local_stack::{Data, LocalStack, Logs, Options};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    match run(options(Arguments::parse())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn options(arguments: Arguments) -> Options {
    let logs = match arguments.log_format {
        LogFormat::Auto if std::io::stderr().is_terminal() => Logs::Pretty,
        LogFormat::Pretty => Logs::Pretty,
        LogFormat::Auto | LogFormat::Json => Logs::Json,
    };
    Options {
        api_port: arguments.api_port,
        aws_port: arguments.aws_port,
        data: arguments.directory().map_or(Data::Memory, Data::Directory),
        reset: arguments.reset,
        parameters: arguments.parameters.into_iter().collect(),
        logs,
        only: arguments.functions,
        no_timeout: arguments.no_timeout,
        watch: arguments.watch,
        ..Options::default()
    }
}

async fn run(options: Options) -> Result<(), String> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let data = options.data.clone();
    let stack = tokio::select! {
        stack = LocalStack::start(options) => stack.map_err(|error| error.to_string())?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    // Without a reader of stdout the stack still runs.
    let _ = anstream::stdout().write_all(stack.config().ready(&data).as_bytes());
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    stack.stop().await;
    Ok(())
}
