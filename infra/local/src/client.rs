//! The stack's own HTTP client.

use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Request, StatusCode, Uri, body::Bytes};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};

/// Sends requests to one address.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    uri: Uri,
    connections: Connections,
}

#[derive(Debug, Clone)]
enum Connections {
    Plain(legacy::Client<HttpConnector, Full<Bytes>>),
    Tls(legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// There was no answer, or there cannot be one.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub(crate) struct NoAnswer(#[source] Box<dyn std::error::Error + Send + Sync>);

impl NoAnswer {
    fn because(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

impl Client {
    /// A client of the server at an address; with TLS, and the machine's own roots, if it begins with `https`.
    pub(crate) fn to(url: &str) -> Result<Self, NoAnswer> {
        let uri: Uri = url.parse().map_err(NoAnswer::because)?;
        let builder = legacy::Client::builder(TokioExecutor::new());
        let connections = if uri.scheme_str() == Some("https") {
            let tls = HttpsConnectorBuilder::new()
                .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
                .map_err(NoAnswer::because)?;
            Connections::Tls(builder.build(tls.https_only().enable_http1().build()))
        } else {
            let mut connector = HttpConnector::new();
            connector.set_nodelay(true);
            Connections::Plain(builder.build(connector))
        };
        Ok(Self { uri, connections })
    }

    pub(crate) async fn post(&self, headers: HeaderMap, body: Bytes) -> Result<Answer, NoAnswer> {
        self.send(Method::POST, self.uri.clone(), headers, body).await
    }

    /// Gets a document by its path.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, NoAnswer> {
        let base = self.uri.to_string();
        let uri = format!("{}{path}", base.trim_end_matches('/')).parse().map_err(NoAnswer::because)?;
        self.send(Method::GET, uri, HeaderMap::new(), Bytes::new()).await
    }

    #[cfg(test)]
    pub(crate) async fn post_to(&self, path: &str, body: &str) {
        let uri = format!("{}{path}", self.uri).parse().unwrap();
        self.send(Method::POST, uri, HeaderMap::new(), Bytes::copy_from_slice(body.as_bytes())).await.unwrap();
    }

    async fn send(&self, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Result<Answer, NoAnswer> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let response = match &self.connections {
            Connections::Plain(client) => client.request(request).await,
            Connections::Tls(client) => client.request(request).await,
        };
        let (parts, body) = response.map_err(NoAnswer::because)?.into_parts();
        let body = body.collect().await.map_err(NoAnswer::because)?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}
