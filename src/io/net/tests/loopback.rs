//! Owns pretended servers' certificates, made for one test.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::SupportedProtocolVersion;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::TlsAcceptor;

use super::super::Trust;
use super::*;

/// A certificate and its key.
pub(crate) struct Certified {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) pem: String,
    key: KeyPair,
}

impl Certified {
    /// As `openssl req -x509` makes them: self-signed, a CA's and a server's at once.
    pub(crate) fn by_openssl(name: &str) -> Self {
        Self::itself(params(&[name], IsCa::Ca(BasicConstraints::Unconstrained)))
    }

    /// Self-signed.
    pub(super) fn itself(params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        Self { certificate: made.der().clone(), pem: made.pem(), key }
    }

    /// Signed by a CA.
    pub(super) fn by(authority: &Self, params: &CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let signer = self::params(&[], IsCa::Ca(BasicConstraints::Unconstrained));
        let made = params.signed_by(&key, &Issuer::from_params(&signer, &authority.key)).unwrap();
        Self { certificate: made.der().clone(), pem: made.pem(), key }
    }

    /// Who shows this certificate without having its key.
    pub(super) fn stolen(&self) -> Self {
        let key = KeyPair::generate().unwrap();
        Self { certificate: self.certificate.clone(), pem: self.pem.clone(), key }
    }

    /// Who shows this certificate.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor_of(rustls::ALL_VERSIONS)
    }

    /// Who speaks no other versions of TLS. That certificate and key belong together is left to the client to find out.
    pub(super) fn acceptor_of(&self, versions: &[&'static SupportedProtocolVersion]) -> TlsAcceptor {
        let provider = Arc::new(ring::default_provider());
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let shown = SingleCertAndKey::from(CertifiedKey::new(vec![self.certificate.clone()], key));
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        TlsAcceptor::from(Arc::new(config))
    }

    /// Who believes this certificate and no other.
    pub(crate) fn trust(&self) -> Trust {
        Trust::in_these(Vec::new(), vec![self.certificate.clone()]).unwrap()
    }
}

/// A certificate for these names.
pub(super) fn params(names: &[&str], is_ca: IsCa) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.is_ca = is_ca;
    params.not_before = date_time_ymd(2020, 1, 1);
    params
}
