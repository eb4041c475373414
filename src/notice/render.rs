//! Owns the form of a mail: subject, ids, text and HTML.

use jiff::Timestamp;

use super::envelope::{Envelope, write_parts};
use super::inner::{self, LineView};
use super::layout::{self, Answer, Body, Reply};
use super::short;
use super::when::Reader;
use super::{Notice, Owed, client, facts, held, tellings, transcript};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, Language, Person, PersonId};
use crate::incident::words::{self, one_line};
use crate::incident::{Incident, NoticeKind, SentNotice, Status};
use crate::token::{self, Grant, Purpose};

/// Writes a mail that an event owes. `number` is its number within its audience; `event` the place of the event; `to` where
/// it goes, when that is not its reader's first address.
pub fn render(
    book: &Book,
    incident: &Incident,
    owed: &Owed,
    number: u32,
    event: u32,
    to: Option<Address>,
    now: Timestamp,
) -> Option<Notice> {
    let person = book.directory.people.get(&owed.person)?;
    let to = to.or_else(|| person.addresses.first().cloned())?;
    // At their phone they are somebody with one address.
    let there = Person { addresses: vec![to.clone()], plain_text: true, ..person.clone() };
    let person = if person.short.contains(&to) { &there } else { person };
    let reader = Reader::of(book, person, now);
    let message_id = signed_id(book, incident, &owed.audience, number, &person.id);
    let reply_to = match owed.details.asked {
        Some(asked) => transcript::address_of_proof(book, incident, asked, &person.id),
        None => reply_address(book, incident, &owed.audience, &person.id),
    };
    let Written { subject, reply_name, body, summary } = written(book, incident, owed, &reply_to, &reader)?;
    let transcript = owed.kind == NoticeKind::Transcript;
    let is_of_client = owed.audience != inner::AUDIENCE;
    let envelope = Envelope {
        book,
        person,
        message_id: &message_id,
        reply_to: Some((reply_name, reply_to)),
        references: references(book, incident, (&owed.audience, &owed.person), number, now),
        subject: &subject,
        list: Some(inner::label(book, incident.number)),
        // Which other mailboxes of ours told of it is nothing to a client.
        via: if owed.audience == inner::AUDIENCE { &incident.origin.via } else { &[] },
        urgent: matches!(owed.kind, NoticeKind::Page { .. }),
        now,
    };
    Some(Notice {
        bytes: write(&envelope, &body),
        incident: incident.number,
        audience: owed.audience.clone(),
        number,
        person: person.id.clone(),
        to,
        from: (!transcript).then(|| book.address.clone()),
        kind: owed.kind.clone(),
        text: owed.details.news.filter(|_| is_of_client).map_or(owed.template, client::template),
        belief: owed.belief,
        about: u64::from(event),
        summary,
        queued_at: now,
        withheld: None,
        asks: asks(owed),
        subject,
        message_id,
    })
}

/// What a mail says, and as whom its reader answers it.
struct Written {
    subject: String,
    reply_name: String,
    body: Body,
    summary: String,
}

/// The two sides are written apart: a client's mail is made of what a client may know, and of nothing else.
fn written(
    book: &Book,
    incident: &Incident,
    owed: &Owed,
    reply_to: &Address,
    reader: &Reader,
) -> Option<Written> {
    let Some(client_id) = client::client_of(&owed.audience) else {
        let (body, summary) = inner_body(book, incident, owed, reply_to, reader);
        let subject =
            subject(book, incident, &one_line(incident.thread_title()), reader.language, reader.now);
        return Some(Written { subject, reply_name: book.name.clone(), body, summary });
    };
    let news = owed.details.news?;
    let said = (owed.details.until, owed.details.written.clone());
    let view = client::view(book, incident, client_id, said, reader);
    let text = client::text(news, &view, reader);
    Some(Written {
        subject: subject(book, incident, &client::subject(&view, reader), reader.language, reader.now),
        body: Body { footer: client::footer(&view, reader), ..Body::from(text) },
        summary: words::news_line(news, owed.details.until, incident, &book.zone),
        reply_name: view.public_name,
    })
}

fn inner_body(
    book: &Book,
    incident: &Incident,
    owed: &Owed,
    reply_to: &Address,
    reader: &Reader,
) -> (Body, String) {
    let lines: Vec<LineView> = transcript::lines(book, incident, owed, reply_to, reader);
    let view = inner::view(book, incident, &owed.details, lines, reader);
    let text = inner::text(owed.template, &view, reader);
    // For people who look at the outbox: what the mail says first.
    let summary = match owed.kind {
        NoticeKind::Page { .. } if owed.details.position.is_some() => words::kind_words(&owed.kind),
        NoticeKind::Transcript => words::kind_words(&owed.kind),
        _ => text.headline.clone(),
    };
    let subject = subject(book, incident, &one_line(incident.thread_title()), reader.language, reader.now);
    // Whoever hears of it for the first time wants to see what the monitor said.
    let preview = tellings::preview(book, incident, owed, reader);
    let says_first = matches!(owed.kind, NoticeKind::Page { .. }) || owed.template == "opened";
    let body = Body {
        facts: facts::facts(book, incident, &owed.also, reader),
        answer: inner::phrase(reader, "phrases.answer", &[]),
        answers: answers(book, incident, owed, &Reply { to: reply_to.as_str(), subject: &subject, reader }),
        reported: inner::phrase(reader, tellings::heading(owed), &[]),
        report: preview.unwrap_or_else(|| if says_first { incident.report.clone() } else { String::new() }),
        footer: inner::footer(&view, reader),
        ..Body::from(text)
    };
    (body, summary)
}

/// Whether its reader is to say something, and did not only want to know.
fn asks(owed: &Owed) -> bool {
    let details = &owed.details;
    let asked = details.question.is_some() || details.asked.is_some() || tellings::answers(owed).is_some();
    asked || matches!(owed.template, "merge-asked" | "held")
}

/// The likeliest answers: what the mail asks for, and three that the status suggests.
fn answers(book: &Book, incident: &Incident, owed: &Owed, reply: &Reply<'_>) -> Vec<Answer> {
    if let Some(words) = tellings::answers(owed) {
        return words.iter().map(|(word, meaning)| reply.with(word, meaning)).collect();
    }
    let asked = owed.details.other.as_ref().filter(|_| owed.template == "merge-asked");
    let merge = asked.map(|(other, _)| reply.with(&format!("merge {}", inner::label(book, *other)), "merge"));
    let words: [(&str, &str); 3] = match incident.status() {
        _ if owed.template == "held" => held::ANSWERS,
        _ if owed.details.question.is_some() => {
            [("same", "kin-same"), ("new", "kin-new"), ("noise", "kin-noise")]
        }
        _ if owed.details.asked.is_some() => [("confirm", "confirm"), ("status", "status"), ("help", "help")],
        // What it is part of is broken, as a rule; where not, the answer says so.
        Status::Closed if incident.merged_into.is_some() => {
            [("ack", "ack"), ("recovered", "recovered"), ("status", "status")]
        }
        Status::Open | Status::Acknowledged => {
            [("ack", "ack"), ("recovered", "recovered"), ("status", "status")]
        }
        Status::Mitigated => [("resolved", "resolved-word"), ("reopen", "reopen"), ("status", "status")],
        Status::Resolved => [("close", "close"), ("reopen", "reopen"), ("status", "status")],
        Status::Closed => [("reopen", "reopen"), ("status", "status"), ("help", "help")],
    };
    merge.into_iter().chain(words.map(|(word, meaning)| reply.with(word, meaning))).collect()
}

/// A link with which somebody of the house answers an incident's mail by a word.
pub fn reply_link(book: &Book, incident: &Incident, person: &PersonId, word: &str) -> String {
    let to = reply_address(book, incident, &inner::AUDIENCE, person);
    layout::mailto(to.as_str(), &inner::label(book, incident.number), word)
}

/// `[INC-42-K7] AGAIN (2): title`, constant per occurrence, audience and language: mail readers split threads on it.
fn subject(book: &Book, incident: &Incident, title: &str, language: Language, now: Timestamp) -> String {
    let again = match (incident.occurrence(), language) {
        (0 | 1, _) => String::new(),
        (n, Language::En) => format!("AGAIN ({n}): "),
        (n, Language::Ja) => format!("【再発 {n}】"),
    };
    plain_subject(book, incident, &format!("{again}{title}"), now)
}

/// `[INC-42-K7] title`.
pub(super) fn plain_subject(book: &Book, incident: &Incident, title: &str, now: Timestamp) -> String {
    let check = book.keys.check_characters(incident.number, incident.detected(), now);
    format!("[{}-{check}] {title}", inner::label(book, incident.number))
}

/// The address that carries somebody's right to answer.
pub(super) fn reply_address(
    book: &Book,
    incident: &Incident,
    audience: &Audience,
    person: &PersonId,
) -> Address {
    let grant = Grant { incident: incident.number, audience, number: incident.occurrence(), person };
    token::reply_address(&book.address, incident.number, &book.keys.sign(Purpose::Reply, grant))
}

pub(super) fn signed_id(
    book: &Book,
    incident: &Incident,
    audience: &Audience,
    number: u32,
    person: &PersonId,
) -> String {
    let grant = Grant { incident: incident.number, audience, number, person };
    token::message_id(&book.address, incident.number, number, &book.keys.sign(Purpose::MessageId, grant))
}

/// The id of a mail that never was, and that all mails of an occurrence and audience refer to: whoever gets only the
/// third mail still sees one thread.
pub fn thread_root(book: &Book, incident: &Incident, audience: &Audience, now: Timestamp) -> String {
    let root = PersonId::new("");
    let grant = Grant { incident: incident.number, audience, number: incident.occurrence(), person: &root };
    let token = book.keys.sign_as_of(incident.detected(), Purpose::MessageId, grant, now);
    token::message_id(&book.address, incident.number, 0, &token)
}

/// The root of the thread, then the newest mail of it that this person got.
pub(super) fn references(
    book: &Book,
    incident: &Incident,
    (audience, person): (&Audience, &PersonId),
    number: u32,
    now: Timestamp,
) -> Vec<String> {
    let newest = incident.notices.iter().rev().find(|sent| {
        &sent.audience == audience
            && &sent.person == person
            && sent.occurrence == incident.occurrence()
            && sent.number != number
    });
    let id = |sent: &SentNotice| {
        let SentNotice { audience, number, person, queued_at, .. } = sent;
        let grant = Grant { incident: incident.number, audience, number: *number, person };
        let token = book.keys.sign_as_of(*queued_at, Purpose::MessageId, grant, now);
        token::message_id(&book.address, incident.number, *number, &token)
    };
    let root = thread_root(book, incident, audience, now);
    std::iter::once(root).chain(newest.map(id)).collect()
}

/// The bytes of a mail: multipart/alternative, the text first and complete in itself. Empty when an address can't be
/// written, which the configuration rules out.
pub(super) fn write(envelope: &Envelope<'_>, body: &Body) -> Vec<u8> {
    if envelope.person.reads_short() {
        return write_parts(envelope, (short::text(body), String::new()), (&[], &[]), &[]);
    }
    let parts = layout::forms(body, envelope.person.language, &envelope.book.templates);
    parts.map(|parts| write_parts(envelope, parts, (&[], &[]), &[])).unwrap_or_default()
}
