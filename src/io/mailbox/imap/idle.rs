//! Owns waiting for news without asking (RFC 2177).
//! Never waits for ever, and never overlooks what came in before the waiting began.

use std::time::Duration;

use imap_proto::{MailboxDatum, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::error::Error;
use super::reply::{End, Reply};
use super::session::{SMALL, Session};

/// How waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Woken {
    /// Something changed in the folder: look.
    News,
    /// Nothing was heard of. Look all the same: servers forget to tell.
    Quiet,
    /// The server does not do it, with these words: ask from time to time.
    Refused(String),
}

/// What is called by this name when something goes wrong.
const IDLE: &str = "IDLE";

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Waits until something changes in the selected folder, at most `wait`; at once when something has come in since
    /// it was listed last. Only where [`Capabilities::idle`](super::Capabilities::idle) says so. Dropping the future
    /// half-way drops the session: the server is still idling.
    pub async fn idle(&mut self, wait: Duration) -> Result<Woken, Error> {
        if self.news {
            return Ok(Woken::News);
        }
        let limit = self.timeouts.command;
        self.begin()?;
        let tag = self.send(IDLE, IDLE).await?;
        let silent = |after| Error::Silent { command: IDLE, after };
        let begun = timeout(limit, self.begin_idle(&tag)).await.unwrap_or(Err(silent(limit)))?;
        let mut woken = match begun {
            Begun::Refused(words) => {
                self.finish();
                return Ok(Woken::Refused(words));
            }
            Begun::News => Woken::News,
            Begun::Waiting => match timeout(wait, self.changed(&tag)).await {
                Ok(changed) => match changed? {
                    None => Woken::News,
                    Some(words) => {
                        self.finish();
                        return Ok(Woken::Refused(words));
                    }
                },
                Err(_) => Woken::Quiet,
            },
        };
        let limit = self.timeouts.done;
        timeout(limit, self.end_idle(&tag)).await.unwrap_or(Err(silent(limit)))?;
        self.finish();
        if self.news {
            woken = Woken::News;
        }
        Ok(woken)
    }

    /// Waits for the server's word that it is idling.
    async fn begin_idle(&mut self, tag: &str) -> Result<Begun, Error> {
        let mut begun = Begun::Waiting;
        loop {
            let reply = self.hear(IDLE, SMALL).await?;
            match reply.end_of(tag) {
                Some(End::No(words) | End::Bad(words)) => return Ok(Begun::Refused(words)),
                Some(End::Ok) => return Ok(Begun::Refused("it ended before it began".to_owned())),
                None if reply.goes_on() => return Ok(begun),
                None if is_change(&reply) => begun = Begun::News,
                None => (),
            }
        }
    }

    /// Waits for a change; gives the server's words when it stops idling by itself, as it may at once every time.
    async fn changed(&mut self, tag: &str) -> Result<Option<String>, Error> {
        loop {
            let reply = self.hear(IDLE, SMALL).await?;
            if reply.end_of(tag).is_some() {
                return Ok(Some(reply.words()));
            }
            if is_change(&reply) {
                return Ok(None);
            }
        }
    }

    async fn end_idle(&mut self, tag: &str) -> Result<(), Error> {
        self.say(IDLE, "DONE").await?;
        while self.hear(IDLE, SMALL).await?.end_of(tag).is_none() {}
        Ok(())
    }
}

/// What the server says to an IDLE.
enum Begun {
    /// It idles.
    Waiting,
    /// It idles, and something has changed already.
    News,
    /// It does not, with these words.
    Refused(String),
}

/// Whether a response tells of a change in the folder. One that can't be read may.
fn is_change(reply: &Reply<'_>) -> bool {
    match &reply.parsed {
        Some(Response::MailboxData(MailboxDatum::Exists(_) | MailboxDatum::Recent(_))) => true,
        Some(Response::Expunge(_) | Response::Vanished { .. } | Response::Fetch(..)) => true,
        Some(_) => false,
        None => reply.is_lost(),
    }
}
