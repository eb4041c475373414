//! Owns one step: what came, what is known, and the time → what changes. The order, and nothing but the order.
//! Never holds state, never contains a rule of the domain.

mod addresses;
pub mod answers;
mod asking;
mod bundles;
mod claims;
mod clients;
mod copies;
mod counting;
mod digests;
mod draft;
mod duty;
mod escalating;
mod expecting;
mod held;
mod known;
mod late;
mod mail;
mod machines;
mod merging;
mod opening;
mod outcome;
mod parting;
mod proofs;
mod sources;
mod sides;
pub mod storms;
#[cfg(test)]
mod tests;
mod quiet;
mod self_testing;
mod reports;
mod terminal;
mod trial;
mod worded;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::alert::{self, Alert, Source};
use crate::audience::Audience;
use crate::book::Book;
use crate::digest::Issue;
use crate::directory::{Address, PersonId};
use crate::expectation::Expectation;
use crate::house::{HOUSE, House, HouseEvent, HouseFact};
use crate::incident::decide::Delivery;
use crate::incident::{Event, Fact, Incident};
use crate::message::Message;
use crate::notice::Notice;
use crate::report::Issued;
use crate::rules::Hit;
use crate::self_test::NOBODY;
use crate::thread;

use draft::Draft;
pub use held::lost;
pub use known::{Known, Question, Seen};
pub use outcome::{MailOutcome, Outcome, Placement};
pub use parting::{Answers, Branch, MailKind};
pub use trial::would_send;

/// All that can reach the gateway.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A mail was received.
    Mail(&'a Message, Arrival),
    /// A notice came to the end of its way.
    Outcome(&'a DeliveryOutcome),
    /// An incident, or the [`HOUSE`], asked to be looked at now.
    Due(u64),
    /// Somebody gave commands at the program's command line.
    Operator(&'a OperatorWords),
    /// Something happened to firebell itself.
    House(&'a HouseFact),
    /// Somebody's copy of a digest was composed.
    Composed(&'a Issue),
    /// A draft of an incident's report was composed, or a copy of it.
    Reported(&'a Issued),
    /// An archive has nothing more about this incident of the past.
    ArchiveEnds(u64),
}

/// How a mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It reached the mailbox at this time (IMAP: INTERNALDATE).
    At(Timestamp),
    /// Out of an archive: what it tells is over, nobody is told, and no incident of today changes.
    Archive,
}

impl Arrival {
    /// When the mail came, if it is worked on now.
    fn came(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(arrived) => arrived.min(now),
            Self::Archive => now,
        }
    }
}

/// The end of a notice's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOutcome {
    /// The incident, or [`HOUSE`].
    pub incident: u64,
    /// Its thread.
    pub audience: Audience,
    /// Its number within the thread.
    pub number: u32,
    /// The recipient.
    pub person: PersonId,
    /// Where it was sent.
    pub to: Address,
    /// How it ended.
    pub end: Delivery,
    /// Those that went with it, in the same mail.
    pub also: Vec<SentWith>,
}

/// A notice that went in the mail of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentWith {
    /// The incident, or [`HOUSE`].
    pub incident: u64,
    /// Its thread.
    pub audience: Audience,
    /// Its number within the thread.
    pub number: u32,
    /// The recipient.
    pub person: PersonId,
}

impl DeliveryOutcome {
    /// The same end of those that went with it.
    fn of_others(&self) -> impl Iterator<Item = Self> {
        self.also.iter().cloned().map(|SentWith { incident, audience, number, person }| {
            let (to, end) = (self.to.clone(), self.end.clone());
            Self { incident, audience, number, person, to, end, also: Vec::new() }
        })
    }
}

/// Commands that did not come by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorWords {
    /// The incident.
    pub incident: u64,
    /// In whose name.
    pub person: PersonId,
    /// The words, as a mail would have them.
    pub words: String,
}

/// All that one input changes: committed whole, or not at all.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Incidents as they are now.
    pub incidents: BTreeMap<u64, Incident>,
    /// When each of them wants to be looked at.
    pub due: BTreeMap<u64, Option<Timestamp>>,
    /// New lines of timelines: incident and event, in order.
    pub events: Vec<(u64, Event)>,
    /// Mails that firebell owes now.
    pub notices: Vec<Notice>,
    /// New lines of the house log.
    pub house_events: Vec<HouseEvent>,
    /// The house as it is now.
    pub house: House,
    /// When the house wants to be looked at.
    pub house_due: Option<Timestamp>,
    /// It was looked at, though perhaps nothing happened.
    pub house_looked_at: bool,
    /// Message-IDs that belong to an incident from now on, unless they belonged to one before.
    pub remembered: Vec<(String, u64)>,
    /// Message-IDs that belong to another incident from now on than before.
    pub moved: Vec<(String, u64)>,
    /// What answers what.
    pub answers: Vec<Answers>,
    /// What products call troubles, with the format, and the key that each has from now on, unless it had one before.
    pub references: Vec<(String, String)>,
    /// Who sends alerts, as they are known now.
    pub sources: Vec<Source>,
    /// What rules counted.
    pub hits: Vec<Hit>,
    /// The mail is of the past, and so is what it changes.
    pub past: bool,
    /// Base subjects, folded, under which mails of an incident came or went now.
    pub subjects: Vec<(String, u64)>,
    /// What became of the mail; for a mail only, and then always.
    pub outcome: Option<MailOutcome>,
    /// What became of an operator's words: each line and its result.
    pub replies: Vec<(String, String)>,
}

/// The alerts of a mail. An answer to a mail of ours is none, though it carries the alert's text below it and somebody
/// has taken the "Re:" out of its subject; what it forwards may be one. Mails of other gateways like us are none.
pub fn alerts(book: &Book, message: &Message) -> Vec<Alert> {
    let answers = message.forwarded.is_none() && thread::clues(book, message).answers_us();
    if answers || thread::is_of_another(book, message) {
        return Vec::new();
    }
    alert::read(message, &book.formats)
}

/// What must be known before this input can be worked on.
pub fn question(book: &Book, input: Input<'_>, now: Timestamp) -> Question {
    match input {
        Input::Mail(message, arrival) => {
            let came = arrival.came(now);
            Question { past: arrival == Arrival::Archive, came, ..question_of_mail(book, message, now) }
        }
        Input::ArchiveEnds(number) => Question { past: true, ..one(number) },
        Input::Outcome(outcome) => {
            let mut question = one(outcome.incident);
            let others = outcome.also.iter().map(|other| other.incident);
            question.incidents.extend(others.filter(|number| *number != HOUSE));
            question
        }
        Input::Due(HOUSE) => {
            let broken = book.schedules.values().any(|schedule| schedule.tells_of_handover);
            let expected = book.expectations.iter().map(Expectation::key);
            let keys = expected.chain(book.self_test.iter().map(|_| self_testing::key())).collect();
            Question { broken, keys, ..Question::default() }
        }
        Input::Due(number) => one(number),
        Input::Reported(issued) => one(issued.incident),
        Input::Operator(words) => {
            let mut question = one(words.incident);
            question.incidents.extend(merging::named(book, &words.words));
            question.timelines = asking::may_ask(&words.words);
            question
        }
        Input::House(_) | Input::Composed(_) => Question::default(),
    }
}

fn one(number: u64) -> Question {
    let incidents = [number].into_iter().filter(|number| *number != HOUSE).collect();
    Question { incidents, ..Question::default() }
}

fn question_of_mail(book: &Book, message: &Message, now: Timestamp) -> Question {
    let clues = thread::clues(book, message);
    let alerts = alerts(book, message);
    let outlook = counting::outlook(book, message, &alerts, now);
    let bounced = mail::bounced(book, message).map(|(incident, _, _)| incident);
    let newest = message.references.first().cloned().unwrap_or_default();
    let ours = clues.incidents().contains(&HOUSE).then(self_testing::key);
    Question {
        branch: merging::may_part(&message.reply_text).then(|| (message.message_id.clone(), newest)),
        incidents: [clues.incidents(), merging::named(book, &message.reply_text)]
            .into_iter()
            .flatten()
            .chain(bounced)
            .chain(digests::named(book, message, &clues, now))
            .chain(bundles::named(book, message, &clues, now))
            .collect(),
        subject: if alerts.is_empty() { clues.subject } else { String::new() },
        message_ids: if alerts.is_empty() { clues.message_ids } else { Vec::new() },
        timelines: alerts.is_empty() && asking::may_ask(&message.reply_text),
        sources: sources::named(&alerts),
        services: outlook.services,
        counted: outlook.counted,
        openers: outlook.openers,
        keys: alerts
            .iter()
            .map(Alert::fingerprint)
            .chain(expecting::keys(book, message, now))
            .chain(ours)
            .collect(),
        references: alerts.iter().filter_map(Alert::named).collect(),
        mail: Some((message.message_id.clone(), message.content_hash.clone())),
        author: message
            .author()
            .and_then(|author| book.directory.person_of(&author.address))
            .map(|it| it.id.clone()),
        test: trial::is_test(book, message),
        broken: false,
        sent_with: mail::bounced(book, message).and(mail::returned(message)),
        past: false,
        came: now,
    }
}

/// One step of the gateway.
pub fn step(book: &Book, known: Known, input: Input<'_>, now: Timestamp) -> Change {
    let mut draft = Draft::new(book, known, now);
    match input {
        Input::Mail(message, arrival) => {
            draft.mail = Some(message);
            draft.past = arrival == Arrival::Archive;
            draft.came = arrival.came(now);
            let outcome = mail::received(&mut draft, message, arrival);
            draft.outcome(outcome);
        }
        Input::ArchiveEnds(number) => {
            draft.past = true;
            draft.known.leave_out_today();
            draft.record_all(number, [Fact::ArchiveEnded]);
        }
        Input::Outcome(outcome) => delivered(&mut draft, outcome),
        Input::Due(HOUSE) => draft.look_at_house(),
        Input::Due(number) => draft.touch(number),
        Input::Operator(words) => terminal::said(&mut draft, words),
        Input::House(fact) => draft.house(fact.clone()),
        Input::Composed(issue) => digests::composed(&mut draft, issue),
        Input::Reported(issued) => reports::composed(&mut draft, issued),
    }
    draft.finish()
}

fn delivered(draft: &mut Draft<'_>, outcome: &DeliveryOutcome) {
    if outcome.incident == HOUSE && outcome.person.as_str() == NOBODY {
        return self_testing::left(draft, outcome);
    }
    if let (HOUSE, Delivery::Undeliverable(reason)) = (outcome.incident, &outcome.end) {
        let (person, address, reason) = (outcome.person.clone(), outcome.to.clone(), reason.clone());
        draft.house(HouseFact::Unreachable { person, address, reason });
    }
    came_to(draft, outcome);
}

/// A mail came to its end, or came back.
fn came_to(draft: &mut Draft<'_>, outcome: &DeliveryOutcome) {
    addresses::ended(draft, outcome);
    merging::ended(draft, outcome);
    // The address failed once, for all of them.
    outcome.of_others().for_each(|other| merging::ended(draft, &other));
}
