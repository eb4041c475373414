//! Owns one mail from the gateway to a plus address of its own, and looking for it in the mailboxes.

use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::time::{sleep, timeout_at};

use super::connect::{no_plus, plus_address};
use super::findings::Findings;
use crate::directory::Address;
use crate::io::clock::{Clock, moment};
use crate::io::daemon::Inlet;
use crate::io::daemon::fetch::imap::Mailbox;
use crate::io::delivery::{Outcome, Outgoing, Relay, smtp};
use crate::io::mailbox::imap as client;

/// How long the mail may be on its way.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Sends it and waits for it.
pub(super) async fn run(gateway: &Address, inlets: &[Inlet], relay: &Relay) -> Findings {
    let now = Clock::World.now();
    let word = format!("check-{}", now.as_millisecond());
    let to = plus_address(gateway, &word);
    let mut findings = Findings::about(format!("A mail to {to}"));
    let date = now.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S %z");
    let mail = format!(
        "From: <{gateway}>\r\nTo: <{to}>\r\nSubject: firebell check: this mail can be deleted\r\n\
         Date: {date}\r\nMessage-ID: <{word}@{}>\r\nAuto-Submitted: auto-generated\r\n\r\n\
         Sent by `firebell check --connect --send`, to see whether plus addresses arrive.\r\n",
        gateway.domain()
    );
    match smtp::deliver(relay, Outgoing { from: Some(gateway), to: &to, id: "", bytes: mail.as_bytes() })
        .await
    {
        Outcome::Delivered { reply } => findings.well(format!("the relay took it: {reply}")),
        Outcome::Unavailable { reason, advice } => {
            findings.wrong(reason, advice);
            return findings;
        }
        Outcome::Deferred { reason } | Outcome::Doubtful { reason } | Outcome::Failed { reason, .. } => {
            findings.wrong(reason, Some(no_plus(&relay.server.host)));
            return findings;
        }
    }
    let mailboxes: Vec<&Mailbox> = inlets
        .iter()
        .filter_map(|inlet| match inlet {
            Inlet::Imap(mailbox) => Some(mailbox.as_ref()),
            Inlet::Listen(_) | Inlet::Maildir(_) => None,
        })
        .collect();
    if mailboxes.is_empty() {
        findings.known("look for it in your mailbox: it is to arrive there, and can be deleted");
        return findings;
    }
    let begun = moment();
    for mailbox in mailboxes {
        let found = timeout_at(begun + PATIENCE, arrives(mailbox, &word)).await;
        if matches!(found, Ok(Ok(()))) {
            let seconds = begun.elapsed().as_secs();
            findings
                .well(format!("it arrived in {} after {seconds} s and can be deleted there", mailbox.folder));
            return findings;
        }
    }
    findings.wrong(
        format!("it did not arrive within {} s", PATIENCE.as_secs()),
        Some(format!("perhaps it lies in the junk folder; else {}", no_plus(&relay.server.host))),
    );
    findings
}

/// Looks until it is there.
async fn arrives(mailbox: &Mailbox, word: &str) -> Result<(), client::Error> {
    let mut session = client::open(&mailbox.imap).await?;
    loop {
        session.select(&mailbox.folder).await?;
        let newest = session.newest_headers(20, "Message-ID").await?;
        if newest.iter().any(|field| String::from_utf8_lossy(field).contains(word)) {
            session.logout().await;
            return Ok(());
        }
        sleep(LOOK).await;
    }
}
