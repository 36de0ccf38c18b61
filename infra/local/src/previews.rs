//! The previews of every mail, as the mailer's example `previews` has written them into `target/mails`.
//!
//! The stack only shows the files. Building the example with the stack would cost every start the time, and the stack would
//! depend on a function's code.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use local_launcher::workspace_root;

const MISSING: &str =
    "There is no such preview. To write all of them, run: cargo run -p invitation-mailer --example previews\n";

/// `/_local/mails`: the links of the index are relative to a folder.
pub(crate) async fn folder() -> Redirect {
    Redirect::permanent("/_local/mails/")
}

/// `/_local/mails/`.
pub(crate) async fn index() -> Response {
    file(Path("index.html".to_owned())).await
}

/// `/_local/mails/{mail}/{language}.html` and `.txt`.
pub(crate) async fn file(Path(name): Path<String>) -> Response {
    // An empty part first makes the path absolute, and `join` then leaves the folder.
    let is_plain = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    let path = workspace_root().join("target/mails").join(&name);
    let content = if name.split('/').all(is_plain) { tokio::fs::read(path).await.ok() } else { None };
    let Some(content) = content else { return (StatusCode::NOT_FOUND, MISSING).into_response() };
    let kind = if name.ends_with(".html") { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
    // As in a mail program, nothing runs; the logo is loaded.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:";
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_files_of_the_folder_are_shown() {
        for name in
            ["../index.html", "../../Cargo.toml", "/etc/passwd", "invitation/../../x", ".hidden", "no/such.html", ""]
        {
            assert_eq!(file(Path(name.to_owned())).await.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
