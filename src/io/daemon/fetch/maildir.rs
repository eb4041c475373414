//! Owns the loop over one Maildir: look, read, keep, then flag or move.

mod again;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::{ATTEMPTS, Outage, Trouble, Wanted, note};
use crate::config::remote::{After, Start};
use crate::house::HouseFact;
use crate::io::daemon::{Daemon, stopped};
use crate::io::mailbox::maildir::{Error, Fetched, Listed, Maildir};
use crate::io::store::Connection;
use crate::io::store::mailboxes::{self, First, Found, Numbering};

/// How often the directories are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Largest mail that is read whole, in bytes.
const LARGEST: usize = 50 << 20;
/// A Maildir has one epoch: its names never mean another mail.
const EPOCH: u32 = 0;

/// A Maildir and what is wanted of it.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// The directory with `new/` and `cur/`.
    pub root: PathBuf,
    /// What is wanted.
    pub wanted: Wanted,
}

/// Fetches until `stop` says so.
pub(in crate::io::daemon) async fn run(daemon: Daemon, mailbox: Mailbox, stop: watch::Receiver<bool>) {
    let mut outage = Outage::default();
    while !*stop.borrow() {
        let trouble = tokio::select! {
            ended = stay(&daemon, &mailbox, &mut outage) => match ended {
                Err(trouble) => trouble,
                Ok(never) => match never {},
            },
            () = stopped(stop.clone()) => return,
        };
        let words = trouble.words();
        outage.failed(&daemon, &mailbox.wanted.name, &words, trouble.longest_wait(), &stop).await;
    }
}

async fn stay(daemon: &Daemon, mailbox: &Mailbox, outage: &mut Outage) -> Result<Infallible, Trouble> {
    let name = &mailbox.wanted.name;
    let root = mailbox.root.clone();
    let maildir = Shared(Arc::new(Mutex::new(blocking(move || Maildir::open(&root)).await?)));
    let again = again::take_moved(daemon, mailbox, &maildir).await?;
    let mut listed = look(daemon, &maildir).await?;
    let mut known = enter(daemon, mailbox, &listed).await?;
    tracing::info!("{name}: open, {} mails", listed.len());
    outage.over(daemon, name).await;
    let (mut settles, mut again) = (true, again);
    loop {
        for found in listed.into_iter().filter(|found| !known.contains(&found.name)).collect::<Vec<_>>() {
            if take(daemon, mailbox, &maildir, &found).await? {
                known.insert(found.name);
            }
        }
        if std::mem::take(&mut again) {
            again::gone_through(daemon, mailbox).await?;
        }
        if settles {
            settles = settle(daemon, mailbox, &maildir).await?;
        }
        tokio::time::sleep(LOOK).await;
        listed = look(daemon, &maildir).await?;
    }
}

/// A Maildir that threads for waiting on the file system work with.
#[derive(Debug, Clone)]
struct Shared(Arc<Mutex<Maildir>>);

impl Shared {
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Maildir) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Trouble> {
        let Self(maildir) = self.clone();
        blocking(move || work(&mut maildir.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}

/// The mails that are there, where anything has changed since the last look.
async fn look(daemon: &Daemon, maildir: &Shared) -> Result<Vec<Listed>, Trouble> {
    let now = daemon.clock.now();
    Ok(maildir.with(move |maildir| maildir.names(now)).await?.unwrap_or_default())
}

/// File systems make one wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Trouble> {
    let done = spawn_blocking(work).await.map_err(|error| Trouble::Mailbox(error.to_string(), true))?;
    done.map_err(|error| Trouble::Mailbox(error.to_string(), true))
}

/// The mails that are known. At the first start those that are there and not wanted are known too.
async fn enter(daemon: &Daemon, mailbox: &Mailbox, there: &[Listed]) -> Result<BTreeSet<String>, Trouble> {
    let (name, now) = (mailbox.wanted.name.clone(), daemon.clock.now());
    let since = match mailbox.wanted.start {
        Start::Now => now,
        Start::Since(day) => day.to_zoned(daemon.book().zone.clone()).map_or(now, |day| day.timestamp()),
    };
    let wanted = |found: &&Listed| mailbox.wanted.start != Start::Now && found.arrived >= since;
    let unwanted: Vec<String> =
        there.iter().filter(|found| !wanted(found)).map(|found| found.name.clone()).collect();
    let numbering = Numbering { epoch: EPOCH, next: None, there: 0 };
    let enter = move |store: &Connection| {
        if mailboxes::is_new(store, &name)? {
            mailboxes::enter(store, &name, numbering, First::New(since))?;
            mailboxes::pass_over(store, &name, &unwanted)?;
        }
        mailboxes::items(store, &name)
    };
    Ok(daemon.writer.run(enter).await?)
}

/// False when somebody has taken the mail away: it may come back.
async fn take(
    daemon: &Daemon,
    mailbox: &Mailbox,
    maildir: &Shared,
    listed: &Listed,
) -> Result<bool, Trouble> {
    let name = listed.name.clone();
    let raw = match maildir.with(move |maildir| maildir.read(&name, LARGEST + 1)).await {
        Ok(Fetched::Mail(raw)) => raw,
        Ok(Fetched::Gone) => return Ok(false),
        Err(trouble) => return unread(daemon, mailbox, listed, trouble).await,
    };
    let now: Timestamp = daemon.clock.now();
    let found = Found {
        mailbox: mailbox.wanted.name.clone(),
        epoch: EPOCH,
        item: listed.name.clone(),
        raw,
        arrived: Some(listed.arrived),
        was_there: false,
        settled: mailbox.wanted.after == After::Leave,
    };
    if daemon.writer.run(move |store| mailboxes::keep(store, &found, now)).await?.is_some() {
        daemon.arrived.notify_one();
    }
    Ok(true)
}

/// Counts a failure to read a mail; the last one passes it over: the others must not wait for it.
async fn unread(
    daemon: &Daemon,
    mailbox: &Mailbox,
    listed: &Listed,
    trouble: Trouble,
) -> Result<bool, Trouble> {
    let (name, item) = (mailbox.wanted.name.clone(), listed.name.clone());
    let (mailbox, counted) = (name.clone(), item.clone());
    let failures =
        daemon.writer.run(move |store| mailboxes::failed(store, &mailbox, EPOCH, &counted)).await?;
    if failures < ATTEMPTS {
        return Err(trouble);
    }
    let fact = HouseFact::Unfetchable { mailbox: name.clone(), item: item.clone(), reason: trouble.words() };
    note(daemon, fact).await;
    daemon.writer.run(move |store| mailboxes::pass_over(store, &name, &[item])).await?;
    Ok(true)
}

/// Flags or moves what is kept. False when that can't be done here: tried again after the next start.
async fn settle(daemon: &Daemon, mailbox: &Mailbox, maildir: &Shared) -> Result<bool, Trouble> {
    let wanted = &mailbox.wanted;
    if wanted.after == After::Leave {
        return Ok(true);
    }
    let name = wanted.name.clone();
    let items = daemon.writer.run(move |store| mailboxes::unsettled(store, &name, EPOCH)).await?;
    for item in items {
        let (moved, after) = (item.clone(), wanted.after.clone());
        if let Err(trouble) = maildir.with(move |maildir| maildir.settle(&moved, &after)).await {
            tracing::warn!("{}: mails stay where they are: {}", wanted.name, trouble.words());
            return Ok(false);
        }
        let name = wanted.name.clone();
        daemon.writer.run(move |store| mailboxes::settled(store, &name, EPOCH, &item)).await?;
    }
    Ok(true)
}
