//! A fuzzer of the HTTP API: it varies every part of every route of template.yaml, as every kind of user, against a local stack
//! that keeps nothing, and judges each answer by docs/api.md (I13).
//!
//!     cargo test -p acceptance --test fuzz -- --seconds 120
//!
//! A finding is printed with its request as a `curl` line, and with seed and number: `--seed S --only N` sends it again. Put what was
//! found into `known.rs`, where it is sent with every run.
#![expect(clippy::print_stdout, reason = "the report of a run is for the terminal")]

mod bodies;
mod cursors;
mod effects;
mod generate;
mod headers;
mod known;
mod logs;
mod options;
mod oracle;
mod people;
mod report;
mod request;
mod routes;
mod values;
mod worker;
mod world;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use acceptance::suite;
use generate::Generator;
use options::{Options, Task};
use people::{Made, Neighbor};
use report::Report;
use routes::Promises;
use worker::Shared;

/// From here on a run has to reach the inside of every route. A busy machine needs longer for as many requests.
const LONG: u64 = 10_000;

#[tokio::main]
async fn main() -> ExitCode {
    match options::parse(std::env::args().skip(1)) {
        Ok(Task::Run(options)) => run(options).await,
        Ok(Task::List) => {
            println!("fuzz: test");
            ExitCode::SUCCESS
        }
        Ok(Task::Nothing) => ExitCode::SUCCESS,
        Err(message) => {
            println!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn routes() -> Made<Vec<String>> {
    let template = stack_template::Document::workspace().map_err(|error| error.to_string())?;
    Ok(template.routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect())
}

async fn run(options: Options) -> ExitCode {
    let started = Instant::now();
    // Off by default, and then nothing behind the refusal would be tried.
    let parameters = BTreeMap::from([("AcceptInApp".to_owned(), "true".to_owned())]);
    let (stack, target) = suite::start(parameters).await;
    let prepared = async { Ok::<_, String>((routes()?, Neighbor::new(&target).await?)) }.await;
    let report = match prepared {
        Ok((routes, neighbor)) => {
            let shared = Arc::new(Shared {
                target,
                options,
                generator: Generator { routes },
                promises: Promises::read(),
                neighbor,
                report: Mutex::new(Report::default()),
                next: AtomicU64::new(0),
                until: Instant::now() + options.time,
            });
            fuzz(&shared).await;
            let lines = stack.log_lines();
            shared.note(|report| {
                logs::judge(&lines, options.workers, report);
                for refusal in stack.permissions().refused {
                    report.finding(format!("{} was refused {}", refusal.function, refusal.action), || {
                        format!("{refusal:?}")
                    });
                }
                std::mem::take(report)
            })
        }
        Err(message) => {
            let mut report = Report::default();
            report.finding("no run".to_owned(), || message);
            report
        }
    };
    stack.stop().await;
    report.print(options.seed, started.elapsed());
    if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn fuzz(shared: &Arc<Shared>) {
    let before = shared.neighbor.state().await;
    let broken = |message: String| {
        let kind = format!("the run broke off: {}", message.split(':').next().unwrap_or_default());
        shared.note(|report| report.finding(kind, || message));
    };
    if let Some(number) = shared.options.only {
        worker::only(shared, number).await.unwrap_or_else(broken);
        return;
    }
    worker::known(shared).await.unwrap_or_else(broken);
    let workers: Vec<_> = (0..shared.options.workers).map(|_| tokio::spawn(worker::work(Arc::clone(shared)))).collect();
    for worker in workers {
        match worker.await {
            Ok(done) => done.unwrap_or_else(broken),
            Err(panicked) => broken(panicked.to_string()),
        }
    }
    let after = shared.neighbor.state().await;
    let unreached: Vec<_> = shared.note(|report| {
        if before != after {
            let what = || format!("before: {before:?}\nafter: {after:?}");
            report.finding("another organization was touched (I6)".to_owned(), what);
        }
        report.unreached(&shared.generator.routes).into_iter().map(str::to_owned).collect()
    });
    if shared.next.load(Ordering::Relaxed) >= LONG {
        for route in unreached {
            shared.note(|report| {
                report.finding(format!("{route} never succeeded"), || {
                    format!("{route} never succeeded: nothing behind its first check was tried")
                })
            });
        }
    }
}
