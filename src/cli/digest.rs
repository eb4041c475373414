//! Owns `firebell digest`: what a digest would say, without sending it.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::paper;
use super::{End, Failure, site};
use crate::book::Book;
use crate::config::mistake::suggestion;
use crate::digest::{self, Period};
use crate::directory::PersonId;
use crate::incident::words::one_line;
use crate::io::clock::Clock;
use crate::io::store::{Store, find, records};
use crate::notice::Reader;
use crate::timetable::DigestOrder;

/// How far back trends look.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7 * digest::WEEKS);

/// `firebell digest`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell digest morning --preview
          firebell digest morning --preview --json | jq '.untold'

Prints what the digest would say now, to the first of its readers; nothing is sent, and the next one that is sent says the
same again. It tells of the time since the last one that was sent.

Next:     `cron` in its [[digest]] says when it is sent; README lists its keys.")]
pub(super) struct Arguments {
    /// Name of the digest: its `id` in firebell.toml
    name: String,
    /// Only print it. Digests are sent by `firebell run`; this is the default and only says so
    #[arg(long)]
    preview: bool,
    /// As if it were sent at this time, such as 2026-11-23T09:00+09:00; incidents are shown as they are now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// For this reader: a person's id
    #[arg(long = "as", value_name = "PERSON")]
    reader: Option<String>,
    /// What it says as one JSON object
    #[arg(long)]
    json: bool,
    /// Write the mail's HTML into this file
    #[arg(long, value_name = "FILE")]
    html: Option<std::path::PathBuf>,
}

/// Prints it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let order = order(&config.book, &arguments.name)?;
    let now = arguments.at.unwrap_or_else(|| Clock::World.now());
    let reader_id =
        arguments.reader.as_deref().map(PersonId::new).or_else(|| order.recipients.first().cloned());
    let reader = reader(&config.book, reader_id.as_ref(), now)?;
    let store = site::store_to_read(&config)?;
    let (records, period) = read(&store, order, reader_id.as_ref(), now)?;
    if let Some(of_client) = digest::compose_for_client(&config.book, order, &records, period) {
        let document = digest::client_paper(&config.book, &of_client, &reader);
        return paper::write(
            (&document, &config.book.templates),
            &of_client,
            arguments.json,
            arguments.html.as_deref(),
        );
    }
    let digest = digest::compose(&config.book, order, &records, period);
    let document = digest::paper(&config.book, &digest, &reader);
    paper::write((&document, &config.book.templates), &digest, arguments.json, arguments.html.as_deref())
}

fn order<'a>(book: &'a Book, name: &str) -> Result<&'a DigestOrder, Failure> {
    book.digests.iter().find(|order| order.id == name).ok_or_else(|| {
        let near = suggestion(name, book.digests.iter().map(|order| order.id.as_str()));
        let advice = if book.digests.is_empty() {
            "; firebell.toml has no [[digest]] yet, README shows one"
        } else {
            ""
        };
        Failure::Impossible(format!("there is no digest `{}`{near}{advice}", one_line(name)))
    })
}

fn reader(book: &Book, id: Option<&PersonId>, now: Timestamp) -> Result<Reader, Failure> {
    let Some(id) = id else {
        return Ok(Reader::anybody(book, book.language, now));
    };
    let person = book.directory.people.get(id).ok_or_else(|| {
        let near = suggestion(id.as_str(), book.directory.people.keys().map(PersonId::as_str));
        Failure::Impossible(format!("there is no person `{}`{near}", one_line(id.as_str())))
    })?;
    Ok(Reader::of(book, person, now))
}

/// What the digest is made of, from the last one that was sent, else from the time before this one for which it is due.
fn read(
    store: &Store,
    order: &DigestOrder,
    person: Option<&PersonId>,
    now: Timestamp,
) -> Result<(digest::Records, Period), Failure> {
    let day_before = now - SignedDuration::from_hours(24);
    let house = store.read(find::house)?;
    let known = house.digests.get(&order.id).zip(person).map(|(state, person)| state.told_until(person));
    let newest = || order.rhythm.newest_until(now - SignedDuration::from_secs(1)).unwrap_or(day_before);
    let from = known.filter(|from| *from < now).unwrap_or_else(newest);
    let look_back = if order.trends { from.min(now - LONGEST) } else { from };
    let records = store.read(|connection| records::since(connection, look_back))?;
    Ok((records, Period { from, to: now }))
}
