//! Owns where the pretended world touches firebell: what the mailbox hands in, what is committed, what the relay answers.
//! Each is done as it should be; a test may put an edge here that fails, or one that lies.

use jiff::Timestamp;

use crate::book::Book;
use crate::gateway::{Change, Input};
use crate::io::store::{self, Lease, Result, Store, inbound, outbox, wake};
use crate::message::Message;
use crate::outbox::Attempt;

/// What may go wrong around the core.
pub(in crate::rehearsal) trait Edge {
    /// Keeps a mail that came; afterwards the mailbox has it no more.
    fn deposit(&mut self, store: &mut Store, mail: &[u8], arrived: Timestamp, now: Timestamp) -> Result<()> {
        store.write(|store| inbound::collect(store, mail, arrived, now)).map(|_| ())
    }

    /// Works on a mail.
    fn finish(
        &mut self,
        store: &mut Store,
        book: &Book,
        (mail, message): (&inbound::Claimed, &Message),
        now: Timestamp,
    ) -> Result<Change> {
        store.write(|store| inbound::finish(store, book, mail, message, now))
    }

    /// What is due.
    fn due(&mut self, store: &mut Store, now: Timestamp) -> Result<Option<u64>> {
        Ok(store.read(|store| wake::due(store, 1, now))?.first().copied())
    }

    /// Does what is due.
    fn work(&mut self, store: &mut Store, book: &Book, input: Input<'_>, now: Timestamp) -> Result<Change> {
        store.write(|store| store::work(store, book, input, now))
    }

    /// Takes a mail out of the outbox.
    fn claim(
        &mut self,
        store: &mut Store,
        book: &Book,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<(Vec<outbox::Claimed>, Vec<Change>)> {
        store.write(|store| outbox::claim(store, book, lease, 1, now))
    }

    /// What firebell hears of the relay's answer.
    fn hear(&mut self, mail: &outbox::Claimed, answer: Attempt, now: Timestamp) -> Attempt {
        let _ = (mail, now);
        answer
    }

    /// Records how handing over ended.
    fn record(
        &mut self,
        store: &mut Store,
        book: &Book,
        (mail, attempt): (&outbox::Claimed, &Attempt),
        now: Timestamp,
    ) -> Result<Option<Change>> {
        store.write(|store| outbox::record(store, book, mail, attempt, now))
    }

    /// firebell is killed here.
    fn kills(&mut self) -> bool {
        false
    }

    /// The store failed so that firebell tries again a little later.
    fn bears(&mut self, error: &store::Error) -> bool {
        let _ = error;
        false
    }
}

/// Nothing goes wrong.
pub(in crate::rehearsal) struct Sound;

impl Edge for Sound {}
