//! Owns `firebell log`: the house log, what happened that belongs to no incident.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::output::{self, QUIET, WARNING, paint};
use super::{End, Failure, site};
use crate::house::HouseEvent;
use crate::incident::words::one_line;
use crate::io::store::views;

/// `firebell log`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell log | tail
          firebell log --json | jq 'select(.fact == \"unmatched\")'

No mail is ever dropped: what no rule wanted, what a rule ignored or held, duplicates, recoveries of nothing and mail
that could not be worked on are listed here, the newest last.

Next:     for an unmatched mail that matters, save it and see `firebell explain FILE`, then write a rule for it.")]
pub(super) struct Arguments {
    /// One JSON object for each line
    #[arg(long)]
    json: bool,
}

/// What JSON says of a line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    event: &'a HouseEvent,
    line: String,
}

/// Lists it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let events = site::store(&config)?.read(views::house_events)?;
    if arguments.json {
        for event in &events {
            output::print_json(&Line { event, line: one_line(&event.fact.line()) })?;
        }
    } else {
        output::print(&text(&events, &config.book.zone))?;
    }
    Ok(End::Done)
}

fn text(events: &[HouseEvent], zone: &TimeZone) -> String {
    if events.is_empty() {
        return "Nothing happened that belongs to no incident.\n".to_owned();
    }
    events.iter().map(|event| line(event, zone)).collect()
}

fn line(event: &HouseEvent, zone: &TimeZone) -> String {
    let line = one_line(&event.fact.line());
    let line = if event.fact.is_trouble() { paint(WARNING, &line) } else { line };
    format!("{} {line}\n", paint(QUIET, &time(event.at, zone)))
}

fn time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::HouseFact;

    #[test]
    fn a_strangers_subject_stays_on_its_line() {
        let fact = HouseFact::Unmatched {
            from: "x@example.net".to_owned(),
            subject: "a\r\nb\u{1b}[2J".to_owned(),
            not_yet: None,
        };
        let event = HouseEvent { seq: 1, at: "2026-11-22T01:00:00Z".parse().unwrap(), fact };
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let said = anstream::adapter::strip_str(&text(&[event], &zone)).to_string();
        assert_eq!(said, "2026-11-22 10:00 JST unmatched: \"a b [2J\" from x@example.net\n");
    }
}
