//! Owns what the addresses of a configuration become: servers to connect to, with passwords and certificates read.
//! Never connects.
//! On failure says which file or variable is missing something, as a mistake like any other.

use std::fs;

use super::daemon::fetch::{self, Wanted};
use super::daemon::{Inlet, Spare};
use super::delivery::{self, Relay};
use super::mailbox::imap::{self, Imap};
use super::net::{Login, Server, Trust};
use super::secrets;
use crate::config::Config;
use crate::config::mistake::Mistake;
use crate::config::remote::{After, Mailbox, RelayAddress, Remote, Security, Source};

/// The mailboxes of a configuration, or everything that is missing.
pub fn inlets(config: &Config) -> Result<Vec<Inlet>, Vec<Mistake>> {
    let (mut inlets, mut mistakes) = (Vec::new(), Vec::new());
    for mailbox in &config.mailboxes {
        match inlet(mailbox, &config.mailboxes) {
            Ok(inlet) => inlets.push(inlet),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(inlets) } else { Err(mistakes) }
}

fn inlet(mailbox: &Mailbox, all: &[Mailbox]) -> Result<Inlet, Mistake> {
    let wanted = |name: String| Wanted { name, after: mailbox.after.clone(), start: mailbox.start };
    Ok(match &mailbox.source {
        Source::Listen(address) => Inlet::Listen(address.clone()),
        Source::Maildir(root) => Inlet::Maildir(fetch::maildir::Mailbox {
            root: root.into(),
            wanted: wanted(format!("maildir:{root}")),
        }),
        Source::Imap { server, folder } => Inlet::Imap(Box::new(fetch::imap::Mailbox {
            wanted: wanted(imap_name(server, folder)),
            imap: Imap {
                login: login(server)?.ok_or_else(|| nobody(server))?,
                server: connectable(server)?,
                timeouts: imap::Timeouts::default(),
            },
            folder: folder.clone(),
            junk: mailbox.junk.clone(),
            read: all.iter().flat_map(|other| read_in(server, other)).collect(),
        })),
    })
}

/// The folders of an account that a mailbox reads, and moves mails to.
fn read_in(account: &Remote, mailbox: &Mailbox) -> Vec<String> {
    match (&mailbox.source, &mailbox.after) {
        (Source::Imap { server, folder }, after)
            if (&server.host, &server.user) == (&account.host, &account.user) =>
        {
            let moved = if let After::Move(to) = after { Some(to.clone()) } else { None };
            std::iter::once(folder.clone()).chain(moved).collect()
        }
        _ => Vec::new(),
    }
}

/// The name that keeps a mailbox's place in the store: it stays when the way there is encrypted differently.
fn imap_name(server: &Remote, folder: &str) -> String {
    format!("imap:{}@{}/{folder}", server.user.as_deref().unwrap_or_default(), server.host)
}

/// The relay of a configuration that has one.
pub fn relay(config: &Config, address: &RelayAddress) -> Result<Relay, Mistake> {
    Ok(Relay {
        login: login(&address.server)?,
        server: connectable(&address.server)?,
        hello: config.book.address.domain().to_owned(),
        timeouts: delivery::Timeouts::default(),
    })
}

/// The second relay, where there is one.
pub fn spare(config: &Config, address: &RelayAddress) -> Result<Option<Spare>, Mistake> {
    let Some(fallback) = &address.fallback else { return Ok(None) };
    let relay = Relay {
        login: login(&fallback.server)?,
        server: connectable(&fallback.server)?,
        hello: config.book.address.domain().to_owned(),
        timeouts: delivery::Timeouts::default(),
    };
    Ok(Some(Spare { relay, after: fallback.after }))
}

/// A log-in that the configuration always asks for.
fn nobody(server: &Remote) -> Mistake {
    Mistake { file: server.host.clone(), line: 0, text: "needs a user and a password".to_owned() }
}

fn login(server: &Remote) -> Result<Option<Login>, Mistake> {
    let (Some(user), Some(secret)) = (&server.user, &server.password) else { return Ok(None) };
    Ok(Some(Login { user: user.clone(), proof: secrets::proof(secret)? }))
}

fn connectable(remote: &Remote) -> Result<Server, Mistake> {
    Ok(Server {
        host: remote.host.clone(),
        port: remote.port,
        security: remote.security,
        trust: trust(remote)?,
    })
}

fn trust(remote: &Remote) -> Result<Trust, Mistake> {
    let about = |file: &str, text: String| Mistake { file: file.to_owned(), line: 0, text };
    let Some(file) = &remote.ca_file else {
        let trust = if remote.security == Security::Plain { Trust::nobody() } else { Trust::new(None) };
        return trust.map_err(|why| about(&remote.host, why));
    };
    let pem = fs::read(file).map_err(|error| about(file, format!("can't be read: {error}")))?;
    Trust::new(Some(&pem)).map_err(|why| about(file, why))
}
