//! A request beside a bare function that makes the same calls to DynamoDB and nothing else.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde_json::{Value, json};

use crate::{
    Result,
    function::Function,
    product::{Product, variables},
    recording::Recording,
    services::{Answers, Services},
    table::{median, milliseconds},
};

const WARM_UP: usize = 50;

/// The medians of one route.
pub(crate) struct Warm {
    pub(crate) route: String,
    pub(crate) bare: f64,
    pub(crate) ours: f64,
    /// Ours less bare, request by request.
    pub(crate) over: f64,
}

/// Alternates between the two, request by request. `None`: it is no route, or it calls more than DynamoDB.
pub(crate) async fn warm(product: &Product, recording: &Recording, rounds: usize) -> Result<Option<Warm>> {
    // The bare function answers requests of API Gateway. A route is a method and a path.
    let is_route = recording.name.contains(" /");
    if !is_route
        || recording.exchanges.iter().any(|exchange| !exchange.request.is_object() || is_elsewhere(&exchange.operation))
    {
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    let calls = folder.path().join("calls.json");
    write_calls(recording, &calls)?;
    let answers = || Answers::Recorded(recording.exchanges.clone());
    let services = Services::start(answers(), None, Duration::ZERO).await?;
    let mut of_bare = variables(None, &services);
    of_bare.insert("BARE_CALLS".to_owned(), calls.display().to_string());
    let declared = product.function(&recording.function)?;
    let of_ours: BTreeMap<String, String> = variables(Some(declared), &services);
    let mut bare = Function::start(&product.other("bare-calls"), &of_bare, &[]).await?;
    let mut ours = Function::start(&product.binary(declared)?, &of_ours, &[]).await?;
    let (mut bares, mut all, mut overs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..WARM_UP + rounds {
        let bare = milliseconds(bare.invoke(&recording.event).await?.1);
        let (answer, took) = ours.invoke(&recording.event).await?;
        recording.check(&answer)?;
        if round >= WARM_UP {
            bares.push(bare);
            all.push(milliseconds(took));
            overs.push(milliseconds(took) - bare);
        }
    }
    bare.stop().await?;
    ours.stop().await?;
    let route = recording.name.clone();
    Ok(Some(Warm { route, bare: median(&bares), ours: median(&all), over: median(&overs) }))
}

fn is_elsewhere(operation: &str) -> bool {
    operation == "AdminGetUser" || operation == "Scan" || operation.starts_with('/')
}

/// What the bare function reads: its calls, stage by stage.
pub(crate) fn write_calls(recording: &Recording, path: &Path) -> Result<()> {
    let stages = recording.stages().into_iter().map(|stage| {
        let calls = stage.into_iter();
        calls.map(|call| json!({"operation": call.operation, "request": call.request})).collect::<Vec<Value>>()
    });
    Ok(std::fs::write(path, json!(stages.collect::<Vec<_>>()).to_string())?)
}
