//! Owns the IMAP client: connecting, logging in, and what one asks of a folder (RFC 9051, RFC 3501).
//! Never knows the store, never marks a mail as read, never makes a folder, never removes what others have deleted.
//! On failure gives an [`Error`] in words; after most of them the session is over and a new one is opened.

mod advice;
mod capabilities;
mod error;
mod fetch;
mod folder;
mod idle;
mod login;
mod name;
mod quota;
mod reply;
mod session;
mod settle;
mod wire;

use std::time::Duration;

use crate::config::remote::Security;
use crate::io::net::{Login, Server, Stream, Trouble, connect};

pub use capabilities::Capabilities;
pub use error::Error;
pub use fetch::{Fetched, LARGEST, Listed};
pub use folder::{Folder, Holds, Selected};
pub use idle::Woken;
pub use quota::Room;
pub use session::Session;
pub use settle::Settled;

/// An account on a server.
#[derive(Debug, Clone)]
pub struct Imap {
    /// Where it is. The connection is always encrypted before the log-in.
    pub server: Server,
    /// Who logs in.
    pub login: Login,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

/// How long each step may take, in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Name lookup, TCP and the TLS handshake, each.
    pub connect: Duration,
    /// A command, the greeting too.
    pub command: Duration,
    /// Fetching one mail, or going through a whole folder.
    pub body: Duration,
    /// The end of an IDLE, and the good-bye.
    pub done: Duration,
    /// The folder is looked into at least so often, whatever its server promises to tell.
    pub poll: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(60),
            body: Duration::from_secs(5 * 60),
            done: Duration::from_secs(15),
            poll: Duration::from_secs(60),
        }
    }
}

/// Connects, encrypts, logs in and asks what the server can do. No folder is selected yet. A token that the server no
/// longer takes is replaced once.
pub async fn open(imap: &Imap) -> Result<Session<Stream>, Error> {
    match open_once(imap).await {
        Err(Error::TokenRefused { again: true, .. }) => open_once(imap).await,
        opened => opened,
    }
}

async fn open_once(imap: &Imap) -> Result<Session<Stream>, Error> {
    let Imap { server, login, timeouts } = imap;
    let stream = connect(server, timeouts.connect).await.map_err(Error::Net)?;
    let (mut session, greeting) = match Session::greeted(stream, *timeouts).await {
        // Mostly a port that waits for TLS: the network's words say so.
        Err(Error::Silent { after, .. }) => return Err(Error::Net(Trouble::silence(server, after))),
        greeted => greeted?,
    };
    if server.security != Security::Tls {
        // Nothing that came in the clear counts after it: not the capabilities, not what is left in the buffer.
        let stream = session.start_tls(greeting).await?;
        let stream = stream.encrypt(server, timeouts.connect).await.map_err(Error::Net)?;
        session = Session::over(stream, *timeouts);
    }
    session.log_in(login, (&server.host, server.port), greeting).await?;
    Ok(session)
}

#[cfg(test)]
mod tests;
