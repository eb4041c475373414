//! Owns the mail that carries an incident's report, or a draft of it: whose thread it belongs to, its headers and files.

use jiff::Timestamp;

use super::envelope::{self, Envelope};
use super::{Notice, client, inner, render, short};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::PersonId;
use crate::document::{self, Attachment, Document, Image};
use crate::incident::words::{self, one_line};
use crate::incident::{Incident, NoticeKind};
use crate::templates::{Product, Side};

/// What such a mail carries, and to whom.
#[derive(Debug, Clone)]
pub struct ReportMail<'a> {
    /// Its thread: the house's or a client's.
    pub audience: &'a Audience,
    /// Its recipient.
    pub person: &'a PersonId,
    /// A draft, or a copy.
    pub kind: NoticeKind,
    /// What it says.
    pub document: &'a Document,
    /// The pictures in it.
    pub images: &'a [Image],
    /// The files with it.
    pub attachments: &'a [Attachment],
}

/// The mail. `numbered` is its number within its thread, and the event that it is about.
pub fn report_mail(
    book: &Book,
    incident: &Incident,
    mail: &ReportMail<'_>,
    (number, about): (u32, u32),
    now: Timestamp,
) -> Option<Notice> {
    let person = book.directory.people.get(mail.person)?;
    let audience = mail.audience;
    let message_id = render::signed_id(book, incident, audience, number, &person.id);
    let reply_name = match client::client_of(audience) {
        Some(client) => incident.name_for(client).to_owned(),
        None => book.name.clone(),
    };
    let reply_to = render::reply_address(book, incident, audience, &person.id);
    let title = one_line(&mail.document.title);
    let subject = render::plain_subject(book, incident, &title, now);
    let envelope = Envelope {
        book,
        person,
        message_id: &message_id,
        reply_to: Some((reply_name, reply_to)),
        references: render::references(book, incident, (audience, &person.id), number, now),
        subject: &subject,
        list: Some(inner::label(book, incident.number)),
        via: if *audience == inner::AUDIENCE { &incident.origin.via } else { &[] },
        urgent: false,
        now,
    };
    let bytes = if person.reads_short() {
        let side = if *audience == inner::AUDIENCE { Side::Inner } else { Side::Client };
        let phrases = book.templates.phrases(Product::Report, side, person.language);
        let line = short::line(mail.document, &phrases.say("short", &[("gateway", &book.name)]));
        envelope::write_parts(&envelope, (line, String::new()), (&[], &[]), &[])
    } else {
        let parts =
            (document::text(mail.document, &book.templates), document::html(mail.document, &book.templates));
        envelope::write_parts(&envelope, parts, (mail.images, mail.attachments), &[])
    };
    Some(Notice {
        bytes,
        incident: incident.number,
        audience: audience.clone(),
        number,
        person: person.id.clone(),
        to: person.addresses.first()?.clone(),
        from: Some(book.address.clone()),
        text: if mail.kind == NoticeKind::ReportDraft { "report-draft" } else { "report-copy" },
        summary: words::kind_words(&mail.kind),
        kind: mail.kind.clone(),
        belief: None,
        about: u64::from(about),
        queued_at: now,
        withheld: None,
        asks: false,
        subject,
        message_id,
    })
}
