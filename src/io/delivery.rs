//! Owns the way out: one mail to one recipient, tried once, and what came of it.
//! Never tries again and never decides when: that is the outbox's business.

use std::time::Duration;

use super::net::{Login, Server};
use crate::directory::Address;
use crate::outbox::Attempt;

mod dialogue;
mod form;
mod session;
mod verdict;
pub mod probe;
pub mod smtp;

/// The server that takes our mail and passes it on.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Where it is.
    pub server: Server,
    /// The name by which we greet it: a host name or an IP address (RFC 5321, 4.1.1.1).
    pub hello: String,
    /// Who we are there; none for a relay in the house that asks for no log-in.
    pub login: Option<Login>,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

/// How long to wait for the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// For each of the name lookup, the TCP connection and the TLS handshake.
    pub connect: Duration,
    /// For each of the greeting, EHLO, STARTTLS, the log-in, MAIL, RCPT and DATA.
    pub command: Duration,
    /// For the reply to the final dot. Giving up early sends the mail twice, so RFC 5321, 4.5.3.2.6 asks
    /// for 10 minutes. A second for each 64 KiB of the mail is added.
    pub data: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(60),
            data: Duration::from_secs(10 * 60),
        }
    }
}

/// A mail as it is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Where failures are reported; `None` is the null return path.
    pub from: Option<&'a Address>,
    /// The one recipient.
    pub to: &'a Address,
    /// By what a report about it can be told from others, its Message-ID; empty where none is wanted.
    pub id: &'a str,
    /// Headers and body, every line ended by CRLF, dots not stuffed. These bytes arrive unaltered.
    pub bytes: &'a [u8],
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The relay has taken the mail and answers for it from now on.
    Delivered {
        /// Its reply, `250 2.0.0 Ok: queued as 4f2`.
        reply: String,
    },
    /// Not now: worth another attempt.
    Deferred {
        /// The step and the relay's words or the network's, one printable line.
        reason: String,
    },
    /// Nobody knows whether the relay has it: worth another attempt with the same bytes.
    Doubtful {
        /// The step and the network's words, one printable line.
        reason: String,
    },
    /// The relay takes no mail at all from us now: it can't be reached, we can't log in, or it is too busy. Says
    /// nothing about this mail, which it surely doesn't have.
    Unavailable {
        /// The step and the relay's words or the network's, one printable line.
        reason: String,
        /// What to type or to do next, where that can be said.
        advice: Option<String>,
    },
    /// Another attempt would end the same way.
    Failed {
        /// The step and the relay's words, one printable line; or what is wrong with the mail.
        reason: String,
        /// The enhanced status code (RFC 3463), `5.1.1`, or without one the reply code, `550`. `None` when
        /// the relay was not to blame: we had nothing that could be sent.
        status: Option<String>,
    },
}

impl Outcome {
    /// What the outbox is told of it.
    pub fn attempt(self) -> Attempt {
        match self {
            Self::Delivered { .. } => Attempt::Delivered,
            Self::Deferred { reason } => Attempt::Deferred(reason),
            Self::Doubtful { reason } => Attempt::Doubtful(reason),
            Self::Unavailable { reason, advice: Some(advice) } => {
                Attempt::NoRelay(format!("{reason}; {advice}"))
            }
            Self::Unavailable { reason, advice: None } => Attempt::NoRelay(reason),
            Self::Failed { reason, .. } => Attempt::Failed(reason),
        }
    }
}

#[cfg(test)]
mod tests;
