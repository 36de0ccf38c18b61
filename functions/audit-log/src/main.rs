//! Starts the function. The library in the same folder contains its code.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::http::serve::<audit_log::AuditLog>(env!("CARGO_PKG_NAME")).await
}
