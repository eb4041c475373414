//! Owns the pretended world of a transcript: its clock, its relay, its people; and firebell in it, the real core on a
//! real store, one transaction after the other.

mod edge;
mod edit;
mod readings;
mod relay;
mod shown;
mod stops;
mod storm;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::mails::{self, Answered, Draft};
use super::script::{Line, What};
use super::{Error, script};
use crate::book::Book;
use crate::gateway::Input;
use crate::house::testing::SelfTestFact;
use crate::house::{HOUSE, HouseFact};
use crate::io::composing;
use crate::io::reading;
use crate::io::store::{self, Lease, Store, inbound, outbox, wake};

pub(super) use edge::{Edge, Sound};

/// After a failure of the store firebell tries again so much later.
const TRIED_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// Something that the printed transcript shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// A line of the author's.
    Line(usize),
    /// Something recorded.
    Recorded(Timestamp, String),
    /// A mail that the relay took.
    Sent { at: Timestamp, message_id: String, to: String, subject: String, summary: String },
}

/// Why playing can't go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// firebell was killed.
    Killed,
    /// It makes no sense to go on.
    Failed(Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The world.
pub(super) struct World<'a> {
    book: &'a Book,
    folder: PathBuf,
    store: Store,
    edge: Box<dyn Edge + 'a>,
    now: Timestamp,
    relay: BTreeMap<String, String>,
    relay_for_all: Option<String>,
    /// While a storm goes on: what became of its alerts.
    storm: Option<storm::Storm>,
    down_until: Option<Timestamp>,
    /// Mails on their way to firebell.
    coming: Vec<(Timestamp, Vec<u8>)>,
    written: usize,
    last: Vec<u8>,
    sent: Vec<outbox::Claimed>,
    /// Which text each mail is made of, by Message-ID.
    texts: BTreeMap<String, &'static str>,
    pub(super) entries: Vec<Entry>,
    /// Points at which firebell could have been killed.
    pub(super) points: usize,
    stop_at: Option<usize>,
    /// Where every stop is tried: the points at which one changes something.
    pub(super) differing: Option<Vec<usize>>,
}

impl<'a> World<'a> {
    pub(super) fn new(book: &'a Book, folder: &Path, stop_at: Option<usize>) -> Result<Self, Error> {
        Ok(Self {
            book,
            folder: folder.to_owned(),
            store: Store::in_memory()?,
            edge: Box::new(Sound),
            now: Timestamp::UNIX_EPOCH,
            relay: BTreeMap::new(),
            relay_for_all: None,
            storm: None,
            down_until: None,
            coming: Vec::new(),
            written: 0,
            last: Vec::new(),
            sent: Vec::new(),
            texts: BTreeMap::new(),
            entries: Vec::new(),
            points: 0,
            stop_at,
            differing: None,
        })
    }

    /// The same world, in which other things go wrong.
    #[cfg(test)]
    pub(super) fn with(mut self, edge: impl Edge + 'a) -> Self {
        self.edge = Box::new(edge);
        self
    }

    /// What firebell keeps.
    #[cfg(test)]
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// firebell works.
    #[cfg(test)]
    pub(super) fn is_up(&self) -> bool {
        self.down_until.is_none()
    }

    /// Lets time pass until a line, and then lets happen what it says.
    pub(super) fn play(&mut self, line: &Line) -> Result<(), Stop> {
        // A remark above everything has no time.
        if self.now == Timestamp::UNIX_EPOCH && line.at != Timestamp::UNIX_EPOCH {
            self.now = line.at;
            self.start()?;
            self.settle()?;
        }
        self.pass_until(line.at)?;
        self.entries.push(Entry::Line(line.index));
        match &line.what {
            What::Mail { from, about, headers, body } => {
                let mail = self.mail(line.number, from, about, headers, body)?;
                self.last.clone_from(&mail);
                self.coming.push((self.now, mail));
            }
            What::Relay { answer, person: Some(person) } => {
                self.relay.insert(person.clone(), answer.clone());
            }
            What::Relay { answer, person: None } => self.relay_for_all = Some(answer.clone()),
            What::Down(until) => self.down_until = Some(*until),
            What::Trouble(fact) => self.trouble(fact)?,
            What::Storm { alerts, hosts, about } => return self.storm(line, *alerts, *hosts, about),
            What::Time | What::Remark | What::Edit(_) => {}
        }
        self.settle()
    }

    /// firebell looks around at its start: from then on digests are wanted.
    fn start(&mut self) -> Result<(), Stop> {
        let (now, book) = (self.now, self.book);
        self.store.write(|store| store::work(store, book, Input::Due(HOUSE), now))?;
        Ok(())
    }

    /// Goes from one thing that is due to the next.
    fn pass_until(&mut self, end: Timestamp) -> Result<(), Stop> {
        loop {
            if let Some(until) = self.down_until {
                if end < until {
                    break;
                }
                self.now = until;
                self.down_until = None;
                self.store.write(wake::release_all)?;
                self.trouble(&HouseFact::SelfTest(SelfTestFact::Resumed))?;
                self.settle()?;
                continue;
            }
            let Some(next) = self.store.read(wake::next_wake)?.filter(|next| *next <= end) else { break };
            if next <= self.now {
                let at = script::stamp(self.now, &self.book.zone);
                let text = format!("something is due at {at} and never gets done, which is a bug");
                return Err(Stop::Failed(Error::Transcript { line: 0, text }));
            }
            self.now = next;
            self.settle()?;
        }
        self.now = end;
        Ok(())
    }

    /// Does everything that can be done now, being killed and started again where the transcript is played so.
    fn settle(&mut self) -> Result<(), Stop> {
        if self.differing.is_some() { self.settle_with_stops() } else { self.settle_once() }
    }

    fn settle_once(&mut self) -> Result<(), Stop> {
        loop {
            match self.work() {
                Err(Stop::Killed) => self.store.write(wake::release_all)?,
                Err(Stop::Failed(Error::Store(error))) if self.edge.bears(&error) => {
                    self.down_until = Some(self.now + TRIED_AGAIN);
                    return Ok(());
                }
                done => return done,
            }
        }
    }

    fn work(&mut self) -> Result<(), Stop> {
        if self.down_until.is_some() {
            return Ok(());
        }
        while self.take_in()? || self.step()? || self.due()? || self.compose()? || self.deliver()? {}
        Ok(())
    }

    /// A point at which firebell can be killed: after every commit, and between the relay's answer and its record.
    fn point(&mut self) -> Result<(), Stop> {
        self.points += 1;
        if self.stop_at == Some(self.points) || self.edge.kills() { Err(Stop::Killed) } else { Ok(()) }
    }

    fn take_in(&mut self) -> Result<bool, Stop> {
        if self.coming.is_empty() {
            return Ok(false);
        }
        if let Some((arrived, mail)) = self.coming.first() {
            self.edge.deposit(&mut self.store, mail, *arrived, self.now)?;
        }
        self.coming.remove(0);
        self.point()?;
        Ok(true)
    }

    fn lease(&self) -> Lease {
        Lease { owner: "rehearsal".to_owned(), until: self.now + SignedDuration::from_mins(15) }
    }

    /// What an edge sees, it reports until it is kept: killed meanwhile, it sees it again.
    fn trouble(&mut self, fact: &HouseFact) -> Result<(), Stop> {
        let (now, book) = (self.now, self.book);
        let change = self.store.write(|store| store::work(store, book, Input::House(fact), now))?;
        self.recorded(&change);
        Ok(())
    }

    fn step(&mut self) -> Result<bool, Stop> {
        let (lease, now, book) = (self.lease(), self.now, self.book);
        let claimed = self.store.write(|store| inbound::claim(store, &lease, 1, now))?;
        let Some(mail) = claimed.into_iter().next() else { return Ok(false) };
        self.point()?;
        let Some(message) = reading::read(vec![mail.raw.clone()]).pop().flatten() else {
            self.store.write(|store| inbound::fail(store, book, &mail, "reading it panicked", now))?;
            return Ok(true);
        };
        let change = self.edge.finish(&mut self.store, book, (&mail, &message), now)?;
        self.recorded(&change);
        self.point()?;
        Ok(true)
    }

    fn due(&mut self) -> Result<bool, Stop> {
        let (now, book) = (self.now, self.book);
        let Some(number) = self.edge.due(&mut self.store, now)? else { return Ok(false) };
        let change = self.edge.work(&mut self.store, book, Input::Due(number), now)?;
        self.recorded(&change);
        self.point()?;
        Ok(true)
    }

    fn compose(&mut self) -> Result<bool, Stop> {
        let (now, book) = (self.now, self.book);
        let Some(task) = self.store.read(|store| composing::next(store, book, now))? else {
            return Ok(false);
        };
        let composed = composing::compose(book, &task, now);
        let change = self.edge.work(&mut self.store, book, composed.input(), now)?;
        self.recorded(&change);
        self.point()?;
        Ok(true)
    }

    fn deliver(&mut self) -> Result<bool, Stop> {
        let (lease, now, book) = (self.lease(), self.now, self.book);
        let (claimed, superseded) = self.edge.claim(&mut self.store, book, &lease, now)?;
        superseded.iter().for_each(|change| self.recorded(change));
        self.point()?;
        let Some(mail) = claimed.into_iter().next() else { return Ok(!superseded.is_empty()) };
        let answer = self.hand_over(&mail);
        let attempt = self.edge.hear(&mail, answer, now);
        self.point()?;
        let change = self.edge.record(&mut self.store, book, (&mail, &attempt), now)?;
        if let Some(change) = &change {
            self.recorded(change);
        }
        self.point()?;
        Ok(true)
    }

    fn mail(
        &mut self,
        line: usize,
        from: &str,
        about: &str,
        headers: &[(String, String)],
        body: &[String],
    ) -> Result<Vec<u8>, Stop> {
        let wrong = |text: String| Stop::Failed(Error::Transcript { line, text });
        if from == "again" {
            return Ok(self.last.clone());
        }
        if let Some(file) = from.strip_prefix('@') {
            let path = self.folder.join(file);
            return std::fs::read(&path).map_err(|error| wrong(format!("{}: {error}", path.display())));
        }
        let answers = match about.strip_prefix("re ") {
            Some(which) => {
                let mail = self.answered(from, which.trim());
                let mail =
                    mail.ok_or_else(|| wrong(format!("{from} got no mail that `{which}` could mean")))?;
                let (subject, message_id) = (mail.subject.clone(), mail.message_id.clone());
                Some(Answered { subject, message_id, bytes: mail.bytes.clone() })
            }
            None => None,
        };
        self.written += 1;
        let (number, now) = (self.written, self.now);
        let answers = answers.as_ref();
        Ok(mails::write(&Draft { book: self.book, number, from, about, headers, body, answers, now }))
    }

    /// `3` is the third mail that was sent; `INC-1` the newest to this person that tells of that incident.
    pub(super) fn answered(&self, from: &str, which: &str) -> Option<&outbox::Claimed> {
        if let Ok(number) = which.parse::<usize>() {
            return self.sent.get(number.checked_sub(1)?);
        }
        let number: u64 = which.rsplit_once('-')?.1.parse().ok()?;
        // Of several in one mail, what stands there of that incident has its own links.
        let about = |mail: &'_ &outbox::Claimed| mail.incident == number && !mail.bytes.is_empty();
        self.sent.iter().rev().filter(|mail| mail.person.as_str() == from).find_map(|mail| {
            let mixed = mail.parts.iter().any(|part| part.subject != mail.subject);
            if mixed { mail.parts.iter().rev().find(about) } else { Some(mail).filter(about) }
        })
    }
}
