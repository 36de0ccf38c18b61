//! Starts the function: see the library beside this file for what it does.

use invitation_sweeper::InvitationSweeper;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde::de::IgnoredAny;
use shared::{
    deadline::Deadline,
    start::Start,
    telemetry::{self, Invocation},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = Start::new().await;
    let function = &InvitationSweeper::new(&start)?;
    start.connections.opened().await;
    // There is one task, so the event says nothing.
    run(service_fn(move |event: LambdaEvent<IgnoredAny>| async move {
        let invocation = Invocation::from(&event.context);
        let done = function.handle(&invocation, Deadline::of(&event.context)).await;
        // Its texts only: Lambda logs an error as `Debug`, and that of the SDK's holds what was asked and answered (I11).
        done.map_err(|error| Error::from(telemetry::chain(&error)))
    }))
    .await
}
