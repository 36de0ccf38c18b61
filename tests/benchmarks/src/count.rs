//! Instructions, counted exactly: a function runs in valgrind, which executes them one by one.

use std::{collections::BTreeMap, path::Path, time::Duration};

use crate::{
    Result,
    function::Function,
    product::{Product, variables},
    recording::Recording,
    script::record,
    services::{Answers, Services},
};

/// The first requests of a process open connections and fill caches.
const WARM_UP: u64 = 5;
/// Enough for the differences between two requests, such as a hash map's, to even out.
const COUNTED: u64 = 20;

/// What is counted of a function: `init`, then each of what invokes it.
pub(crate) type Counts = BTreeMap<String, u64>;

/// The name of what happens before the first request.
pub(crate) const INIT: &str = "init";

/// Counts functions, all of the template's if none is named.
pub(crate) async fn count(product: &Product, only: &[String]) -> Result<BTreeMap<String, Counts>> {
    let mut counted = BTreeMap::new();
    for function in &product.functions {
        if !only.is_empty() && !only.contains(&function.name) {
            continue;
        }
        // Anew for each function: what a profile knows is believed for five minutes only, and valgrind takes its time.
        let recordings = record(product).await?;
        let mut counts = Counts::new();
        for recording in recordings.iter().filter(|recording| recording.function == function.name) {
            if counts.is_empty() {
                counts.insert(INIT.to_owned(), instructions(product, recording, 0).await?);
            }
            let before = instructions(product, recording, WARM_UP).await?;
            let after = instructions(product, recording, WARM_UP + COUNTED).await?;
            counts.insert(recording.name.clone(), after.saturating_sub(before) / COUNTED);
        }
        counted.insert(function.name.clone(), counts);
    }
    Ok(counted)
}

/// The instructions of a process that answers so many requests.
async fn instructions(product: &Product, recording: &Recording, requests: u64) -> Result<u64> {
    let function = product.function(&recording.function)?;
    let services = Services::start(Answers::Recorded(recording.exchanges.clone()), None, Duration::ZERO).await?;
    let folder = tempfile::tempdir()?;
    let output = folder.path().join("cachegrind");
    let to = format!("--cachegrind-out-file={}", output.display());
    let wrapper = ["valgrind", "--quiet", "--tool=cachegrind", "--cache-sim=no", &to];
    let variables = variables(Some(function), &services);
    let mut running = Function::start(&product.binary(function)?, &variables, &wrapper).await?;
    for _ in 0..requests {
        recording.check(&running.invoke(&recording.event).await?.0)?;
    }
    running.stop().await?;
    summary(&output)
}

/// The sum at the end of cachegrind's file.
fn summary(path: &Path) -> Result<u64> {
    let text = std::fs::read_to_string(path)?;
    let sum = text.lines().rev().find_map(|line| line.strip_prefix("summary:"));
    Ok(sum.ok_or("valgrind counted nothing")?.trim().parse()?)
}
