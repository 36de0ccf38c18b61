//! Starts the function: see the library beside this file for what it does.

use aws_lambda_events::{event::dynamodb::Event, streams::DynamoDbEventResponse};
use invitation_mailer::InvitationMailer;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::{start::Start, telemetry::Invocation};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = &InvitationMailer::new(&Start::new().await?)?;
    run(service_fn(move |event: LambdaEvent<Event>| async move {
        let invocation = Invocation::from(&event.context);
        Ok::<DynamoDbEventResponse, Error>(function.handle(event.payload, &invocation).await)
    }))
    .await
}
