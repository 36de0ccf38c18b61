//! The documentation as a site, if `.ci/site` has built it.

use std::path::{Path, PathBuf};

use axum::{
    Router,
    handler::HandlerWithoutStateExt,
    http::StatusCode,
    response::{IntoResponse, Redirect},
    routing::get,
};
use tower_http::services::ServeDir;

const ROOT: &str = "/_local/docs/";

/// Where `.ci/site` puts it.
pub(crate) fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "target", "site"].iter().collect()
}

pub(crate) fn router<S: Clone + Send + Sync + 'static>(folder: &Path) -> Router<S> {
    // Links between pages are relative, so the slash at the end matters.
    let without_slash = ROOT.trim_end_matches('/');
    Router::new()
        .route(without_slash, get(async || Redirect::permanent(ROOT)))
        .nest_service(ROOT, ServeDir::new(folder).fallback(missing.into_service()))
}

async fn missing() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "There is no such page. If none is there, build the site with .ci/site.\n")
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
    };

    use super::*;
    use crate::entropy;

    async fn answer(address: std::net::SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn pages_are_shown_and_nothing_beside_them() {
        let outside = std::env::temp_dir().join(entropy::uuid());
        std::fs::create_dir_all(outside.join("site/docs")).unwrap();
        std::fs::write(outside.join("site/index.html"), "start").unwrap();
        std::fs::write(outside.join("site/docs/api.html"), "api").unwrap();
        std::fs::write(outside.join("secret"), "outside").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router: Router = router(&outside.join("site"));
        tokio::spawn(async { axum::serve(listener, router).await });
        assert!(answer(address, "/_local/docs").await.contains("location: /_local/docs/\r\n"));
        assert!(answer(address, "/_local/docs/").await.ends_with("start"));
        assert!(answer(address, "/_local/docs/docs/api.html").await.ends_with("api"));
        for path in ["nothing.html", "../secret", "%2e%2e/secret", "..%2fsecret", "docs/../../secret", "//etc/passwd"] {
            let answer = answer(address, &format!("/_local/docs/{path}")).await;
            assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("There is no such page"), "{path}: {answer}");
        }
        std::fs::remove_dir_all(outside).unwrap();
    }
}
