//! The command line: also what `cargo test` hands to every test program.

use std::time::Duration;

/// What a run is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// How long requests are made up.
    pub(crate) time: Duration,
    /// Where all randomness comes from.
    pub(crate) seed: u64,
    /// How many organizations are worked on side by side.
    pub(crate) workers: u64,
    /// Only the request with this number.
    pub(crate) only: Option<u64>,
}

/// What there is to do.
#[derive(Debug)]
pub(crate) enum Task {
    Run(Options),
    /// `--list`
    List,
    /// A filter that means other tests.
    Nothing,
}

pub(crate) const USAGE: &str =
    "cargo test -p acceptance --test fuzz -- [--seconds N] [--seed N] [--workers N] [--only N]";

/// As long as a run within `cargo test` takes.
const SECONDS: u64 = 5;

pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Task, String> {
    let mut options = Options { time: Duration::from_secs(SECONDS), seed: fastrand::u64(..), workers: 4, only: None };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().and_then(|value| value.parse().ok());
            value.ok_or_else(|| format!("{argument} takes a number\nusage: {USAGE}"))
        };
        match argument.as_str() {
            "--seconds" => options.time = Duration::from_secs(number()?),
            "--seed" => options.seed = number()?,
            "--workers" => options.workers = number()?.clamp(1, 64),
            "--only" => options.only = Some(number()?),
            "--list" => return Ok(Task::List),
            // Of the harness that other tests have.
            "--test-threads" | "--skip" | "--format" | "--color" => drop(arguments.next()),
            flag if flag.starts_with('-') => {}
            filter if !"fuzz".contains(filter) => return Ok(Task::Nothing),
            _ => {}
        }
    }
    Ok(Task::Run(options))
}
