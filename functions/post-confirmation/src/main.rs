//! Starts the function. The library in the same folder contains its code.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use post_confirmation::PostConfirmation;
use serde_json::Value;
use shared::{start::Start, telemetry::Invocation};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = Start::new().await;
    let function = &PostConfirmation::new(&start)?;
    start.connections.opened().await;
    run(service_fn(move |event: LambdaEvent<Value>| async move {
        Ok::<_, Error>(function.handle(event.payload, &Invocation::from(&event.context)).await)
    }))
    .await
}
