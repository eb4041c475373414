//! Owns connections to servers, a mailbox's or a relay's: name lookup, TCP, TLS.
//! Never speaks first, and never goes on in the clear where encryption is asked for.
//! On failure gives a `Trouble`: what is wrong, in words, and what to do about it.

mod troubles;
mod trust;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::oauth::Tokens;
use crate::config::remote::Security;

pub use troubles::Trouble;
pub(in crate::io) use troubles::line;
pub use trust::Trust;

/// A silent connection is asked after this time whether the server is still there: firewalls forget idle ones.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Where to connect and whom to trust.
#[derive(Debug, Clone)]
pub struct Server {
    /// Host name or IP address; an IPv6 address without brackets. A certificate must be for exactly this.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// Which certificates are believed.
    pub trust: Trust,
}

impl fmt::Display for Server {
    /// `mail.example.com port 993`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} port {}", self.host, self.port)
    }
}

/// An account, and what opens it.
#[derive(Debug, Clone)]
pub struct Login {
    /// The account, `incidents@example.com`.
    pub user: String,
    /// What is shown for it.
    pub proof: Proof,
}

/// What opens an account.
#[derive(Debug, Clone)]
pub enum Proof {
    /// Its password.
    Password(Password),
    /// An OAuth token, which changes from hour to hour.
    Tokens(Tokens),
}

/// A password; it shows itself in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// This password, without a line end.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The password itself, for the server alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A connection that stands.
#[derive(Debug)]
pub enum Stream {
    /// In the clear.
    Plain(TcpStream),
    /// Encrypted, the certificate verified.
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects; with [`Security::Tls`] the connection is encrypted and the certificate verified. The lookup, all the
/// addresses it gives together, and the handshake may take `wait` each.
pub async fn connect(server: &Server, wait: Duration) -> Result<Stream, Trouble> {
    let stream = reach(server, wait).await?;
    match server.security {
        Security::Tls => stream.encrypt(server, wait).await,
        Security::Plain | Security::StartTls => Ok(stream),
    }
}

impl Stream {
    /// Encrypts a plain connection and verifies the certificate, at once or after the server has agreed to STARTTLS.
    /// Whoever read from the stream before must have read all there was.
    pub async fn encrypt(self, server: &Server, wait: Duration) -> Result<Self, Trouble> {
        let Self::Plain(stream) = self else { return Ok(self) };
        let name = ServerName::try_from(server.host.clone()).map_err(|_| Trouble::no_name(server))?;
        let connector = TlsConnector::from(server.trust.client());
        match timeout(wait, connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(Self::Tls(Box::new(stream))),
            Ok(Err(error)) => Err(Trouble::handshake(server, &error)),
            Err(_) => Err(Trouble::silence(server, wait)),
        }
    }

    /// Whether it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Whether the other side is this very machine: nobody listens in between.
    pub fn is_local(&self) -> bool {
        let tcp = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        };
        tcp.peer_addr().is_ok_and(|address| address.ip().to_canonical().is_loopback())
    }
}

/// Connects without encryption, whatever the server's [`Security`]. Tries one address after the other, as some hosts
/// have an IPv6 address that leads nowhere.
pub async fn reach(server: &Server, wait: Duration) -> Result<Stream, Trouble> {
    let lookup = tokio::net::lookup_host((server.host.as_str(), server.port));
    let addresses: Vec<SocketAddr> = match timeout(wait, lookup).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => return Err(Trouble::unknown_host(server, &error)),
        Err(_) => return Err(Trouble::unknown_host(server, &"the name server does not answer")),
    };
    let each = wait / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let mut trouble = Trouble::unknown_host(server, &"the name has no address");
    for address in addresses {
        match timeout(each, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                prepare(&stream);
                return Ok(Stream::Plain(stream));
            }
            Ok(Err(error)) => trouble = Trouble::unreachable(server, &error),
            Err(_) => trouble = Trouble::silence(server, each),
        }
    }
    Err(trouble)
}

/// Commands and replies alternate: Nagle's algorithm would only make each wait. A connection on which either can't be
/// set works all the same.
fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE));
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
