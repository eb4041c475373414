//! Owns the reports that belong to no incident: what the operator must know of firebell itself.

use jiff::Timestamp;
use serde::Serialize;

use super::render::{Body, Envelope, write};
use super::when::Reader;
use super::wording::{self, Side};
use super::{Notice, inner};
use crate::book::Book;
use crate::directory::PersonId;
use crate::house::{HOUSE, HouseEvent};
use crate::incident::NoticeKind;
use crate::incident::words::one_line;
use crate::token::{self, Grant, Purpose};

#[derive(Serialize)]
struct ReportView<'a> {
    text: String,
    gateway: &'a str,
    label: &'a str,
}

/// A report to somebody of the operator party. `number` counts the reports of the house.
pub fn report(
    book: &Book,
    person: &PersonId,
    event: &HouseEvent,
    number: u32,
    now: Timestamp,
) -> Option<Notice> {
    let person = book.directory.people.get(person)?;
    let reader = Reader { zone: person.zone.clone(), language: person.language, now };
    let view = ReportView { text: event.fact.report(), gateway: &book.name, label: &book.name };
    let text = wording::text(reader.language, Side::Inner, "report", &view);
    let grant = Grant { incident: HOUSE, audience: &inner::AUDIENCE, number, person: &person.id };
    let message_id =
        token::message_id(&book.address, HOUSE, number, &book.keys.sign(Purpose::MessageId, grant));
    let subject = format!("{}: {}", book.name, text.headline);
    let envelope = Envelope {
        book,
        person,
        message_id: &message_id,
        reply_to: None,
        references: Vec::new(),
        subject: &subject,
        list: None,
        urgent: false,
        now,
    };
    let bytes = write(&envelope, &Body { footer: book.name.clone(), ..Body::from(text) });
    Some(Notice {
        bytes,
        incident: HOUSE,
        audience: inner::AUDIENCE,
        number,
        person: person.id.clone(),
        to: person.addresses.first()?.clone(),
        from: Some(book.address.clone()),
        kind: NoticeKind::Report,
        belief: None,
        about: event.seq,
        summary: one_line(&event.fact.line()),
        queued_at: now,
        subject,
        message_id,
    })
}
