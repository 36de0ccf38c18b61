//! The database of a stack: the embedded engine or another one, with the template's table in it.

use std::sync::Arc;

use stack_template::{ACCOUNT, Template};

use crate::{
    client::Client,
    engine::{Engine, Front, create_table},
    error::StartError,
    lambda::replacement,
    options::Data,
    streams::TableStream,
    wire::{Wire, WireError},
};

/// The embedded engine, or whatever `AWS_ENDPOINT_URL_DYNAMODB` names, with the table in it.
pub(crate) struct Database {
    pub(crate) engine: Engine,
    /// Where requests on the AWS port go.
    pub(crate) front: Arc<Front>,
    pub(crate) stream: Option<TableStream>,
    /// The stream as events name it.
    pub(crate) stream_arn: String,
    /// Past the front.
    pub(crate) wire: Wire,
}

impl Database {
    pub(crate) async fn start(data: &Data, template: &Template, table: &str) -> Result<Self, StartError> {
        const VARIABLE: &str = "AWS_ENDPOINT_URL_DYNAMODB";
        if let Some(url) = replacement(VARIABLE) {
            let wrong = |error: WireError| StartError::Replacement { variable: VARIABLE, reason: error.to_string() };
            let wire = Wire::elsewhere(&url, template.region()).await.map_err(wrong)?;
            create_elsewhere(&wire, template, table).await?.map_err(wrong)?;
            let stream = TableStream::of(wire.clone(), table).await.map_err(wrong)?;
            let client = Client::to(&url).map_err(|error| wrong(error.into()))?;
            // Not used by anybody, but there for whoever asks.
            let engine = Engine::start(Data::Memory).await?;
            return Ok(Self::new(engine, Arc::new(Front::new(client)), stream, wire, (template, table)));
        }
        let engine = Engine::start(data.clone()).await?;
        engine.create_table(template, table).await?;
        // Past the front: what the stack itself reads is nobody's round trip.
        let wrong = |error: WireError| StartError::Database(error.to_string());
        let wire = Wire::local(engine.direct_url(), template.region()).map_err(wrong)?;
        let stream = TableStream::of(wire.clone(), table).await.map_err(wrong)?;
        let front = engine.front();
        Ok(Self::new(engine, front, stream, wire, (template, table)))
    }

    fn new(
        engine: Engine,
        front: Arc<Front>,
        stream: Option<TableStream>,
        wire: Wire,
        (template, table): (&Template, &str),
    ) -> Self {
        let stream_arn = stream.as_ref().map(|stream| stream_arn(template, table, stream.arn())).unwrap_or_default();
        Self { engine, front, stream, stream_arn, wire }
    }
}

async fn create_elsewhere(wire: &Wire, template: &Template, table: &str) -> Result<Result<(), WireError>, StartError> {
    let (request, time_to_live) = (template.table(table)?, template.time_to_live(table)?);
    Ok(create_table(wire, table, &request, time_to_live.as_ref()).await)
}

/// Engines name their streams after regions of their own; events carry the one that all else is in.
fn stream_arn(template: &Template, table: &str, arn: &str) -> String {
    let label = arn.rsplit('/').next().unwrap_or_default();
    format!("arn:aws:dynamodb:{}:{ACCOUNT}:table/{table}/stream/{label}", template.region())
}
