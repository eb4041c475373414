//! Owns the reports on what a transcript came to: every edition in both languages, and what no client may read in its own.

use jiff::Timestamp;

use crate::book::Book;
use crate::chronicle::Record;
use crate::directory::{Language, PartyId};
use crate::document::{self, Document};
use crate::notice::{self, Reader};
use crate::picture;
use crate::report;

/// A report that was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// Of what and for whom: `INC-1 client-a ja`.
    pub name: String,
    /// What it says.
    pub document: Document,
    /// Its picture, as SVG.
    pub svg: String,
    /// Words that must not stand in it, nor in its picture.
    pub secrets: Vec<String>,
}

/// The reports on some incidents.
pub(super) fn of(book: &Book, records: &[Record], now: Timestamp) -> Vec<Written> {
    let languages = [Language::En, Language::Ja];
    let mut written = Vec::new();
    for record in records {
        for language in languages {
            let reader = Reader::anybody(book, language, now);
            written.push(inner(book, record, &reader));
            written.extend(record.incident.clients.iter().filter_map(|it| client(book, record, it, &reader)));
        }
    }
    written
}

fn inner(book: &Book, record: &Record, reader: &Reader) -> Written {
    let report = report::report(book, record, 1, reader.now);
    Written {
        name: name(book, record, "house", reader),
        document: report::paper(book, &report, reader),
        svg: picture::svg(&report::figure(book, record, reader).chart),
        secrets: Vec::new(),
    }
}

fn client(book: &Book, record: &Record, client: &PartyId, reader: &Reader) -> Option<Written> {
    let report = report::client_report(book, record, client, 1, reader.now)?;
    let people = book.directory.people.values().filter(|person| book.directory.is_internal(&person.id));
    let parties = book.directory.parties.values().filter(|party| party.id != *client);
    let keys = record.incident.keys.keys().cloned();
    let title = (record.incident.title != record.incident.public_name).then(|| record.incident.title.clone());
    let secrets = people.map(|person| person.name.clone()).chain(parties.map(|party| party.name.clone()));
    Some(Written {
        name: name(book, record, client.as_str(), reader),
        document: report::client_paper(book, &report, reader),
        svg: picture::svg(&report::client_figure(book, record, client, reader).chart),
        secrets: secrets.chain(keys).chain(title).collect(),
    })
}

fn name(book: &Book, record: &Record, whose: &str, reader: &Reader) -> String {
    format!("{} {whose} {}", notice::label(book, record.incident.number), document::tag(reader.language))
}
