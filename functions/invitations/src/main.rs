//! Starts the function: see the library beside this file for what it does.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::http::serve::<invitations::Invitations>(env!("CARGO_PKG_NAME")).await
}
