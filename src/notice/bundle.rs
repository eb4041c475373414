//! Owns the mail in which several notices go together: what each says stands in it as it would have stood alone, after a list
//! of them. It goes in the place of one of them, under that one's Message-ID. Never mixes audiences.

mod joined;

use jiff::Timestamp;
use serde::Serialize;

use super::envelope::{Envelope, write_parts};
use super::layout::{self, Answer, Body};
use super::when::Reader;
use super::wording::{self, Side};
use super::{inner, render};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, Person, PersonId};
use crate::house::HOUSE;
use crate::message::{self, Message};
use crate::token::{self, Grant, Purpose};

/// So many stand in the list; of the others it says how many they are.
const NAMED: usize = 50;
/// So many incidents stand in the subject.
const IN_SUBJECT: usize = 4;
/// So many can be acknowledged by one tap: answers of more lines are not read to their end.
const BY_ONE_TAP: usize = 25;
/// So many stand in full at most, the newest. Of the others the bytes are not looked at.
pub const IN_FULL: usize = 20;

/// A notice that goes with others.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its incident, or [`HOUSE`].
    pub incident: u64,
    /// Its subject.
    pub subject: &'a str,
    /// What it says, in a few words.
    pub summary: &'a str,
    /// It is a page.
    pub page: bool,
    /// The mail that it would have been.
    pub bytes: &'a [u8],
}

/// For whom they are.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// The reader.
    pub person: &'a PersonId,
    /// Where they go.
    pub to: &'a Address,
    /// Their thread, the same for all.
    pub audience: &'a Audience,
    /// They were held back by what somebody gets at most, not for a minute only.
    pub held_back: bool,
}

/// Several notices as one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its subject: that of all of them where it is the same.
    pub subject: String,
    /// What it says, in a few words.
    pub summary: String,
    /// The mail.
    pub bytes: Vec<u8>,
}

#[derive(Serialize)]
struct Named<'a> {
    subject: &'a str,
    summary: &'a str,
}

#[derive(Serialize)]
struct BundleView<'a> {
    count: usize,
    pages: bool,
    held_back: bool,
    one_thread: bool,
    said: String,
    labels: String,
    named: Vec<Named<'a>>,
    more: usize,
    example: String,
}

/// Writes it. `parts` are the notices, oldest first; `carrier` is the mail of them in whose place it goes. None when there
/// are none, or its reader is in the directory no more.
pub fn bundle(
    book: &Book,
    reader: For<'_>,
    carrier: &[u8],
    parts: &[Part<'_>],
    now: Timestamp,
) -> Option<Bundle> {
    let newest = parts.last()?;
    let person = book.directory.people.get(reader.person)?;
    let there = Person { addresses: vec![reader.to.clone()], plain_text: true, ..person.clone() };
    let short = person.short.contains(reader.to);
    let person = if short || person.addresses.first() != Some(reader.to) { &there } else { person };
    let words = Reader::of(book, person, now);
    let side = if *reader.audience == inner::AUDIENCE { Side::Inner } else { Side::Client };
    let one_thread = parts.iter().all(|part| part.subject == newest.subject);
    let view = BundleView { one_thread, ..view(book, parts, side, reader.held_back) };
    let subject = match one_thread {
        true => newest.subject.to_owned(),
        false => wording::phrase(&words, side, "bundles.subject", &view),
    };
    let text = wording::text(&words, side, "bundle", &view);
    let newest_first = parts.iter().rev().take(IN_FULL);
    let read: Vec<Message> = newest_first.rev().map(|part| message::read(part.bytes)).collect();
    let carrier = &message::read(carrier);
    let answers_apart = side == Side::Inner && !one_thread;
    let apart = answers_apart.then(|| (book.name.clone(), reply_address(book, reader.person)));
    let acknowledge = apart.as_ref().and_then(|(_, to)| for_all(book, to, &subject, parts, &words));
    let phrase = acknowledge.as_ref().map(|_| inner::phrase(&words, "phrases.answer", &[]));
    let answers = acknowledge.into_iter().collect();
    let body = Body { answer: phrase.unwrap_or_default(), answers, ..Body::from(text) };
    let envelope = Envelope {
        book,
        person,
        message_id: &carrier.message_id,
        reply_to: apart.or_else(|| joined::reply_to(carrier)),
        references: carrier.references.iter().rev().cloned().collect(),
        subject: &subject,
        list: (one_thread && newest.incident != HOUSE).then(|| inner::label(book, newest.incident)),
        via: &joined::told_by(book, &read),
        urgent: parts.iter().any(|part| part.page),
        now,
    };
    let bytes = if short {
        render::write(&envelope, &body)
    } else {
        let (text, html) = layout::forms(&body, person.language, &book.templates)?;
        let mails = joined::in_full(&read);
        let forms = (joined::with_texts(&text, mails), joined::with_bodies(&html, mails));
        write_parts(&envelope, forms, (&[], &[]), &[])
    };
    Some(Bundle { subject, summary: summaries(parts), bytes })
}

fn view<'a>(book: &Book, parts: &[Part<'a>], side: Side, held_back: bool) -> BundleView<'a> {
    let mut labels: Vec<String> = Vec::new();
    for part in parts.iter().filter(|part| part.incident != HOUSE) {
        let label = inner::label(book, part.incident);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let of_house = parts.iter().any(|part| part.incident == HOUSE).then(|| book.name.clone());
    let example = labels.first().cloned().unwrap_or_else(|| inner::label(book, 1));
    let others = labels.len().saturating_sub(IN_SUBJECT);
    labels.truncate(IN_SUBJECT);
    labels.extend(of_house);
    if others > 0 {
        labels.push(format!("+{others}"));
    }
    // What a mail says in a few words is for people of the house.
    let summary = |part: &Part<'a>| if side == Side::Inner { part.summary } else { "" };
    let named = |part: &Part<'a>| Named { subject: part.subject, summary: summary(part) };
    BundleView {
        count: parts.len(),
        pages: parts.iter().all(|part| part.page),
        held_back,
        one_thread: false,
        said: if side == Side::Inner { summaries(parts) } else { String::new() },
        labels: labels.join(", "),
        named: parts.iter().take(NAMED).map(named).collect(),
        more: parts.len().saturating_sub(NAMED),
        example,
    }
}

/// What they say, in a few words; what several say, once.
fn summaries(parts: &[Part<'_>]) -> String {
    let mut said: Vec<(&str, usize)> = Vec::new();
    for part in parts {
        match said.iter_mut().find(|(known, _)| *known == part.summary) {
            Some((_, times)) => *times += 1,
            None => said.push((part.summary, 1)),
        }
    }
    let more = said.len().saturating_sub(IN_SUBJECT);
    let words = |(words, times): &(&str, usize)| match times {
        1 => (*words).to_owned(),
        times => format!("{times} x {words}"),
    };
    let newest = said.iter().skip(more).map(words);
    let others = (more > 0).then(|| format!("{more} more"));
    others.into_iter().chain(newest).collect::<Vec<_>>().join("; ")
}

/// One tap by which its reader has all of the incidents of which the mail calls.
fn for_all(book: &Book, to: &Address, subject: &str, parts: &[Part<'_>], reader: &Reader) -> Option<Answer> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts.iter().filter(|part| part.page && part.incident != HOUSE) {
        let line = format!("{} ack", inner::label(book, part.incident));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.truncate(BY_ONE_TAP);
    let first = lines.first()?.clone();
    let shown = if lines.len() > 1 { format!("{first} …") } else { first };
    let reply = layout::Reply { to: to.as_str(), subject, reader };
    Some(reply.lines(&shown, "ack-all", &lines.join("\n")))
}

/// Where answers go that name their incidents themselves.
fn reply_address(book: &Book, person: &PersonId) -> Address {
    token::reply_address(&book.address, HOUSE, &book.keys.sign(Purpose::Bundle, grant(person)))
}

fn grant(person: &PersonId) -> Grant<'_> {
    Grant { incident: HOUSE, audience: &inner::AUDIENCE, number: 0, person }
}

/// Who answers such a mail with one of these addresses' tokens.
pub fn bundle_answered<'a>(book: &'a Book, tokens: &[(u64, String)], now: Timestamp) -> Option<&'a PersonId> {
    let mut tokens = tokens.iter().filter(|(incident, _)| *incident == HOUSE).map(|(_, token)| token);
    tokens.find_map(|token| {
        let is_theirs = |person: &&PersonId| book.keys.verify(Purpose::Bundle, grant(person), token, now);
        book.directory.people.keys().find(is_theirs)
    })
}

/// What becomes of a command in such an answer that names no incident.
pub fn which_incident(book: &Book, reader: &Reader) -> String {
    inner::phrase(reader, "results.which-incident", &[("label", inner::label(book, 1))])
}
