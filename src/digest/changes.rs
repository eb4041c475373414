//! Owns what happened in a period, by incident: the turns of its timeline.

use jiff::Timestamp;
use serde::Serialize;

use super::Period;
use crate::chronicle::Record;
use crate::directory::{PersonId, Severity};
use crate::incident::{Event, Fact, Reporting};

/// Most turns of one incident that are told; the newest are.
const MOST_TURNS: usize = 12;

/// An incident of which something happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Its number.
    pub incident: u64,
    /// Its title.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// What happened, oldest first.
    pub turns: Vec<(Timestamp, Change)>,
    /// So many earlier ones are not told.
    pub more: usize,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// It began.
    Opened,
    /// It broke again.
    Recurred {
        /// Which occurrence that is.
        occurrence: u32,
    },
    /// It had not recovered after all.
    Withdrawn,
    /// Somebody has it.
    Acknowledged {
        /// Who.
        by: PersonId,
    },
    /// Whoever had it was not heard of.
    Expired {
        /// Who.
        by: PersonId,
    },
    /// It got worse.
    Raised {
        /// What it is now.
        to: Severity,
    },
    /// It works again.
    Recovered {
        /// Who said so; None when the alerts did.
        by: Option<PersonId>,
    },
    /// The cause is gone.
    Resolved {
        /// Who said so.
        by: PersonId,
    },
    /// Done with.
    Closed,
    /// A version of its report was sent; the first one where it was closed before.
    Reported {
        /// Its number.
        version: u32,
    },
    /// It is part of another one.
    Merged {
        /// That one.
        into: u64,
    },
}

/// What happened to an incident; None when nothing did.
pub(super) fn of(record: &Record, period: Period) -> Option<Changed> {
    let mut so_far = SoFar::default();
    let turns = record.events.iter().map(|event| (event.at, so_far.change(event)));
    let within = turns.filter(|(at, _)| period.holds(*at));
    let mut turns: Vec<(Timestamp, Change)> =
        within.filter_map(|(at, change)| change.map(|change| (at, change))).collect();
    let more = turns.len().saturating_sub(MOST_TURNS);
    turns.drain(..more);
    let incident = &record.incident;
    (!turns.is_empty()).then(|| Changed {
        incident: incident.number,
        title: incident.title.clone(),
        severity: incident.severity,
        turns,
        more,
    })
}

/// What is known on the way through a timeline.
#[derive(Debug, Default)]
struct SoFar {
    closed: bool,
    versions: u32,
}

impl SoFar {
    /// What an event changes: who approves a report closes the incident, where it isn't closed yet.
    fn change(&mut self, event: &Event) -> Option<Change> {
        let approved = matches!(event.fact, Fact::Reporting(Reporting::Approved { .. }));
        self.versions += u32::from(approved);
        let change = match change(event) {
            Some(Change::Closed) if approved && self.closed => {
                Some(Change::Reported { version: self.versions })
            }
            change => change,
        };
        match change {
            Some(Change::Closed) => self.closed = true,
            Some(Change::Opened | Change::Recurred { .. } | Change::Withdrawn) => self.closed = false,
            _ => {}
        }
        change
    }
}

fn change(event: &Event) -> Option<Change> {
    Some(match &event.fact {
        Fact::Opened(_) => Change::Opened,
        Fact::Recurred { occurrence, .. } => Change::Recurred { occurrence: *occurrence },
        Fact::RecoveryWithdrawn { .. } => Change::Withdrawn,
        Fact::Acknowledged { by, .. } => Change::Acknowledged { by: by.clone() },
        Fact::AcknowledgementExpired { by } => Change::Expired { by: by.clone() },
        Fact::SeverityRaised { to, .. } => Change::Raised { to: *to },
        Fact::Recovered { by, .. } => Change::Recovered { by: by.person().cloned() },
        Fact::Resolved { by, .. } => Change::Resolved { by: by.clone() },
        Fact::Closed { .. } | Fact::ArchiveEnded | Fact::Reporting(Reporting::Approved { .. }) => {
            Change::Closed
        }
        Fact::MergedInto { number, .. } => Change::Merged { into: *number },
        _ => return None,
    })
}
