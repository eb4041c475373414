//! Owns `firebell show`: all that is known of one incident.

pub(super) mod beliefs;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::incidents::Facts;
use super::{End, Failure, output, site};
use crate::book::Book;
use crate::incident::words::line;
use crate::incident::{Event, Incident, Occurrence, Participant, participants};
use crate::io::clock::Clock;
use crate::io::store::{find, views};

/// `firebell show`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell show INC-42
          firebell show 42 --json | jq '.timeline[].line'

Says who is in it and why, what every party was told last and whether it is still true, and the timeline with the reason
of each line.

Next:     `firebell do INC-42 \"ack\" --as kato` acts on it; `firebell outbox` lists mails still on their way.")]
pub(super) struct Arguments {
    /// `INC-42`, or just `42`
    #[arg(value_name = "INCIDENT")]
    incident: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What JSON says of an incident and how it came to be.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    facts: Facts,
    history: &'a [Occurrence],
    people: &'a [Participant],
    alerts: Vec<Source<'a>>,
    timeline: Vec<Line>,
}

/// What the monitor says under one key.
#[derive(Debug, Serialize)]
struct Source<'a> {
    key: &'a str,
    firing: bool,
    count: u32,
    last_seen: Timestamp,
}

/// One line of the timeline.
#[derive(Debug, Serialize)]
struct Line {
    seq: u32,
    at: Timestamp,
    line: String,
}

/// Shows it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let loaded = site::load_without_rules(config)?;
    let book = &loaded.config.book;
    let number = site::number(book, loaded.no_key.is_none(), &arguments.incident, Clock::World.now())?;
    let store = site::store(&loaded.config)?;
    let found = store.read(|connection| {
        let (incident, house) = (find::incident(connection, number)?, find::house(connection)?);
        Ok((incident, views::events(connection, number)?, house))
    })?;
    let (Some(incident), events, house) = found else { return Err(site::no_such(book, &store, number)) };
    let now = Clock::World.now();
    let people = participants(&book.roster(&house.overrides), &incident, &events, now);
    if arguments.json {
        output::print_json(&whole(book, &incident, &events, &people))?;
    } else {
        output::print(&words::text(book, &incident, (&events, &people), now))?;
    }
    Ok(End::Done)
}

fn whole<'a>(book: &Book, incident: &'a Incident, events: &[Event], people: &'a [Participant]) -> Whole<'a> {
    let source = |(key, state): (&'a String, &crate::incident::Key)| Source {
        key,
        firing: state.firing,
        count: state.count,
        last_seen: state.last_seen,
    };
    let line = |event: &Event| Line { seq: event.seq, at: event.at, line: line(event, &book.zone) };
    Whole {
        facts: Facts::of(book, incident),
        history: &incident.occurrences,
        people,
        alerts: incident.keys.iter().map(source).collect(),
        timeline: events.iter().map(line).collect(),
    }
}
