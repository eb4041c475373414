//! Owns `firebell check --connect`: what mailboxes and relay are like when one really goes there.
//! Never changes anything there; with `--send` one mail goes out, from the gateway to itself.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use super::findings::Findings;
use super::round_trip;
use crate::cli::Failure;
use crate::config::remote::{After, Junk, Security};
use crate::directory::Address;
use crate::io::clock::Clock;
use crate::io::connections;
use crate::io::daemon::Inlet;
use crate::io::daemon::fetch::{imap, maildir};
use crate::io::delivery::probe::{self, Probe};
use crate::io::delivery::{self, Outcome, Relay};
use crate::io::files::Loaded;
use crate::io::mailbox::imap::{self as client, Error, Folder, Holds, Imap, Session, Timeouts};
use crate::io::mailbox::maildir::Maildir;
use crate::io::net::{Login, Proof, Stream};

/// How long a server may take for an answer: somebody waits for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many of the newest mails are looked at for what the site's own server writes into them.
const NEWEST: u32 = 20;

/// Goes to all of them. `send` says whether a mail may be sent.
pub(super) fn run(loaded: &Loaded, send: bool) -> Result<Vec<Findings>, Failure> {
    let config = &loaded.config;
    let inlets = connections::inlets(config).map_err(Failure::Found)?;
    let relay = config.relay.as_ref().map(|address| connections::relay(config, address));
    let relay = relay.transpose().map_err(|mistake| Failure::Found(vec![mistake]))?;
    let spare = config.relay.as_ref().map(|address| connections::spare(config, address));
    let spare = spare.transpose().map_err(|mistake| Failure::Found(vec![mistake]))?.flatten();
    let runtime =
        tokio::runtime::Runtime::new().map_err(|error| Failure::Impossible(format!("starting: {error}")))?;
    Ok(runtime.block_on(async {
        let mut all = Vec::new();
        for inlet in &inlets {
            all.push(match inlet {
                Inlet::Listen(address) => listener(address),
                Inlet::Imap(mailbox) => imap_mailbox(mailbox).await,
                Inlet::Maildir(mailbox) => maildir_mailbox(mailbox),
            });
        }
        if let Some(relay) = &relay {
            let plus = plus_address(&config.book.address, "check");
            all.push(relay_findings(relay, &plus).await);
            if let Some(spare) = &spare {
                all.push(relay_findings(&spare.relay, &plus).await);
            }
            if send {
                all.push(round_trip::run(&config.book.address, &inlets, relay).await);
            }
        }
        all
    }))
}

/// A plus address of the gateway.
pub(super) fn plus_address(gateway: &Address, plus: &str) -> Address {
    Address::new(&format!("{}+{plus}@{}", gateway.local(), gateway.domain()))
}

fn listener(address: &str) -> Findings {
    let mut findings = Findings::about(format!("Listener {address}"));
    match TcpListener::bind(address) {
        Ok(_) => findings.well("can be listened on"),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            findings.odd("somebody listens there already", "well, if it is the firebell that runs");
        }
        Err(error) => findings.wrong(
            format!("can't be listened on: {error}"),
            Some(
                "write an address of this machine and a port above 1024, such as `127.0.0.1:2525`".to_owned(),
            ),
        ),
    }
    findings
}

fn maildir_mailbox(mailbox: &maildir::Mailbox) -> Findings {
    let mut findings = Findings::about(format!("Maildir {}", mailbox.root.display()));
    let counted = Maildir::open(&mailbox.root).and_then(|mut maildir| {
        let mails = maildir.names(Clock::World.now())?.unwrap_or_default().len();
        if let After::Move(folder) = &mailbox.wanted.after {
            maildir.folder(folder)?;
        }
        Ok(mails)
    });
    match counted {
        Ok(mails) => findings.well(format!("{mails} mails")),
        Err(error) => findings.wrong(error.to_string(), None),
    }
    findings
}

async fn imap_mailbox(mailbox: &imap::Mailbox) -> Findings {
    let server = &mailbox.imap.server;
    let mut findings = Findings::about(format!("Mailbox {} at {server}", mailbox.folder));
    let told = |findings: &mut Findings, error: &Error| {
        findings.wrong(error.to_string(), error.advice(&server.host));
    };
    let timeouts = Timeouts { connect: PATIENCE, command: PATIENCE, ..mailbox.imap.timeouts };
    let mut session = match client::open(&Imap { timeouts, ..mailbox.imap.clone() }).await {
        Ok(session) => session,
        Err(error) => {
            told(&mut findings, &error);
            return findings;
        }
    };
    let security = if server.security == Security::Tls { "TLS" } else { "STARTTLS" };
    let said = session.can().server.get("name").map(|name| format!(", {name}")).unwrap_or_default();
    findings.well(format!(
        "logged in as {}{}, {security}{said}",
        mailbox.imap.login.user,
        how(&mailbox.imap.login)
    ));
    capabilities(&mut findings, &session, &mailbox.wanted.after);
    match session.select(&mailbox.folder).await {
        Ok(selected) => {
            findings.well(format!("{} has {} mails", mailbox.folder, selected.exists));
            if selected.read_only && mailbox.wanted.after != After::Leave {
                findings.wrong(
                    "the folder may only be read: nothing can be flagged or moved",
                    Some("give the account the right to write, or write `after = \"leave\"`".to_owned()),
                );
            }
            recent(&mut findings, &mut session).await;
        }
        Err(error) => {
            told(&mut findings, &error);
            folders_like(&mut findings, &mut session, &mailbox.folder).await;
        }
    }
    if let After::Move(folder) = &mailbox.wanted.after {
        target(&mut findings, &mut session, folder, "move handled mails to").await;
    }
    junk(&mut findings, &mut session, &mailbox.junk).await;
    session.logout().await;
    findings
}

/// Where answers may lie that a filter has taken.
async fn junk(findings: &mut Findings, session: &mut Session<Stream>, junk: &Junk) {
    if session.is_over() {
        return;
    }
    match junk {
        Junk::Nowhere => {}
        Junk::Folder(folder) => target(findings, session, folder, "look for answers in").await,
        Junk::Marked => match session.folders().await {
            Ok(folders) => match folders.iter().find(|folder| folder.holds == Holds::Junk) {
                Some(Folder { name, .. }) => {
                    findings.well(format!("{name} is looked through for answers taken for junk"));
                }
                None => findings.known(
                    "the server marks no folder for junk: `junk = \"FOLDER\"` names one to look through",
                ),
            },
            Err(error) => findings.wrong(format!("the folders can't be listed: {error}"), None),
        },
    }
}

/// By what somebody logs in, where it is no password.
fn how(login: &Login) -> &'static str {
    match login.proof {
        Proof::Password(_) => "",
        Proof::Tokens(_) => " with an OAuth token",
    }
}

fn capabilities(findings: &mut Findings, session: &Session<Stream>, after: &After) {
    let can = session.can();
    if can.idle {
        findings.well("IDLE: the server tells of new mails at once");
    } else {
        findings.odd("no IDLE: new mails are found within 60 s", "nothing to do, if that is quick enough");
    }
    match after {
        After::Move(_) if can.move_ => findings.well("MOVE: handled mails are moved in one step"),
        After::Move(_) if can.uidplus => {
            findings.well("no MOVE: handled mails are copied, then removed one by one")
        }
        After::Move(_) => findings.odd(
            "neither MOVE nor UIDPLUS: handled mails are copied, and here only marked as deleted",
            "expunge the folder from time to time, or write `after = \"flag\"`",
        ),
        After::Leave | After::Flag => {}
    }
}

async fn target(findings: &mut Findings, session: &mut Session<Stream>, folder: &str, what_for: &str) {
    match session.folders().await {
        Ok(folders) if folders.iter().any(|known| known.name == folder) => {
            findings.well(format!("the folder {folder} is there"));
        }
        Ok(folders) => findings.wrong(
            format!("there is no folder {folder} to {what_for}"),
            Some(format!("make it in a mail program, or name one of: {}", names(&folders).join(", "))),
        ),
        Err(error) => findings.wrong(format!("the folders can't be listed: {error}"), None),
    }
}

fn names(folders: &[Folder]) -> Vec<&str> {
    folders.iter().map(|folder| folder.name.as_str()).collect()
}

async fn folders_like(findings: &mut Findings, session: &mut Session<Stream>, folder: &str) {
    if session.is_over() {
        return;
    }
    if let Ok(folders) = session.folders().await {
        let names = names(&folders);
        let near = crate::config::mistake::suggestion(folder, names.iter().copied());
        findings.known(format!("the account has these folders: {}{near}", names.join(", ")));
    }
}

/// What the newest mails tell of the site: who vouches for senders, and whether plus addresses arrive.
async fn recent(findings: &mut Findings, session: &mut Session<Stream>) {
    if let Ok(fields) = session.newest_headers(NEWEST, "Authentication-Results").await {
        let mut by: BTreeMap<String, usize> = BTreeMap::new();
        for id in fields.iter().filter_map(|field| authserv_id(field)) {
            *by.entry(id).or_default() += 1;
        }
        match by.iter().max_by_key(|(_, count)| **count) {
            Some((id, count)) => findings.known(format!(
                "Authentication-Results by {id} in {count} of the newest {} mails",
                fields.len()
            )),
            None if !fields.is_empty() => {
                findings
                    .known("no Authentication-Results in the newest mails: nobody vouches for senders here");
            }
            None => {}
        }
    }
}

/// The authserv-id of the topmost field (RFC 8601, 2.2).
fn authserv_id(fields: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(fields);
    let (name, rest) = text.split_once(':')?;
    if !name.trim().eq_ignore_ascii_case("Authentication-Results") {
        return None;
    }
    let id = rest.split([';', '\r', '\n']).find(|part| !part.trim().is_empty())?;
    let id = id.split_whitespace().next()?.trim_matches('"');
    (!id.is_empty()).then(|| id.to_ascii_lowercase())
}

async fn relay_findings(relay: &Relay, plus: &Address) -> Findings {
    let mut findings = Findings::about(format!("Relay {}", relay.server));
    let timeouts = delivery::Timeouts { connect: PATIENCE, command: PATIENCE, ..relay.timeouts };
    match probe::probe(&Relay { timeouts, ..relay.clone() }, plus).await {
        Ok(probe) => probed(&mut findings, relay, plus, &probe),
        Err(Outcome::Unavailable { reason, advice }) => findings.wrong(reason, advice),
        Err(Outcome::Deferred { reason } | Outcome::Doubtful { reason } | Outcome::Failed { reason, .. }) => {
            findings.wrong(
                reason,
                Some(format!("the relay must let this account send as {}", without_plus(plus))),
            )
        }
        Err(Outcome::Delivered { .. }) => {}
    }
    findings
}

fn without_plus(plus: &Address) -> String {
    let local = plus.local().split_once('+').map_or(plus.local(), |(local, _)| local);
    format!("{local}@{}", plus.domain())
}

fn probed(findings: &mut Findings, relay: &Relay, plus: &Address, probe: &Probe) {
    let who = relay.login.as_ref().map(|login| format!("logged in as {}{}", login.user, how(login)));
    let who = who.unwrap_or_else(|| "takes mail without a log-in".to_owned());
    if probe.encrypted {
        findings.well(format!("{who}, encrypted"));
    } else if relay.login.is_none() && is_local(&relay.server.host) {
        findings.well(format!("{who}, on this machine"));
    } else {
        findings.odd(
            format!("{who}, not encrypted"),
            "everybody on the way can read the mails: write `submission://USER@HOST` if it can do that",
        );
    }
    match &probe.plus {
        Ok(()) => findings.well(format!(
            "plus addressing: it takes mail for {plus}; `firebell check --connect --send` shows whether it arrives"
        )),
        Err(words) => findings.wrong(format!("no plus addressing: {words}"), Some(no_plus(&relay.server.host))),
    }
    if let Some(size) = probe.size {
        findings.known(format!("mails may have {} MB at most", size / 1_000_000));
    }
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// How plus addressing is switched on.
pub(super) fn no_plus(host: &str) -> String {
    let how = if host.contains("office365") || host.contains("outlook") {
        "in Exchange Online PowerShell: `Set-OrganizationConfig -DisablePlusAddressInRecipients $false`"
    } else if host.contains("gmail") || host.contains("google") {
        "Gmail and Workspace have it: the address of the gateway is perhaps a group, which has none; use an account"
    } else {
        "in Postfix: `postconf -e recipient_delimiter=+`; in Dovecot: `recipient_delimiter = +` (and \
         `lmtp_save_to_detail_mailbox = no`); elsewhere ask for \"subaddressing\" (RFC 5233)"
    };
    format!("answers to firebell's mails come to plus addresses; {how}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topmost_authserv_id_is_found_however_the_field_is_folded() {
        let id = |field: &str| authserv_id(field.as_bytes());
        assert_eq!(
            id("Authentication-Results: mx.example.com; dmarc=pass\r\n").as_deref(),
            Some("mx.example.com")
        );
        assert_eq!(
            id("authentication-results:\r\n MX.example.com 1;\r\n spf=pass\r\n").as_deref(),
            Some("mx.example.com")
        );
        assert_eq!(
            id("Authentication-Results: a.example; none\r\nAuthentication-Results: b.example; none\r\n")
                .as_deref(),
            Some("a.example")
        );
        for none in ["", "\r\n", "Subject: x; y\r\n", "Authentication-Results:\r\n"] {
            assert_eq!(id(none), None, "{none:?}");
        }
    }

    #[test]
    fn plus_addressing_is_explained_for_who_offers_it() {
        assert!(no_plus("smtp.office365.com").contains("DisablePlusAddressInRecipients"));
        assert!(no_plus("smtp.gmail.com").contains("group"));
        assert!(no_plus("mail.example.com").contains("recipient_delimiter"));
    }
}
