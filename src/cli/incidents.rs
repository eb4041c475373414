//! Owns `firebell incidents`: one line for each incident, the most pressing first.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::output::{self, NAME, WRONG, paint, style_of};
use super::show::beliefs::{self, Belief};
use super::{End, Failure, site};
use crate::book::Book;
use crate::directory::{Language, PersonId, ServiceId, Severity};
use crate::incident::words::one_line;
use crate::incident::{Incident, Status};
use crate::io::clock::Clock;
use crate::io::store::views;
use crate::notice::{self, Reader};

/// `firebell incidents`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell incidents
          firebell incidents --all --json | jq -r 'select(.severity == \"sev1\").incident'

Those that are broken and nobody has come first. A client that believes what isn't true is named.

Next:     `firebell show INC-42` tells all of one.")]
pub(super) struct Arguments {
    /// One JSON object for each incident, on a line of its own
    #[arg(long)]
    json: bool,
    /// Closed ones too
    #[arg(long)]
    all: bool,
}

/// What JSON says of an incident.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    incident: String,
    status: Status,
    severity: Severity,
    title: String,
    service: Option<ServiceId>,
    public_name: String,
    owner: Option<PersonId>,
    acknowledged_by: Option<PersonId>,
    occurrences: u32,
    began: Timestamp,
    recovered: Option<Timestamp>,
    merged_into: Option<String>,
    parts: Vec<String>,
    parties: Vec<Belief>,
}

impl Facts {
    /// The facts of an incident.
    pub(super) fn of(book: &Book, incident: &Incident) -> Self {
        Self {
            incident: notice::label(book, incident.number),
            status: incident.status(),
            severity: incident.severity,
            title: incident.title.clone(),
            service: incident.service.clone(),
            public_name: incident.public_name.clone(),
            owner: incident.owner.clone(),
            acknowledged_by: incident.acknowledged.as_ref().map(|acknowledged| acknowledged.by.clone()),
            occurrences: incident.occurrence(),
            began: incident.began(),
            recovered: incident.recovery().map(|recovery| recovery.at),
            merged_into: incident.merged_into.map(|number| notice::label(book, number)),
            parts: incident.absorbed.keys().map(|number| notice::label(book, *number)).collect(),
            parties: beliefs::of(book, incident),
        }
    }
}

/// Lists them.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let all = site::store(&config)?.read(views::incidents)?;
    let listed = listed(all, arguments.all);
    if arguments.json {
        for incident in &listed {
            output::print_json(&Facts::of(&config.book, incident))?;
        }
    } else {
        output::print(&text(&config.book, &listed, Clock::World.now()))?;
    }
    Ok(End::Done)
}

/// The most pressing first: by status, severity, and the newest before older ones.
fn listed(mut incidents: Vec<Incident>, all: bool) -> Vec<Incident> {
    incidents.retain(|incident| all || incident.status() != Status::Closed);
    incidents.sort_by_key(|incident| {
        (rank(incident.status()), incident.severity, std::cmp::Reverse(incident.number))
    });
    incidents
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Open => 0,
        Status::Acknowledged => 1,
        Status::Mitigated => 2,
        Status::Resolved => 3,
        Status::Closed => 4,
    }
}

fn text(book: &Book, incidents: &[Incident], now: Timestamp) -> String {
    if incidents.is_empty() {
        return "Nothing is open. `firebell incidents --all` lists what is closed, too.\n".to_owned();
    }
    let reader = Reader::anybody(book, Language::En, now);
    incidents.iter().map(|incident| line(book, incident, &reader)).collect()
}

fn line(book: &Book, incident: &Incident, reader: &Reader) -> String {
    let status = incident.status();
    let label = paint(NAME, &format!("{:<8}", notice::label(book, incident.number)));
    let word = paint(style_of(status), &format!("{:<12}", status.word()));
    let when = match (incident.merged_into, incident.recovery()) {
        (Some(number), _) => format!("goes on as {}", notice::label(book, number)),
        (None, Some(recovery)) => format!("recovered {}", reader.past(recovery.at)),
        (None, None) => format!("since {}", reader.past(incident.began())),
    };
    let again =
        if incident.occurrence() > 1 { format!(", {} times", incident.occurrence()) } else { String::new() };
    let deceived: Vec<String> = beliefs::deceived(book, incident).iter().map(ToString::to_string).collect();
    let deceived = match deceived.as_slice() {
        [] => String::new(),
        parties => paint(WRONG, &format!(" [{} must be told]", parties.join(", "))),
    };
    format!("{label} {word} {} {}, {when}{again}{deceived}\n", incident.severity, one_line(&incident.title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::night::{alert, at, book, mail, plain, receive};
    use crate::io::store::Store;

    #[test]
    fn the_most_pressing_come_first_and_clients_who_must_be_told_are_named() {
        let (book, mut store) = (book(), Store::in_memory().unwrap());
        receive(&mut store, &book, &mail("0", "kato@example.com", "Router\u{1b}[2J reboots", "again"), at(0));
        receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
        let incidents = listed(store.read(views::incidents).unwrap(), false);
        let said = plain(&text(&book, &incidents, at(10)));
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines[0],
            "INC-2    open         SEV1 web01 svc-a, since 01:00 JST (10 min ago) [client-a must be told]"
        );
        assert!(lines[1].starts_with("INC-1    open         SEV3 Router"), "{}", lines[1]);
        assert!(!said.chars().any(|c| c.is_control() && c != '\n'));
        let json = serde_json::to_value(Facts::of(&book, &incidents[0])).unwrap();
        assert_eq!((&json["incident"], &json["severity"]), (&"INC-2".into(), &"sev1".into()));
        assert_eq!(json["recovered"], serde_json::Value::Null);
    }

    #[test]
    fn closed_ones_are_listed_only_when_asked_for() {
        let (book, mut store) = (book(), Store::in_memory().unwrap());
        receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
        let mut all = store.read(views::incidents).unwrap();
        all[0].closed_at = Some(at(5));
        assert_eq!(listed(all.clone(), true).len(), 1);
        assert_eq!(listed(all, false).len(), 0);
        assert!(text(&book, &[], at(0)).contains("firebell incidents --all"));
    }
}
