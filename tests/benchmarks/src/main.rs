//! Measures the functions as they are deployed; see README.md.
#![expect(clippy::print_stdout, reason = "a command prints what it was asked for")]

mod budgets;
mod cold;
mod count;
mod event;
mod first;
mod function;
mod listener;
mod product;
mod recording;
mod script;
mod services;
mod stage;
mod table;
mod tls;
mod warm;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

use count::count;
use product::Product;
use script::record;
use table::thousands;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

/// Measures the functions' binaries, without AWS and on this machine alone.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of the binaries: one that cargo or `sam build` wrote.
    #[arg(long, global = true, default_value = "target/release")]
    binaries: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything below, in one run.
    All,
    /// Instructions of init and of each request, in valgrind.
    Count { functions: Vec<String> },
    /// Compares these instructions with budgets.toml.
    Budgets {
        /// Writes them into budgets.toml instead.
        #[arg(long)]
        write: bool,
        functions: Vec<String>,
    },
    /// The time of init beside that of bare functions.
    Cold {
        #[arg(long, default_value_t = 41)]
        rounds: usize,
    },
    /// The first request of a process beside its next ones, over TLS.
    First {
        #[arg(long, default_value_t = 21)]
        rounds: usize,
        /// Of one round trip to a service, in microseconds.
        #[arg(long, default_value_t = 2000)]
        delay: u64,
        routes: Vec<String>,
    },
    /// A request beside a bare function that makes the same calls to DynamoDB.
    Warm {
        #[arg(long, default_value_t = 500)]
        rounds: usize,
        routes: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(code) => code,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    let product = Product::new(&arguments.binaries)?;
    match arguments.command {
        Command::All => {
            print_cold(&product, 41).await?;
            print_first(&product, 21, Duration::from_millis(2), &[]).await?;
            print_warm(&product, 500, &[]).await?;
            print_counts(&product, &[]).await?;
        }
        Command::Count { functions } => print_counts(&product, &functions).await?,
        Command::Budgets { write: true, functions } => budgets::write(&count(&product, &functions).await?)?,
        Command::Budgets { write: false, functions } => return compare(&product, &functions).await,
        Command::Cold { rounds } => print_cold(&product, rounds).await?,
        Command::First { rounds, delay, routes } => {
            print_first(&product, rounds, Duration::from_micros(delay), &routes).await?;
        }
        Command::Warm { rounds, routes } => print_warm(&product, rounds, &routes).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn is_wanted(route: &str, routes: &[String]) -> bool {
    routes.is_empty() || routes.iter().any(|wanted| wanted == route)
}

async fn print_counts(product: &Product, functions: &[String]) -> Result<()> {
    println!("{:<20} {:<66} {:>14}", "function", "request", "instructions");
    for (function, counts) in count(product, functions).await? {
        for (name, count) in counts {
            println!("{function:<20} {name:<66} {:>14}", thousands(count, ','));
        }
    }
    Ok(())
}

async fn compare(product: &Product, functions: &[String]) -> Result<ExitCode> {
    let counted = count(product, functions).await?;
    let lines = budgets::exceeded(&counted)?;
    for line in &lines {
        println!("{line}");
    }
    if lines.is_empty() {
        println!("{} budgets are kept", counted.values().map(|counts| counts.len()).sum::<usize>());
        return Ok(ExitCode::SUCCESS);
    }
    println!("If that is what the change is worth, run `.ci/budgets --write`, and say why in the commit.");
    Ok(ExitCode::FAILURE)
}

async fn print_cold(product: &Product, rounds: usize) -> Result<()> {
    println!("{:<20} {:>10} {:>22}", "init", "ms", "ratio to bare-client");
    for row in cold::cold(product, rounds).await? {
        println!("{:<20} {:>10.2} {:>22.2}", row.name, row.milliseconds, row.ratio);
    }
    println!();
    Ok(())
}

async fn print_first(product: &Product, rounds: usize, delay: Duration, routes: &[String]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    println!(
        "{:<66} {:>8} {:>8} {:>8} {:>8} {:>20}",
        "request over TLS, ms", "1st", "2nd", "later", "ratio", "connections (init)"
    );
    for recording in record(product).await?.iter().filter(|one| is_wanted(&one.name, routes)) {
        let row = first::first(product, recording, rounds, delay, &folder.path().join("store.pem")).await?;
        let connections = format!("{} ({})", row.connections.1, row.connections.0);
        println!(
            "{:<66} {:>8.2} {:>8.2} {:>8.2} {:>8.2} {connections:>20}",
            row.route, row.first, row.second, row.later, row.ratio
        );
    }
    println!();
    Ok(())
}

async fn print_warm(product: &Product, rounds: usize, routes: &[String]) -> Result<()> {
    println!("{:<66} {:>8} {:>8} {:>8}", "request, ms", "bare", "ours", "over");
    for recording in record(product).await?.iter().filter(|one| is_wanted(&one.name, routes)) {
        if let Some(row) = warm::warm(product, recording, rounds).await? {
            println!("{:<66} {:>8.3} {:>8.3} {:>8.3}", row.route, row.bare, row.ours, row.over);
        }
    }
    println!();
    Ok(())
}
