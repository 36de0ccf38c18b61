//! The time from the start of a process to its first question for an event, beside that of bare functions.

use std::time::Duration;

use crate::{
    Result,
    function::Function,
    product::{Product, variables},
    services::{Answers, Services},
    table::{median, milliseconds},
};

/// The medians of one function.
pub(crate) struct Cold {
    pub(crate) name: String,
    pub(crate) milliseconds: f64,
    /// To the bare function with one client, round by round.
    pub(crate) ratio: f64,
}

/// Starts every function once a round, in turns.
pub(crate) async fn cold(product: &Product, rounds: usize) -> Result<Vec<Cold>> {
    let services = Services::start(Answers::Recorded(Vec::new()), None, Duration::ZERO).await?;
    let bare = ["bare-client", "bare-two-clients", "bare-hello"];
    let mut started = Vec::new();
    for name in bare {
        started.push((name.to_owned(), product.other(name), variables(None, &services)));
    }
    for function in &product.functions {
        started.push((function.name.clone(), product.binary(function)?, variables(Some(function), &services)));
    }
    let mut times = vec![Vec::new(); started.len()];
    for round in 0..=rounds {
        for turn in 0..started.len() {
            let index = (turn + round) % started.len();
            let (_, binary, variables) = &started[index];
            let function = Function::start(binary, variables, &[]).await?;
            // The first round fills the page cache.
            if round > 0 {
                times[index].push(milliseconds(function.init));
            }
            function.stop().await?;
        }
    }
    let ratio = |times: &[f64], base: &[f64]| {
        median(&times.iter().zip(base).map(|(time, base)| time / base).collect::<Vec<_>>())
    };
    let rows = started.into_iter().zip(&times);
    Ok(rows.map(|((name, ..), own)| Cold { name, milliseconds: median(own), ratio: ratio(own, &times[0]) }).collect())
}
