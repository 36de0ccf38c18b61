//! For the tests of the clients: a server that gives every request the same response and records the requests, and
//! processes with their own variables.

use std::{
    net::Ipv4Addr,
    process::Command,
    sync::{Arc, Mutex},
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// A certificate authority that signs certificates for the tests.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(super) pem: String,
}

impl Authority {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Creates a TLS server with a certificate for localhost.
    fn acceptor(&self) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap()).into()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) connections: usize,
    /// The number of connections that the client ended because of the certificate.
    pub(super) refused: usize,
    /// The first line and the headers of each request.
    pub(super) requests: Vec<String>,
}

pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    /// Starts a server, with TLS if there is an authority. It runs as long as the test.
    pub(super) async fn start(authority: Option<&Authority>) -> Self {
        Self::answering(authority, "{}").await
    }

    /// Starts a server that responds with `body`.
    pub(super) async fn answering(authority: Option<&Authority>, body: &'static str) -> Self {
        let acceptor = authority.map(Authority::acceptor);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://localhost:{}", listener.local_addr().unwrap().port());
        let seen = Arc::<Mutex<Seen>>::default();
        let server = Self { url, seen: Arc::clone(&seen) };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (seen, acceptor) = (Arc::clone(&seen), acceptor.clone());
                seen.lock().unwrap().connections += 1;
                tokio::spawn(async move {
                    match acceptor {
                        None => answer(stream, &seen, body).await,
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => answer(stream, &seen, body).await,
                            Err(_) => seen.lock().unwrap().refused += 1,
                        },
                    }
                });
            }
        });
        server
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, seen: &Mutex<Seen>, answer: &str) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        seen.lock().unwrap().requests.push(head);
        // Long enough for requests that are made side by side to be under way at once.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let length = answer.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {length}\r\n\r\n{answer}"
        );
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

/// Whether a test passes in a separate process with only these `variables`. Without this call, the test is ignored.
pub(super) async fn passes(test: &'static str, variables: &[(&str, &str)]) -> bool {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", test, "--ignored"]).env_clear().envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || process.output().unwrap()).await.unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("running 1 test"), "{output:?}");
    output.status.success()
}
