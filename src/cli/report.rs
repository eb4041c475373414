//! Owns `firebell report`: the account of an incident, for the house or for a client, and the mails that prove it.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use jiff::Timestamp;

use super::paper;
use super::{End, Failure, site};
use crate::audience::Audience;
use crate::book::Book;
use crate::chronicle::Record;
use crate::config::mistake::suggestion;
use crate::directory::{Language, PartyId};
use crate::document;
use crate::incident::words::one_line;
use crate::io::clock::Clock;
use crate::io::evidence;
use crate::io::store::{Store, records};
use crate::notice::Reader;
use crate::picture;
use crate::report::{self, Edited, Edition};

/// `firebell report`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell report INC-42
          firebell report INC-42 --edition client-a --language ja --html report.html --picture report.png
          firebell report INC-42 --evidence INC-42.zip

The house's edition has everything; a client's is made of what that client may know, in Japanese in the order of a
障害報告書. What nobody has written yet is asked for by name, and stands in a client's edition as being checked. Nothing is
sent.

Next:     answer a mail of the incident with `cause: …`, `fix: …`, `prevention: …`, `impact: …`.")]
pub(super) struct Arguments {
    /// The incident: INC-42, or 42
    incident: String,
    /// For this client; without it the house's own
    #[arg(long, value_name = "CLIENT")]
    edition: Option<String>,
    /// In this language [default: that of its first reader, else the gateway's]
    #[arg(long, value_name = "LANGUAGE", value_parser = ["en", "ja"])]
    language: Option<String>,
    /// Write the HTML into this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write it into this file, as PDF; needs `gateway.fonts`, and a firebell built with the feature `pdf`
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Print it as text. This is what happens anyway, unless it is written into a file
    #[arg(long)]
    text: bool,
    /// Write the picture of the incident into this file, as PNG; needs `gateway.fonts`
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Write the original mails, the timeline and the report into this .zip
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// What it says as one JSON object
    #[arg(long)]
    json: bool,
}

/// Writes it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let loaded = site::load_without_rules(config)?;
    let (config, has_key) = (loaded.config, loaded.no_key.is_none());
    let now = Clock::World.now();
    let number = site::number(&config.book, has_key, &arguments.incident, now)?;
    let store = site::store_to_read(&config)?;
    let record = store.read(|connection| records::one(connection, number))?;
    let record = record.ok_or_else(|| site::no_such(&config.book, &store, number))?;
    let edition = edition(&config.book, &record, arguments, now)?;
    if let Some(path) = &arguments.picture {
        let png = picture::png(&edition.figure.chart, &config.book.fonts).ok_or_else(no_font)?;
        paper::write_file(path, &png)?;
    }
    if let Some(path) = &arguments.pdf {
        paper::write_file(path, &pdf(&config.book, &edition)?)?;
    }
    if let Some(path) = &arguments.evidence {
        write_evidence(&store, &config.book, &record, path)?;
    }
    let files = arguments.picture.is_some() || arguments.evidence.is_some() || arguments.pdf.is_some();
    if files && !arguments.text && !arguments.json && arguments.html.is_none() {
        return Ok(End::Done);
    }
    if let Some(path) = &arguments.html {
        paper::write_file(path, illustrated(&config.book, &edition).as_bytes())?;
        if !arguments.text && !arguments.json {
            return Ok(End::Done);
        }
    }
    paper::write((&edition.document, &config.book.templates), &edition.says, arguments.json, None)
}

fn edition(book: &Book, record: &Record, arguments: &Arguments, now: Timestamp) -> Result<Edition, Failure> {
    let client = arguments.edition.as_ref().map(PartyId::new);
    let reader = reader(book, client.as_ref(), arguments.language.as_deref(), now);
    let audience = client.map_or(Audience::Inner, Audience::Client);
    let edited = Edited { version: 0, before: None };
    report::edition(book, record, &audience, edited, &reader).ok_or_else(|| {
        let name = arguments.edition.as_deref().unwrap_or_default();
        let clients = &record.incident.clients;
        let near = suggestion(name, clients.iter().map(PartyId::as_str));
        let known: Vec<&str> = clients.iter().map(PartyId::as_str).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { known.join(", ") };
        let text = format!("`{}` is no client of this incident{near} (its clients: {known})", one_line(name));
        Failure::Impossible(text)
    })
}

/// The HTML with the picture in it, where there is a font to draw with.
fn illustrated(book: &Book, edition: &Edition) -> String {
    let (document, images) = edition.illustrated(book);
    let mut html = document::html(&document, &book.templates);
    for image in images {
        let data = format!("data:image/png;base64,{}", BASE64.encode(&image.png));
        html = html.replace(&format!("cid:{}", image.id), &data);
    }
    html
}

/// The first of those who will read it; where nobody is named, the gateway's own language and zone.
fn reader(book: &Book, client: Option<&PartyId>, language: Option<&str>, now: Timestamp) -> Reader {
    let first = client.and_then(|client| book.directory.people_in([client]).into_iter().next());
    let first = first.and_then(|person| book.directory.people.get(&person));
    let language = match language {
        Some("ja") => Language::Ja,
        Some(_) => Language::En,
        None => first.map_or(book.language, |person| person.language),
    };
    let anybody = Reader::anybody(book, language, now);
    Reader { zone: first.map_or_else(|| book.zone.clone(), |person| person.zone.clone()), ..anybody }
}

/// The edition as PDF.
fn pdf(book: &Book, edition: &Edition) -> Result<Vec<u8>, Failure> {
    if !document::WRITES_PDF {
        let text = "this firebell was built without PDF: build it with `cargo build --release --features pdf`, or write \
                    HTML with --html";
        return Err(Failure::Impossible(text.to_owned()));
    }
    if book.fonts.is_empty() {
        return Err(no_font());
    }
    let (document, images) = edition.illustrated(book);
    document::pdf(&document, &images, &book.fonts).ok_or_else(|| {
        Failure::Impossible("one of the fonts under `gateway.fonts` can't be used for PDF".to_owned())
    })
}

fn no_font() -> Failure {
    let text = "there is no font to draw with: list one that is installed here under `gateway.fonts`, such as \
                \"/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf\"";
    Failure::Impossible(text.to_owned())
}

fn write_evidence(store: &Store, book: &Book, record: &Record, path: &Path) -> Result<(), Failure> {
    let parts = record.incident.absorbed.keys().copied();
    let mut mails = Vec::new();
    for number in std::iter::once(record.incident.number).chain(parts) {
        mails.extend(store.read(|connection| records::originals(connection, number))?);
    }
    mails.sort_by_key(|mail| (mail.at, mail.id));
    let now = Clock::World.now();
    let reader = reader(book, None, None, now);
    let report =
        document::text(&report::paper(book, &report::report(book, record, 0, now), &reader), &book.templates);
    let zip = evidence::archive(book, record, &mails, &report)
        .map_err(|error| Failure::Impossible(format!("the evidence can't be packed: {error}")))?;
    paper::write_file(path, &zip)
}
