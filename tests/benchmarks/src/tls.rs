//! TLS on this machine: an authority of our own, whom the functions are told to trust beside the system's.

use std::{path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio_rustls::TlsAcceptor;

use crate::Result;

/// Where Debian keeps the system's store.
pub(crate) const SYSTEM_STORE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// An authority and a certificate for `localhost`.
pub(crate) struct Certificates {
    authority: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Certificates {
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::new(Vec::new())?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = parameters.self_signed(&key)?.pem();
        let issuer = Issuer::new(parameters, key);
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        Ok(Self { authority, certificate: certificate.der().clone(), key })
    }

    /// Writes a store for `SSL_CERT_FILE`: the system's, since its size is what counts, with the authority at its end.
    pub(crate) fn write_store(&self, path: &Path) -> Result<()> {
        let system = std::fs::read_to_string(SYSTEM_STORE).unwrap_or_default();
        Ok(std::fs::write(path, system + &self.authority)?)
    }

    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], self.key.clone_key())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
