//! Owns where mail comes from, as people type it: a server, a directory, or nothing but `listen`.

use std::net::SocketAddr;

use super::texts;

/// Where firebell listens when nothing else is said.
pub(super) const LISTEN: &str = "127.0.0.1:2525";

/// Where mail comes from, as people type it.
pub(super) enum Place {
    /// A server.
    Imap(String),
    /// A directory.
    Maildir(String),
    /// An address and port of this machine.
    Listen(String),
}

impl Place {
    /// `listen` or an address to listen at, a path, or else a server.
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim();
        if text == "listen" {
            return Self::Listen(LISTEN.to_owned());
        }
        if text.parse::<SocketAddr>().is_ok() {
            return Self::Listen(text.to_owned());
        }
        let is_path = ["/", "./", "../"].iter().any(|start| text.starts_with(start));
        if is_path { Self::Maildir(text.to_owned()) } else { Self::Imap(text.to_owned()) }
    }

    /// How that is written.
    pub(super) fn text(self, password_file: &str) -> texts::Mailbox {
        let (kind, at, password_file) = match self {
            Self::Imap(url) => ("imap", url, password_file),
            Self::Maildir(directory) => ("maildir", directory, ""),
            Self::Listen(address) => ("listen", address, ""),
        };
        texts::Mailbox { kind, at, password_file: password_file.to_owned() }
    }
}

/// The host of a server as typed.
pub(super) fn host(url: &str) -> &str {
    let (_, server) = url.rsplit_once('@').unwrap_or(("", url));
    server.split([':', '/']).next().unwrap_or_default()
}
