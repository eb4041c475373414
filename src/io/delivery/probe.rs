//! Owns asking a relay what it can do and what it takes, for `firebell check --connect`.
//! Never sends a mail.

use super::dialogue::Kind;
use super::form::Ready;
use super::session;
use super::verdict::Step;
use super::{Outcome, Outgoing, Relay};
use crate::directory::Address;

/// What a relay said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Whether the connection is encrypted, the certificate verified.
    pub encrypted: bool,
    /// Whether it knows us; false where no log-in is configured.
    pub logged_in: bool,
    /// The ways to log in that it offers, `PLAIN`.
    pub mechanisms: Vec<String>,
    /// Largest mail that it takes, in bytes (RFC 1870); none when it doesn't say, or has no limit.
    pub size: Option<u64>,
    /// All that it offers, a line each, `AUTH PLAIN LOGIN`.
    pub extensions: Vec<String>,
    /// Whether it takes mail for the plus address; its words if it doesn't.
    pub plus: Result<(), String>,
}

/// Connects and logs in as for a mail, and asks whether the gateway may write to `plus`, a plus address of its own
/// (`incidents+check@example.com`). The error is what the first mail would meet with.
pub async fn probe(relay: &Relay, plus: &Address) -> Result<Probe, Outcome> {
    let from = base(plus);
    let mail = Ready::new(Outgoing { from: Some(&from), to: plus, id: "", bytes: b"" })?;
    let (mut session, encrypted) = session::open(relay).await?;
    let wait = relay.timeouts.command;
    // Some offer more to whom they know.
    let offers = session::introduce(&mut session.dialogue, relay).await?;
    session.dialogue.ask(Step::Mail, wait, &mail.mail(&offers)?, Kind::Done).await?;
    let taken = session.dialogue.ask(Step::Rcpt, wait, &mail.rcpt(&offers), Kind::Done).await;
    let plus = match taken {
        Ok(_) => Ok(()),
        Err(Outcome::Failed { reason, .. } | Outcome::Deferred { reason } | Outcome::Doubtful { reason }) => {
            Err(reason)
        }
        Err(outcome) => return Err(outcome),
    };
    session.dialogue.part(&["RSET", "QUIT"]).await;
    Ok(Probe {
        encrypted,
        logged_in: relay.login.is_some(),
        mechanisms: offers.mechanisms(),
        size: offers.parameters("SIZE").and_then(|size| size.first()?.parse().ok()).filter(|size| *size > 0),
        extensions: offers.0,
        plus,
    })
}

/// The address without its plus part.
fn base(address: &Address) -> Address {
    let local = address.local().split_once('+').map_or(address.local(), |(local, _)| local);
    Address::new(&format!("{local}@{}", address.domain()))
}

#[cfg(test)]
mod tests;
