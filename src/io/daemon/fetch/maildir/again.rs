//! Owns going through the folder to which mails are moved, after the store was put back from a copy.
//! Never moves anything: it lies where it belongs.

use std::sync::{Arc, Mutex};

use super::{EPOCH, LARGEST, Mailbox, Shared, Trouble, blocking};
use crate::config::remote::After;
use crate::io::daemon::Daemon;
use crate::io::mailbox::maildir::{Fetched, Maildir};
use crate::io::store::mailboxes::{self, Found};
use crate::io::store::restore;

/// Takes what was moved since the copy and is not known, if the mailbox is to be gone through again. By its bytes: what is
/// known is not taken again.
pub(super) async fn take_moved(
    daemon: &Daemon,
    mailbox: &Mailbox,
    maildir: &Shared,
) -> Result<bool, Trouble> {
    let name = mailbox.wanted.name.clone();
    let Some(since) = daemon.writer.run(move |store| restore::again(store, &name)).await? else {
        return Ok(false);
    };
    let After::Move(folder) = mailbox.wanted.after.clone() else { return Ok(true) };
    let (named, now) = (format!("{} ({folder})", mailbox.wanted.name), daemon.clock.now());
    // Nothing was ever moved where there is none.
    let Ok(root) = maildir.with(move |maildir| maildir.folder(&folder)).await else { return Ok(true) };
    tracing::info!("{named} is gone through again");
    let moved = Shared(Arc::new(Mutex::new(blocking(move || Maildir::open(&root)).await?)));
    let listed = moved.with(move |maildir| maildir.names(now)).await?.unwrap_or_default();
    for listed in listed.into_iter().filter(|listed| listed.arrived >= since) {
        let name = listed.name.clone();
        let Fetched::Mail(raw) = moved.with(move |maildir| maildir.read(&name, LARGEST + 1)).await? else {
            continue;
        };
        let found = Found {
            mailbox: named.clone(),
            epoch: EPOCH,
            item: listed.name,
            raw,
            arrived: Some(listed.arrived),
            was_there: true,
            settled: true,
        };
        if daemon.writer.run(move |store| mailboxes::keep(store, &found, now)).await?.is_some() {
            daemon.arrived.notify_one();
        }
    }
    Ok(true)
}

/// The mailbox was gone through.
pub(super) async fn gone_through(daemon: &Daemon, mailbox: &Mailbox) -> Result<(), Trouble> {
    let name = mailbox.wanted.name.clone();
    daemon.writer.run(move |store| restore::done(store, &name)).await?;
    daemon.arrived.notify_one();
    Ok(())
}
