//! Owns what goes wrong around firebell in a simulation: kills and failing commits, relays that break off after the dot, a
//! second firebell by mistake; and what an edge that lies would do, which an invariant must notice.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use super::Chance;
use crate::book::Book;
use crate::gateway::{Change, Input};
use crate::io::store::{Error, Lease, Result, Store, inbound, outbox, work};
use crate::message::Message;
use crate::outbox::Attempt;
use crate::rehearsal::world::{Edge, Sound};

/// What stands outside of firebell: what the mailbox handed in, and what the relay really took.
#[derive(Debug, Default)]
pub(super) struct Outside {
    /// Mails that the mailbox has no more.
    pub(super) handed_in: Vec<Vec<u8>>,
    /// Mails that the relay took, each time.
    pub(super) took: Vec<Took>,
    /// Message-IDs of mails of which firebell may not know that the relay took them, each time.
    pub(super) unheard: Vec<String>,
}

/// A mail that the relay took.
#[derive(Debug, Clone)]
pub(super) struct Took {
    pub(super) at: Timestamp,
    pub(super) mail: outbox::Claimed,
}

/// What an edge does that it must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    /// A commit of what a mail did is lost, and said to be there.
    LostCommit,
    /// A mail is out of the mailbox before it is kept, and then not kept.
    FlaggedBeforeKept,
    /// A mail is handed over twice for one claim.
    DoubledClaim,
    /// What is due is not looked at.
    DroppedDue,
    /// firebell is told a time that has not come.
    FastClock,
    /// A word of the house gets into a client's mail.
    LeakedWord,
    /// A mail goes to somebody else's address.
    OtherRecipient,
    /// A refusal is heard as acceptance.
    DeafRelay,
    /// Bytes change between two attempts.
    ChangedBytes,
    /// A page is handed over however late it is.
    LatePage,
    /// The outcome of handing over is never recorded.
    LostOutcome,
    /// A mail is kept twice, with another Message-ID.
    Copied,
    /// How much somebody was sent is forgotten.
    ForgottenPace,
}

/// Failures by chance, and one lie at most.
pub(super) struct Failing {
    pub(super) chance: Chance,
    pub(super) outside: Rc<RefCell<Outside>>,
    pub(super) lie: Option<Lie>,
    /// What the second firebell took and has not recorded yet.
    other: Vec<outbox::Claimed>,
    /// A page that waits to be handed over late.
    page: Option<outbox::Claimed>,
}

impl Failing {
    pub(super) fn new(chance: Chance, outside: Rc<RefCell<Outside>>, lie: Option<Lie>) -> Self {
        Self { chance, outside, lie, other: Vec::new(), page: None }
    }

    fn lies(&self, lie: Lie) -> bool {
        self.lie == Some(lie)
    }

    /// Everything is done, and then the disk is full.
    fn commit_fails(&mut self, store: &mut Store, work: impl FnOnce(&mut Store)) -> Result<()> {
        if self.chance.below(300) > 0 {
            return Ok(());
        }
        work(store);
        Err(Error::NotCommitted("the disk is full".to_owned()))
    }
}

/// Does something of which nothing stays.
fn in_vain<T>(store: &mut Store, what: impl FnOnce(&crate::io::store::Connection) -> Result<T>) -> Option<T> {
    let mut done = None;
    let undone: Result<()> = store.write(|connection| {
        done = Some(what(connection)?);
        Err(Error::NotCommitted("undone".to_owned()))
    });
    undone.err().and(done)
}

impl Edge for Failing {
    fn deposit(&mut self, store: &mut Store, mail: &[u8], arrived: Timestamp, now: Timestamp) -> Result<()> {
        self.commit_fails(store, |store| {
            in_vain(store, |connection| inbound::collect(connection, mail, arrived, now));
        })?;
        self.outside.borrow_mut().handed_in.push(mail.to_vec());
        if self.lies(Lie::FlaggedBeforeKept) && self.chance.below(5) == 0 {
            return Ok(());
        }
        if self.lies(Lie::Copied) {
            let copy = String::from_utf8_lossy(mail).replacen("Message-ID: <", "Message-ID: <copy-", 1);
            Sound.deposit(store, copy.as_bytes(), arrived, now)?;
        }
        Sound.deposit(store, mail, arrived, now)
    }

    fn finish(
        &mut self,
        store: &mut Store,
        book: &Book,
        (mail, message): (&inbound::Claimed, &Message),
        now: Timestamp,
    ) -> Result<Change> {
        if self.lies(Lie::LostCommit) && self.chance.below(4) == 0 {
            let done = in_vain(store, |connection| inbound::finish(connection, book, mail, message, now));
            return done.ok_or(Error::LostLease);
        }
        self.commit_fails(store, |store| {
            in_vain(store, |connection| inbound::finish(connection, book, mail, message, now));
        })?;
        Sound.finish(store, book, (mail, message), now)
    }

    fn due(&mut self, store: &mut Store, now: Timestamp) -> Result<Option<u64>> {
        let due = Sound.due(store, now)?;
        Ok(due.filter(|number| *number == 0 || !self.lies(Lie::DroppedDue)))
    }

    fn work(&mut self, store: &mut Store, book: &Book, input: Input<'_>, now: Timestamp) -> Result<Change> {
        self.commit_fails(store, |store| {
            in_vain(store, |connection| work(connection, book, input, now));
        })?;
        let fast = SignedDuration::from_mins(if self.lies(Lie::FastClock) { 10 } else { 0 });
        Sound.work(store, book, input, now + fast)
    }

    fn claim(
        &mut self,
        store: &mut Store,
        book: &Book,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<(Vec<outbox::Claimed>, Vec<Change>)> {
        if self.lies(Lie::ForgottenPace) {
            store.write(outbox::forget_pace)?;
        }
        let mut changes = self.second(store, book, lease, now)?;
        let (mut claimed, superseded) = Sound.claim(store, book, lease, now)?;
        changes.extend(superseded);
        if self.lies(Lie::LatePage) {
            let pages =
                claimed.iter().find(|mail| matches!(mail.kind, crate::incident::NoticeKind::Page { .. }));
            self.page = self.page.take().or(pages.cloned());
        }
        if self.lies(Lie::ChangedBytes) {
            claimed.iter_mut().filter(|mail| mail.attempts > 1).for_each(|mail| mail.bytes.push(b' '));
        }
        Ok((claimed, changes))
    }

    fn hear(&mut self, mail: &outbox::Claimed, answer: Attempt, now: Timestamp) -> Attempt {
        let took = answer == Attempt::Delivered;
        if !took {
            return if self.lies(Lie::DeafRelay) { Attempt::Delivered } else { answer };
        }
        let mut mail = mail.clone();
        match self.lie {
            Some(Lie::LeakedWord) => mail.bytes.extend_from_slice(super::week::INNER_WORD.as_bytes()),
            Some(Lie::OtherRecipient) if self.chance.below(9) == 0 => {
                mail.to = crate::directory::Address::new("zama@client-b.example.jp");
            }
            _ => {}
        }
        let mut outside = self.outside.borrow_mut();
        let times = if self.lies(Lie::DoubledClaim) { 2 } else { 1 };
        (0..times).for_each(|_| outside.took.push(Took { at: now, mail: mail.clone() }));
        if let Some(page) = self.page.take_if(|page| now > page.queued_at + SignedDuration::from_hours(1)) {
            outside.unheard.push(page.message_id.clone());
            outside.took.push(Took { at: now, mail: page });
        }
        // The connection ends between the dot and the answer.
        if self.chance.below(40) == 0 {
            outside.unheard.push(mail.message_id);
            return Attempt::Doubtful("the connection ended".to_owned());
        }
        answer
    }

    fn record(
        &mut self,
        store: &mut Store,
        book: &Book,
        (mail, attempt): (&outbox::Claimed, &Attempt),
        now: Timestamp,
    ) -> Result<Option<Change>> {
        let failed = self.commit_fails(store, |store| {
            in_vain(store, |connection| outbox::record(connection, book, mail, attempt, now));
        });
        if failed.is_err() {
            self.outside.borrow_mut().unheard.push(mail.message_id.clone());
        }
        failed?;
        if self.lies(Lie::LostOutcome) {
            return Ok(None);
        }
        Sound.record(store, book, (mail, attempt), now)
    }

    fn kills(&mut self) -> bool {
        let killed = self.chance.below(150) == 0;
        if killed {
            let mut outside = self.outside.borrow_mut();
            // Whatever was just handed over may not have been recorded.
            let last = outside.took.last().map(|took| took.mail.message_id.clone());
            outside.unheard.extend(last);
        }
        killed
    }

    fn bears(&mut self, error: &Error) -> bool {
        matches!(error, Error::NotCommitted(_) | Error::LostLease)
    }
}

impl Failing {
    /// A second firebell on the same store: it takes a mail now and then, hands it over, and says so too late.
    fn second(
        &mut self,
        store: &mut Store,
        book: &Book,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        for mail in std::mem::take(&mut self.other) {
            if self.chance.below(3) > 0 {
                self.other.push(mail);
                continue;
            }
            match Sound.record(store, book, (&mail, &Attempt::Delivered), now) {
                Ok(change) => changes.extend(change),
                Err(Error::LostLease) => {}
                Err(error) => return Err(error),
            }
        }
        if self.chance.below(60) == 0 {
            let other = Lease { owner: "second".to_owned(), until: lease.until };
            let (claimed, superseded) = Sound.claim(store, book, &other, now)?;
            changes.extend(superseded);
            let mut outside = self.outside.borrow_mut();
            for mail in claimed {
                outside.took.push(Took { at: now, mail: mail.clone() });
                outside.unheard.push(mail.message_id.clone());
                self.other.push(mail);
            }
        }
        Ok(changes)
    }
}
