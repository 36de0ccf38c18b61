//! Starts the function. The library in the same folder contains its code.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use mail_feedback::MailFeedback;
use serde_json::Value;
use shared::{
    start::Start,
    telemetry::{self, Invocation},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = Start::new().await;
    let function = &MailFeedback::new(&start)?;
    start.connections.opened().await;
    run(service_fn(move |event: LambdaEvent<Value>| async move {
        let done = function.handle(&event.payload, &Invocation::from(&event.context)).await;
        // Only the texts: Lambda logs the `Debug` of an error, and that of the SDK contains requests (I11).
        done.map_err(|error| Error::from(telemetry::chain(&error)))
    }))
    .await
}
