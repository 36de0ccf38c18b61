//! Decides which certificates the AWS clients trust. Amazon's root certificates are compiled in. The system's store has
//! about 140 more, and reading them would take most of a cold start. So they are read only if a certificate does not
//! chain to Amazon's.

use std::{
    collections::HashSet,
    error::Error,
    io,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use aws_smithy_http_client::{
    Builder, Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};

use crate::configuration::Variables;

#[cfg(test)]
mod tests;

const PROVIDER: Provider = Provider::Rustls(CryptoMode::Ring);

/// The five root certificates that Amazon Trust Services recommends: <https://www.amazontrust.com/repository/>.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// The variables that name another store of certificates. If one is set, the clients trust only that store, because the
/// user may want to trust fewer certificates.
const NAMED_STORES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Creates the HTTP client of all AWS clients.
pub(super) fn http_client(variables: &Variables) -> SharedHttpClient {
    let amazon = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    match TlsContext::builder().with_trust_store(amazon).build() {
        Ok(amazon) if !NAMED_STORES.iter().any(|name| variables.text(name).is_ok()) => {
            SharedHttpClient::new(TwoStores::new(amazon, TlsContext::default()))
        }
        _ => Builder::new().tls_provider(PROVIDER).build_https(),
    }
}

/// An HTTP client with two stores of root certificates. If a certificate does not chain to the first store, the second
/// store decides.
#[derive(Debug)]
pub(super) struct TwoStores {
    first: TlsContext,
    second: TlsContext,
    /// One connector for each pair of timeouts, as in the SDK's client. The clients of one function have at most two
    /// pairs.
    connectors: Mutex<Vec<(Timeouts, SharedHttpConnector)>>,
}

/// The timeouts to connect and to read.
type Timeouts = [Option<Duration>; 2];

impl TwoStores {
    pub(super) fn new(first: TlsContext, second: TlsContext) -> Self {
        Self { first, second, connectors: Mutex::default() }
    }
}

impl HttpClient for TwoStores {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let timeouts = [settings.connect_timeout(), settings.read_timeout()];
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, connector)) = connectors.iter().find(|(of, _)| *of == timeouts) {
            return connector.clone();
        }
        let pools = Pools {
            first: connector(settings, &self.first),
            second: OnceLock::new(),
            settings: settings.clone(),
            context: self.second.clone(),
            hosts_of_second: Mutex::default(),
        };
        let connector = SharedHttpConnector::new(TwoPools(Arc::new(pools)));
        connectors.push((timeouts, connector.clone()));
        connector
    }
}

fn connector(settings: &HttpConnectorSettings, context: &TlsContext) -> Connector {
    let builder = Connector::builder().connector_settings(settings.clone());
    builder.tls_provider(PROVIDER).tls_context(context.clone()).build()
}

/// The connections of the first store and those of the second store.
#[derive(Debug)]
struct Pools {
    first: Connector,
    /// The connector of the second store. It is created only if necessary, because that reads the system's store.
    second: OnceLock<Connector>,
    settings: HttpConnectorSettings,
    context: TlsContext,
    /// The hosts whose certificates only the second store accepts.
    hosts_of_second: Mutex<HashSet<String>>,
}

impl Pools {
    fn second(&self) -> &Connector {
        self.second.get_or_init(|| connector(&self.settings, &self.context))
    }

    fn hosts_of_second(&self) -> MutexGuard<'_, HashSet<String>> {
        self.hosts_of_second.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct TwoPools(Arc<Pools>);

impl HttpConnector for TwoPools {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(host) = https_host(&request) else { return self.0.first.call(request) };
        if self.0.hosts_of_second().contains(host) {
            return self.0.second().call(request);
        }
        // A body that is streamed could not be sent again. The functions send none.
        let Some(again) = request.try_clone() else { return self.0.second().call(request) };
        let host = host.to_owned();
        let first = self.0.first.call(request);
        let pools = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            match first.await {
                // The handshake failed, so nothing of the request was sent.
                Err(error) if is_refused_certificate(&error) => {
                    let answer = pools.second().call(again).await;
                    if answer.is_ok() {
                        pools.hosts_of_second().insert(host);
                    }
                    answer
                }
                answer => answer,
            }
        })
    }
}

/// Returns the host and port of an HTTPS request.
fn https_host(request: &HttpRequest) -> Option<&str> {
    request.uri().strip_prefix("https://")?.split(['/', '?']).next()
}

/// Whether the error is a rejected certificate. The second store then decides, whatever the reason was.
fn is_refused_certificate(error: &(dyn Error + 'static)) -> bool {
    // The source of an I/O error is that of the error in it, which would be left out.
    let mut errors = std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as _),
        None => error.source(),
    });
    errors.any(|error| matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
}
