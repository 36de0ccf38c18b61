//! The first request of a process beside its next ones, over TLS.

use std::{path::Path, time::Duration};

use crate::{
    Result,
    function::Function,
    product::{Product, variables},
    recording::Recording,
    services::{Answers, Services},
    table::{median, milliseconds},
    tls::Certificates,
};

const LATER: usize = 10;

/// The medians of one route.
pub(crate) struct First {
    pub(crate) route: String,
    pub(crate) first: f64,
    pub(crate) second: f64,
    pub(crate) later: f64,
    /// First to later, round by round.
    pub(crate) ratio: f64,
    /// The most that were opened before the first request, and by the end of it.
    pub(crate) connections: (usize, usize),
}

/// A fresh process each round. `delay` is that of a round trip to a service; `store` is written for `SSL_CERT_FILE`.
pub(crate) async fn first(
    product: &Product,
    recording: &Recording,
    rounds: usize,
    delay: Duration,
    store: &Path,
) -> Result<First> {
    let certificates = Certificates::new()?;
    certificates.write_store(store)?;
    let declared = product.function(&recording.function)?;
    let (mut firsts, mut seconds, mut laters, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut connections = (0, 0);
    for round in 0..=rounds {
        let answers = Answers::Recorded(recording.exchanges.clone());
        let services = Services::start(answers, Some(&certificates), delay).await?;
        let mut variables = variables(Some(declared), &services);
        variables.insert("SSL_CERT_FILE".to_owned(), store.display().to_string());
        let mut function = Function::start(&product.binary(declared)?, &variables, &[]).await?;
        let in_init = services.connections();
        let first = invoke(&mut function, recording).await?;
        let after = services.connections();
        let second = invoke(&mut function, recording).await?;
        let mut later = Vec::new();
        for _ in 0..LATER {
            later.push(invoke(&mut function, recording).await?);
        }
        function.stop().await?;
        connections = (connections.0.max(in_init), connections.1.max(after));
        // The first round fills the page cache.
        if round > 0 {
            firsts.push(first);
            seconds.push(second);
            laters.push(median(&later));
            ratios.push(first / median(&later));
        }
    }
    let (route, ratio) = (recording.name.clone(), median(&ratios));
    Ok(First { route, first: median(&firsts), second: median(&seconds), later: median(&laters), ratio, connections })
}

async fn invoke(function: &mut Function, recording: &Recording) -> Result<f64> {
    let (answer, took) = function.invoke(&recording.event).await?;
    recording.check(&answer)?;
    Ok(milliseconds(took))
}
