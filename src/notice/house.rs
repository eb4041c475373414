//! Owns the reports that belong to no incident: what the operator must know of firebell itself.

use jiff::Timestamp;
use serde::Serialize;

use super::envelope::Envelope;
use super::inner::LineView;
use super::layout::{self, Body};
use super::render::write;
use super::when::Reader;
use super::wording::{self, Side};
use super::{Notice, Reply, Trial, held, inner, troubles};
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::house::troubles::TroubleFact;
use crate::house::{HOUSE, House, HouseEvent, HouseFact};
use crate::incident::NoticeKind;
use crate::incident::words::one_line;
use crate::token::{self, Grant, Hop, Purpose};

/// How much of a line a transcript repeats, in characters.
const LONGEST_LINE: usize = 500;

#[derive(Serialize)]
struct HeldReportView {
    held: held::HeldView,
}

#[derive(Serialize)]
struct TranscriptView<'a> {
    label: &'a str,
    lines: Vec<LineView>,
}

#[derive(Serialize)]
struct TrialView<'a> {
    outcome: String,
    subject: &'a str,
    address: &'a str,
}

#[derive(Serialize)]
struct ReportView<'a> {
    text: String,
    gateway: &'a str,
    label: &'a str,
}

/// A report to somebody of the operator party, the house being as it is after the event. `number` counts the reports of
/// the house.
pub fn report(
    book: &Book,
    house: &House,
    person: &PersonId,
    event: &HouseEvent,
    number: u32,
    now: Timestamp,
) -> Option<Notice> {
    let reader = reader(book, person, now)?;
    let via = match &event.fact {
        HouseFact::Circle { gateway, .. } => vec![gateway.clone()],
        _ => Vec::new(),
    };
    let place = Place {
        via,
        answered: None,
        number,
        about: event.seq,
        text: "report",
        summary: one_line(&event.fact.line()),
    };
    if let HouseFact::Trouble(TroubleFact::Told { news }) = &event.fact {
        let view = troubles::view(news, &reader);
        let text = wording::text(&reader, Side::Inner, "trouble", &view);
        return written(book, person, text.into(), false, Place { text: "trouble", ..place }, now);
    }
    if !matches!(event.fact, HouseFact::HeldAsked { .. }) {
        let view = ReportView { text: told(&event.fact, &reader), gateway: &book.name, label: &book.name };
        let text = wording::text(&reader, Side::Inner, "report", &view);
        return written(book, person, text.into(), false, place, now);
    }
    let view = held::view(&house.waiting, &reader);
    let text = wording::text(&reader, Side::Inner, "held-house", &HeldReportView { held: view });
    let subject = format!("{}: {}", book.name, text.headline);
    let answers = held::ANSWERS.iter().skip(1).copied();
    let body = tapped(book, person, text.into(), &subject, &reader, answers);
    written(book, person, body, true, Place { text: "held-house", ..place }, now)
}

/// What the operator is told, in the reader's language where there are words for it.
fn told(fact: &HouseFact, reader: &Reader) -> String {
    let say = |name: &str, values: &[(&str, &str)]| {
        let none = ["reason", "from", "subject", "sent", "gateway"].map(|name| (name, ""));
        // Mistakes stand on lines of their own.
        let shown =
            |name: &str, value: &str| if name == "reason" { value.to_owned() } else { one_line(value) };
        let values = none.iter().chain(values).map(|(name, value)| (*name, shown(name, value)));
        inner::phrase(reader, &format!("house.{name}"), &values.collect::<Vec<_>>())
    };
    match fact {
        HouseFact::ReloadRefused { mistakes } => say("reload-refused", &[("reason", mistakes)]),
        HouseFact::Stale { from, subject, sent } => {
            let sent = sent.map(|sent| reader.time(sent)).unwrap_or_default();
            say("stale", &[("from", &from.to_string()), ("subject", subject), ("sent", &sent)])
        }
        HouseFact::Circle { gateway, subject } => {
            say("circle", &[("gateway", gateway.address().as_str()), ("subject", subject)])
        }
        other => other.report(),
    }
}

/// The transcript for somebody who gave commands to the house. `numbered` is its number among the reports, and the event
/// that it is about.
pub fn transcript(
    book: &Book,
    person: &PersonId,
    (lines, again): (&[(String, Reply)], &[String]),
    (number, about): (u32, u64),
    now: Timestamp,
) -> Option<Notice> {
    let reader = reader(book, person, now)?;
    let result = |(said, reply): &(String, Reply)| (said.clone(), result(book, reply, &reader));
    let lines: Vec<(String, String)> = lines.iter().map(result).collect();
    let summary = "transcript".to_owned();
    let place = Place { number, about, text: "transcript", summary, ..Place::default() };
    let mut body = of_lines(book, &lines, &reader);
    if !again.is_empty() {
        let subject = body.headline.clone();
        body = tapped(
            book,
            person,
            body,
            &subject,
            &reader,
            again.iter().map(|line| (line.as_str(), "say-again")),
        );
    }
    written(book, person, body, true, place, now)
}

/// The transcript for somebody who gave commands, each with what became of it in words.
pub fn lines(
    book: &Book,
    person: &PersonId,
    lines: &[(String, String)],
    (number, about): (u32, u64),
    now: Timestamp,
) -> Option<Notice> {
    let reader = reader(book, person, now)?;
    let summary = "transcript".to_owned();
    let place = Place { number, about, text: "transcript", summary, ..Place::default() };
    written(book, person, of_lines(book, lines, &reader), true, place, now)
}

fn of_lines(book: &Book, lines: &[(String, String)], reader: &Reader) -> Body {
    let line = |(said, result): &(String, String)| LineView {
        said: inner::beginning(&one_line(said), LONGEST_LINE),
        result: result.clone(),
    };
    let view = TranscriptView { label: &book.name, lines: lines.iter().map(line).collect() };
    wording::text(reader, Side::Inner, "transcript", &view).into()
}

/// The same mail with words that answer it.
pub(super) fn tapped<'a>(
    book: &Book,
    person: &PersonId,
    body: Body,
    subject: &str,
    reader: &Reader,
    words: impl Iterator<Item = (&'a str, &'a str)>,
) -> Body {
    let to = reply_to(book, person);
    let reply = layout::Reply { to: to.as_str(), subject, reader };
    Body {
        answer: inner::phrase(reader, "phrases.answer", &[]),
        answers: words.map(|(word, phrase)| reply.with(word, phrase)).collect(),
        ..body
    }
}

/// The answer to somebody's mail to the test address. `answered` is that mail's Message-ID.
pub fn trial(
    book: &Book,
    person: &PersonId,
    trial: &Trial,
    answered: Option<String>,
    (number, about): (u32, u64),
    now: Timestamp,
) -> Option<Notice> {
    let reader = reader(book, person, now)?;
    let (outcome, address) = (trial.headline(&reader), book.address.as_str());
    let view = TrialView { outcome, subject: &trial.subject, address };
    let text = wording::text(&reader, Side::Inner, "trial.text", &view);
    let body = Body { facts: trial.facts(book, &reader), ..Body::from(text) };
    let summary = format!("test: {}", trial.outcome);
    let place = Place { via: Vec::new(), answered, number, about, text: "trial.text", summary };
    written(book, person, body, false, place, now)
}

/// What became of a command to the house, in words.
pub fn result(book: &Book, reply: &Reply, reader: &Reader) -> String {
    super::transcript::of_house(book, reply, reader)
}

pub(super) fn reader(book: &Book, person: &PersonId, now: Timestamp) -> Option<Reader> {
    let person = book.directory.people.get(person)?;
    Some(Reader::of(book, person, now))
}

/// The address with which somebody answers the house.
fn reply_to(book: &Book, person: &PersonId) -> Address {
    let grant = Grant { incident: HOUSE, audience: &inner::AUDIENCE, number: 0, person };
    token::reply_address(&book.address, HOUSE, &book.keys.sign(Purpose::Reply, grant))
}

/// Where a report stands, and what it is in a few words.
#[derive(Default)]
pub(super) struct Place {
    /// The other firebell that it is about, which might be its reader.
    pub(super) via: Vec<Hop>,
    /// The mail that it answers.
    pub(super) answered: Option<String>,
    /// Its number among what the house sends.
    pub(super) number: u32,
    /// The event that it is about.
    pub(super) about: u64,
    /// The template of its text.
    pub(super) text: &'static str,
    /// What it says, in a few words.
    pub(super) summary: String,
}

/// A mail of the house to one of its people.
pub(super) fn written(
    book: &Book,
    person: &PersonId,
    body: Body,
    is_answered: bool,
    place: Place,
    now: Timestamp,
) -> Option<Notice> {
    let person = book.directory.people.get(person)?;
    let Place { via, answered, number, about, text, summary } = place;
    let grant = Grant { incident: HOUSE, audience: &inner::AUDIENCE, number, person: &person.id };
    let message_id =
        token::message_id(&book.address, HOUSE, number, &book.keys.sign(Purpose::MessageId, grant));
    let named = body.headline.starts_with(&book.name);
    let subject = if named { body.headline.clone() } else { format!("{}: {}", book.name, body.headline) };
    let envelope = Envelope {
        book,
        person,
        message_id: &message_id,
        reply_to: is_answered.then(|| (book.name.clone(), reply_to(book, &person.id))),
        references: answered.into_iter().collect(),
        subject: &subject,
        list: None,
        via: &via,
        urgent: false,
        now,
    };
    let bytes = write(&envelope, &Body { footer: book.name.clone(), ..body });
    Some(Notice {
        withheld: None,
        asks: false,
        bytes,
        incident: HOUSE,
        audience: inner::AUDIENCE,
        number,
        person: person.id.clone(),
        to: person.addresses.first()?.clone(),
        from: Some(book.address.clone()),
        // An answer to somebody's words is for them alone, and waits for the first relay.
        kind: if ["transcript", "trial.text"].contains(&text) {
            NoticeKind::Transcript
        } else {
            NoticeKind::Report
        },
        text,
        belief: None,
        about,
        summary,
        queued_at: now,
        subject,
        message_id,
    })
}
