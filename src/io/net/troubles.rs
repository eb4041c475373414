//! Owns the words for what goes wrong between here and a server, and what to do about it.
//! Never shows more of what a server sent than one bounded, printable line.

use std::fmt::{self, Display};
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error as Tls};

use super::Server;
use super::trust::NO_AUTHORITIES;
use crate::config::remote::Security;

/// Why there is no connection, or none that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    what: String,
    advice: Option<String>,
}

impl Display for Trouble {
    /// What is wrong, one printable line without a full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// A trouble in these words, and what to type or to do next.
    pub fn new(what: impl Into<String>, advice: Option<String>) -> Self {
        Self { what: line(&what.into()), advice }
    }

    /// What to type or to do next, where that can be said.
    pub fn advice(&self) -> Option<String> {
        self.advice.clone()
    }

    /// A server that says nothing for so long, neither in TCP nor in TLS nor as a greeting.
    pub fn silence(server: &Server, waited: Duration) -> Self {
        let advice = match server.security {
            Security::Plain | Security::StartTls => format!(
                "a firewall may be in between, or the port wants TLS from the first byte; {}",
                usual_ports(server)
            ),
            Security::Tls => format!("a firewall may be in between; {}", usual_ports(server)),
        };
        let seconds = waited.as_secs();
        Self::new(format!("no answer from {server} for {seconds} s"), Some(advice))
    }

    pub(super) fn unknown_host(server: &Server, why: &dyn Display) -> Self {
        let why = why.to_string();
        let why = why.strip_prefix("failed to lookup address information: ").unwrap_or(&why);
        let host = line(&server.host);
        Self::new(
            format!("the host {host} can't be found: {why}"),
            Some(format!("look at its spelling, and whether `getent hosts {host}` finds it on this machine")),
        )
    }

    pub(super) fn unreachable(server: &Server, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::ConnectionRefused {
            return Self::new(
                format!("{server} refused the connection: nothing listens there"),
                Some(usual_ports(server)),
            );
        }
        Self::new(
            format!("{server} can't be reached: {error}"),
            Some("look whether this machine has a way to it (network, firewall, VPN)".to_owned()),
        )
    }

    pub(super) fn no_name(server: &Server) -> Self {
        Self::new(
            format!("`{}` is no host name that a certificate could be for", server.host),
            Some("write the host as its certificate names it, `mail.example.com`".to_owned()),
        )
    }

    pub(super) fn handshake(server: &Server, error: &io::Error) -> Self {
        match error.get_ref().and_then(|error| error.downcast_ref::<Tls>()) {
            Some(Tls::InvalidMessage(_)) => Self::speaks_plain(server),
            Some(Tls::InvalidCertificate(error)) => Self::certificate(server, error),
            Some(Tls::General(words)) if words == NO_AUTHORITIES => Self::new(
                format!("the certificate of {server} can't be verified: {NO_AUTHORITIES}"),
                Some("install them (package ca-certificates)".to_owned()),
            ),
            Some(
                Tls::PeerIncompatible(_) | Tls::AlertReceived(rustls::AlertDescription::ProtocolVersion),
            ) => Self::new(
                format!("{server} and firebell have no kind of TLS in common: {error}"),
                Some("the server must offer TLS 1.2 or 1.3".to_owned()),
            ),
            _ => {
                Self::new(format!("{server} broke off the TLS handshake: {error}"), Some(usual_ports(server)))
            }
        }
    }

    fn speaks_plain(server: &Server) -> Self {
        if server.security == Security::StartTls {
            let what = format!("{server} agreed to STARTTLS and then spoke no TLS");
            return Self::new(what, Some(usual_ports(server)));
        }
        let at = place(server);
        let advice = match protocol(server.port) {
            Some(Protocol::Imap) => format!("write `imap://{at}` (STARTTLS), or `imaps://` with port 993"),
            Some(Protocol::Smtp) => {
                format!("write `submission://{at}` (STARTTLS), or `submissions://` with port 465")
            }
            None => format!(
                "write `imap://{at}` for a mailbox, `submission://{at}` for a relay (both STARTTLS), or the port \
                 that speaks TLS, usually 993 and 465"
            ),
        };
        Self::new(format!("{server} does not speak TLS from the first byte"), Some(advice))
    }

    fn certificate(server: &Server, error: &CertificateError) -> Self {
        let (what, advice) = match error {
            CertificateError::ExpiredContext { time, not_after } => (
                format!("expired on {}; this machine's date is {}", day(*not_after), day(*time)),
                "renew it on the server, or set this machine's clock if its date is wrong".to_owned(),
            ),
            CertificateError::NotValidYetContext { time, not_before } => (
                format!("is valid from {} on; this machine's date is {}", day(*not_before), day(*time)),
                "set this machine's clock if its date is wrong".to_owned(),
            ),
            CertificateError::NotValidForNameContext { presented, .. } => wrong_name(server, presented),
            // The second: somebody of the same name was trusted, such as the CA before it was made anew.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => unknown_issuer(server),
            // A self-signed one that calls itself a CA (webpki: CaUsedAsEndEntity).
            CertificateError::Other(other) if other.to_string() == "CaUsedAsEndEntity" => {
                unknown_issuer(server)
            }
            other => (
                format!("can't be accepted: {other}"),
                "whoever runs the server has to replace it by a sound one".to_owned(),
            ),
        };
        Self::new(format!("the certificate of {server} {what}"), Some(advice))
    }
}

fn wrong_name(server: &Server, presented: &[String]) -> (String, String) {
    // webpki gives them as `DnsName("mail.example.com")`.
    let inner = |name: &String| -> String {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
        inner.trim_matches('"').to_owned()
    };
    let names: Vec<String> = presented.iter().map(inner).take(8).collect();
    let host = &server.host;
    if names.is_empty() {
        let kind = if host.parse::<IpAddr>().is_ok() { "IP" } else { "DNS" };
        return (
            "names no host in subjectAltName".to_owned(),
            format!(
                "make it anew with `-addext \"subjectAltName={kind}:{host}\"`; a name in the subject counts no more"
            ),
        );
    }
    let names = names.join(", ");
    let advice = format!("write the host as the certificate names it: {}", line(&names));
    (format!("is not for {host} but for {names}"), advice)
}

fn unknown_issuer(server: &Server) -> (String, String) {
    let starttls = match (server.security, protocol(server.port)) {
        (Security::Tls | Security::Plain, _) => "",
        (Security::StartTls, Some(Protocol::Imap)) => " -starttls imap",
        (Security::StartTls, Some(Protocol::Smtp) | None) => " -starttls smtp",
    };
    let instead = match (server.security, protocol(server.port)) {
        (Security::StartTls, None) => " (`imap` instead of `smtp` for a mailbox)",
        _ => "",
    };
    let advice = format!(
        "if it is your own server, fetch its certificate: `openssl s_client -connect {}{starttls} -showcerts \
         </dev/null | openssl x509 -outform PEM > server.pem`{instead}; compare it with the server's (`openssl x509 -in \
         server.pem -noout -subject -fingerprint`), then write `ca_file = \"server.pem\"` beside the server",
        place(server)
    );
    ("is signed by nobody whom this machine trusts: self-signed, or by a private CA".to_owned(), advice)
}

/// What is usually spoken on a port.
enum Protocol {
    Imap,
    Smtp,
}

fn protocol(port: u16) -> Option<Protocol> {
    match port {
        143 | 993 => Some(Protocol::Imap),
        25 | 465 | 587 | 2525 => Some(Protocol::Smtp),
        _ => None,
    }
}

fn usual_ports(server: &Server) -> String {
    let imap = "993 (imaps://) and 143 (imap://)";
    let smtp = "465 (submissions://), 587 (submission://) and 25 (smtp://)";
    match protocol(server.port) {
        Some(Protocol::Imap) => format!("usual ports are {imap}"),
        Some(Protocol::Smtp) => format!("usual ports are {smtp}"),
        None => format!("usual ports are {imap} for a mailbox, {smtp} for a relay"),
    }
}

/// Host and port as in a URL, an IPv6 address in brackets.
fn place(server: &Server) -> String {
    match server.host.contains(':') {
        true => format!("[{}]:{}", server.host, server.port),
        false => format!("{}:{}", server.host, server.port),
    }
}

fn day(time: UnixTime) -> String {
    i64::try_from(time.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(|| "a day beyond all calendars".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// Words of others on one printable line of bounded length.
pub(in crate::io) fn line(text: &str) -> String {
    let printable = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    text.trim().chars().take(500).map(printable).collect()
}
