//! Owns which certificates are believed: the system's CAs and those of an own file.
//! Never believes a certificate for another host's name.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// What a machine without any CA says of every certificate.
pub(super) const NO_AUTHORITIES: &str = "this machine has no CA certificates";

/// Which certificates are believed: the system's CAs and those of an own PEM file. Cheap to clone.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Believes what the system does and, with the content of a PEM file, its certificates too: those of CAs for what
    /// they signed, those of servers for themselves (whatever their dates: that this one is meant is said). The error
    /// says what is wrong with the file.
    pub fn new(own_pem: Option<&[u8]>) -> Result<Self, String> {
        let own = own_pem.map_or(Ok(Vec::new()), certificates)?;
        // What of the system's can't be read is only missed when a server needs it, and then the trouble says so.
        let system = rustls_native_certs::load_native_certs().certs;
        Self::in_these(system, own)
    }

    /// Believes nobody: for connections that are not encrypted.
    pub fn nobody() -> Result<Self, String> {
        Self::in_these(Vec::new(), Vec::new())
    }

    /// Believes in these CAs, and in these certificates as they are.
    pub(super) fn in_these(
        system: Vec<CertificateDer<'static>>,
        own: Vec<CertificateDer<'static>>,
    ) -> Result<Self, String> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(system.into_iter().chain(own.iter().cloned()));
        // Only a store without any CA makes this fail.
        let authorities =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().ok();
        let verifier = Verifier { own, authorities, provider: provider.clone() };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// What the TLS client works with.
    pub(super) fn client(&self) -> Arc<ClientConfig> {
        self.0.clone()
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust(…)")
    }
}

/// The certificates of a PEM file.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = read.map_err(|error| format!("is no PEM file that can be read: {error}"))?;
    if found.is_empty() {
        return Err("holds no certificate: it must have a line `-----BEGIN CERTIFICATE-----`".to_owned());
    }
    for (index, certificate) in found.iter().enumerate() {
        ParsedCertificate::try_from(certificate)
            .map_err(|error| format!("certificate {} in it can't be read: {error}", index + 1))?;
    }
    Ok(found)
}

/// Judges a server's certificate.
#[derive(Debug)]
struct Verifier {
    /// Certificates from the own file.
    own: Vec<CertificateDer<'static>>,
    /// Judges by CAs, the own file's among them; none where there is no CA at all.
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    /// `openssl req -x509` makes certificates that are a server's and a CA's at once, which webpki refuses from a
    /// server: so one that stands in the own file itself is compared, not judged.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.own.iter().any(|own| own == end_entity) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let authorities =
            self.authorities.as_ref().ok_or_else(|| Error::General(NO_AUTHORITIES.to_owned()))?;
        authorities.verify_server_cert(end_entity, intermediates, name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
