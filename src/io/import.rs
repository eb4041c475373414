//! Owns bringing an archive into the store: mails are read and understood ahead on threads of their own, filed in order,
//! many in one transaction. May be stopped at any time: what is stored is known the next time by its bytes.
//! Never tells anybody, and never changes an incident of today.

use std::collections::{BTreeMap, VecDeque};
use std::panic::catch_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use jiff::Timestamp;

use super::archive::{self, Archive, Entry};
use super::reading::STACK;
use super::store::inbound::{self, Digest};
use super::store::past::{self, Times};
use super::store::{self, Connection, Store};
use crate::book::Book;
use crate::gateway::MailOutcome;
use crate::message::{self, Message};

/// Most mails in one transaction.
const AT_ONCE: usize = 128;
/// No further mail goes into one transaction once there are so many bytes.
const BYTES_AT_ONCE: usize = 2 << 20;
/// Threads that understand mails.
const READERS: usize = 2;
/// Batches that are read ahead.
const AHEAD: usize = READERS + 1;

/// Why importing stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store's words.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// No thread could be started.
    #[error("no thread can be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// What became of a mail of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was filed.
    Filed(Option<MailOutcome>),
    /// The store has it already; the incident it led to.
    Known(Option<u64>),
    /// It can't be read by us, which is a bug: kept, and put aside.
    PutAside,
    /// The archive could not give it: nothing was kept.
    Lost(String),
}

/// A mail of the archive and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Where it stands in the archive: a path, in an mbox `path:N`.
    pub name: String,
    /// Its Message-ID; empty when it was not read.
    pub message_id: String,
    /// What became of it.
    pub fate: Fate,
}

/// Files every mail of an archive and closes the incidents that they made; `tell` hears of each mail, in order. Gives how
/// many incidents were closed at the end.
pub fn run(
    store: &mut Store,
    book: &Book,
    archive: &Archive,
    now: Timestamp,
    tell: &mut dyn FnMut(Account),
) -> Result<usize, Error> {
    let (to_read, waiting) = sync_channel(AHEAD);
    let waiting = &Mutex::new(waiting);
    thread::scope(|scope| {
        let (done, results) = sync_channel(AHEAD);
        for _ in 0..READERS {
            let done = done.clone();
            let reader = thread::Builder::new().name("reading".to_owned()).stack_size(STACK);
            reader.spawn_scoped(scope, move || read_all(waiting, &done))?;
        }
        drop(done);
        // What has no date at the beginning came with the first that has one.
        let at = archive.entries.iter().find_map(|entry| entry.date);
        let mut filing = Filing { store, book, archive, now, at };
        let filed = filing.all(&to_read, &results, tell);
        // The readers end once nothing can come any more.
        drop(to_read);
        filed?;
        Ok(filing.store.write(|connection| past::close_all(connection, book))?)
    })
}

/// A mail on its way.
struct Mail<'a> {
    entry: &'a Entry,
    raw: Vec<u8>,
    digest: Digest,
    way: Way,
}

/// How far a mail is on its way.
enum Way {
    /// To be read.
    New,
    /// Read; without a message when that panicked.
    Read(Option<Box<Message>>),
    /// Not to be read.
    Told(String, Fate),
}

/// Mails that go into one transaction, and their place in the order.
struct Batch<'a> {
    number: usize,
    mails: Vec<Mail<'a>>,
}

fn read_all<'a>(waiting: &Mutex<Receiver<Batch<'a>>>, done: &SyncSender<Batch<'a>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut batch) = next else { return };
        for mail in batch.mails.iter_mut().filter(|mail| matches!(mail.way, Way::New)) {
            mail.way = Way::Read(catch_unwind(|| message::read(&mail.raw)).ok().map(Box::new));
        }
        if done.send(batch).is_err() {
            return;
        }
    }
}

/// The filing of one archive.
struct Filing<'a, 'b> {
    store: &'b mut Store,
    book: &'a Book,
    archive: &'a Archive,
    now: Timestamp,
    /// The time of the mail before: time doesn't go backwards.
    at: Option<Timestamp>,
}

impl<'a> Filing<'a, '_> {
    fn all(
        &mut self,
        to_read: &SyncSender<Batch<'a>>,
        results: &Receiver<Batch<'a>>,
        tell: &mut dyn FnMut(Account),
    ) -> Result<(), Error> {
        let mut entries: VecDeque<&'a Entry> = self.archive.entries.iter().collect();
        let (mut sent, mut filed) = (0, 0);
        let mut early = BTreeMap::new();
        loop {
            while sent - filed < AHEAD && !entries.is_empty() {
                let batch = Batch { number: sent, mails: self.next(&mut entries)? };
                sent += 1;
                if to_read.send(batch).is_err() {
                    return Ok(());
                }
            }
            if sent == filed {
                return Ok(());
            }
            let Ok(batch) = results.recv() else { return Ok(()) };
            early.insert(batch.number, batch);
            while let Some(batch) = early.remove(&filed) {
                self.file(batch)?.into_iter().for_each(&mut *tell);
                filed += 1;
            }
        }
    }

    /// Brings the next mails, those marked that are known.
    fn next(&self, entries: &mut VecDeque<&'a Entry>) -> Result<Vec<Mail<'a>>, Error> {
        let (mut mails, mut bytes) = (Vec::new(), 0);
        while mails.len() < AT_ONCE && bytes < BYTES_AT_ONCE {
            let Some(entry) = entries.pop_front() else { break };
            let mail = match self.archive.read(entry) {
                Ok(raw) => self.marked(entry, raw)?,
                Err(error) => lost(entry, &error),
            };
            bytes += mail.raw.len();
            mails.push(mail);
        }
        Ok(mails)
    }

    fn marked(&self, entry: &'a Entry, raw: Vec<u8>) -> Result<Mail<'a>, Error> {
        let digest = inbound::digest(&raw);
        let stored = self.store.read(|connection| past::stored(connection, &digest))?;
        let way = stored.map_or(Way::New, |mail| Way::Told(mail.message_id, Fate::Known(mail.incident)));
        Ok(Mail { entry, raw, digest, way })
    }

    fn file(&mut self, batch: Batch<'a>) -> Result<Vec<Account>, Error> {
        let (book, archive, now, mut at) = (self.book, self.archive, self.now, self.at);
        let keeps_bytes = self.store.keeps();
        let accounts = self.store.write(|connection| {
            let one = |mail: Mail<'_>| -> store::Result<Account> {
                let time = own_time(mail.entry.date, at, now);
                at = Some(time);
                let name = archive.name(mail.entry);
                let (message_id, fate) = one(connection, book, mail, keeps_bytes, Times { at: time, now })?;
                Ok(Account { name, message_id, fate })
            };
            batch.mails.into_iter().map(one).collect::<store::Result<Vec<_>>>()
        })?;
        self.at = at;
        Ok(accounts)
    }
}

fn lost<'a>(entry: &'a Entry, error: &archive::Error) -> Mail<'a> {
    let way = Way::Told(String::new(), Fate::Lost(error.to_string()));
    Mail { entry, raw: Vec::new(), digest: Digest::default(), way }
}

/// When a mail is taken to have come: at its own Date, as far as time can run so.
fn own_time(date: Option<Timestamp>, before: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let earliest = before.unwrap_or(Timestamp::UNIX_EPOCH).min(now);
    let at = date.or(before).unwrap_or(now).clamp(earliest, now);
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Files one mail.
fn one(
    connection: &Connection,
    book: &Book,
    mail: Mail<'_>,
    keeps_bytes: bool,
    times: Times,
) -> store::Result<(String, Fate)> {
    let message = match mail.way {
        Way::Told(message_id, fate) => return Ok((message_id, fate)),
        Way::Read(message) => message,
        Way::New => None,
    };
    // The same mail may stand twice in what was read ahead.
    if let Some(known) = past::stored(connection, &mail.digest)? {
        return Ok((known.message_id, Fate::Known(known.incident)));
    }
    let raw: &[u8] = if keeps_bytes { &mail.raw } else { &[] };
    let Some(message) = message else {
        past::put_aside(connection, raw, &mail.digest, "reading it panicked, which is a bug", times)?;
        return Ok((String::new(), Fate::PutAside));
    };
    let outcome = past::file(connection, book, raw, &mail.digest, &message, times)?;
    Ok((message.message_id, Fate::Filed(outcome)))
}

#[cfg(test)]
mod tests;
