//! Starts the function: see the library beside this file for what it does.

use invitation_replies::InvitationReplies;
use shared::{http::serve, start::Start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let start = Start::new().await;
    serve(env!("CARGO_PKG_NAME"), InvitationReplies::new(&start)?).await
}
