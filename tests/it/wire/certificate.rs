//! A certification authority of the tests' own, and a certificate by which it vouches for this computer.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// Three PEM files' content.
struct Pem {
    ca: String,
    certificate: String,
    key: String,
}

/// By what names this computer is called. Dovecot takes no password in clear on the last one.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "127.0.0.2"];

/// Writes `ca.pem`, `cert.pem` and `key.pem` into a folder: the same ones for all servers of a test program.
pub fn write(folder: &Path) {
    static PEM: OnceLock<Pem> = OnceLock::new();
    let pem = PEM.get_or_init(made);
    for (name, text) in [("ca.pem", &pem.ca), ("cert.pem", &pem.certificate), ("key.pem", &pem.key)] {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn made() -> Pem {
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "Example CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca_certificate = ca.self_signed(&ca_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(NAMES.map(str::to_owned).to_vec()).unwrap();
    let certificate = server.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap();
    Pem { ca: ca_certificate.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
}
