//! Owns the numbers of a week beside those of the weeks before it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Period;
use crate::book::Book;
use crate::chronicle::{self, Outcome, Record, Window};
use crate::directory::PersonId;
use crate::incident::{Fact, NoticeKind};
use crate::timetable::DigestOrder;

/// So many weeks are put side by side, this one included.
pub const WEEKS: i64 = 5;
/// So many keys are named that fired and nobody acted on.
const MOST_NOISY: usize = 10;
/// Hours at which a page wakes somebody, in the digest's zone: from, until.
const NIGHT: (i8, i8) = (22, 7);

/// The weeks, the noise and the load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trends {
    /// This week first.
    pub weeks: Vec<Week>,
    /// Keys that fired most among those on which nobody acted, this week.
    pub noisy: Vec<Noisy>,
    /// Who was paged how often this week.
    pub load: Vec<Load>,
}

/// One week in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Week {
    /// After this.
    pub from: Timestamp,
    /// Incidents that began.
    pub incidents: usize,
    /// Occurrences beyond the first.
    pub recurrences: usize,
    /// From when firebell knew until a client was told, the middle one, in seconds.
    pub to_tell: Option<i64>,
    /// From when firebell knew until somebody had it, the middle one, in seconds.
    pub to_acknowledge: Option<i64>,
    /// From the beginning until it worked again, the middle one, in seconds.
    pub to_mitigate: Option<i64>,
    /// Promises to clients that were kept.
    pub kept: usize,
    /// Promises to clients that were not.
    pub missed: usize,
}

/// A key that fires and moves nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Noisy {
    /// The key.
    pub key: String,
    /// How often it fired.
    pub alerts: usize,
    /// In how many incidents.
    pub incidents: usize,
}

/// How often somebody was paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Who.
    pub person: PersonId,
    /// How often.
    pub pages: usize,
    /// How often at night.
    pub at_night: usize,
}

/// The numbers; weeks are counted back from the period's end.
pub(super) fn trends(book: &Book, order: &DigestOrder, records: &[&Record], period: Period) -> Trends {
    let day = SignedDuration::from_hours(24);
    let back = |weeks: i64| period.to - day * i32::try_from(7 * weeks).unwrap_or_default();
    let this = Period { from: back(1), to: period.to };
    Trends {
        weeks: (0..WEEKS)
            .map(|week| self::week(book, records, Period { from: back(week + 1), to: back(week) }))
            .collect(),
        noisy: noisy(records, this),
        load: load(order, records, this),
    }
}

fn week(book: &Book, records: &[&Record], period: Period) -> Week {
    let windows: Vec<(&Record, Window)> = records
        .iter()
        .flat_map(|record| {
            chronicle::windows(&book.directory, record).into_iter().map(move |window| (*record, window))
        })
        .filter(|(_, window)| period.holds(window.detected))
        .collect();
    let median = |lengths: Vec<SignedDuration>| chronicle::median(lengths).map(|length| length.as_secs());
    let told = |(record, window): &(&Record, Window)| {
        let clients = record.incident.clients.iter();
        clients.filter_map(|client| window.to_tell(client)).collect::<Vec<_>>()
    };
    let (mut kept, mut missed) = (0, 0);
    for promise in records.iter().flat_map(|record| chronicle::promises(record, period.to)) {
        match promise.outcome {
            _ if !period.holds(promise.by) => {}
            Outcome::Kept => kept += 1,
            Outcome::Missed { .. } => missed += 1,
            Outcome::Open => {}
        }
    }
    let first = windows.iter().filter(|(_, window)| window.number == 1).count();
    Week {
        from: period.from,
        incidents: first,
        recurrences: windows.len() - first,
        to_tell: median(windows.iter().flat_map(told).collect()),
        to_acknowledge: median(windows.iter().filter_map(|(_, window)| window.to_acknowledge()).collect()),
        to_mitigate: median(windows.iter().filter_map(|(_, window)| window.to_mitigate()).collect()),
        kept,
        missed,
    }
}

/// Nobody acted: nobody acknowledged, and no person said that it recovered or was resolved.
fn noisy(records: &[&Record], period: Period) -> Vec<Noisy> {
    let acted = |record: &&&Record| {
        record.events.iter().any(|event| match &event.fact {
            Fact::Acknowledged { .. } | Fact::Resolved { .. } => true,
            Fact::Recovered { by, .. } => by.person().is_some(),
            _ => false,
        })
    };
    let mut keys: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for record in records.iter().filter(|record| !acted(record)) {
        let mut of_it: BTreeMap<&str, usize> = BTreeMap::new();
        for event in record.events.iter().filter(|event| period.holds(event.at)) {
            if let Some(key) = event.fact.fired() {
                *of_it.entry(key).or_default() += 1;
            }
        }
        for (key, alerts) in of_it {
            let entry = keys.entry(key).or_default();
            *entry = (entry.0 + alerts, entry.1 + 1);
        }
    }
    let mut noisy: Vec<Noisy> = keys
        .into_iter()
        .map(|(key, (alerts, incidents))| Noisy { key: key.to_owned(), alerts, incidents })
        .collect();
    noisy.sort_by(|a, b| b.alerts.cmp(&a.alerts).then_with(|| a.key.cmp(&b.key)));
    noisy.truncate(MOST_NOISY);
    noisy
}

fn load(order: &DigestOrder, records: &[&Record], period: Period) -> Vec<Load> {
    let mut load: BTreeMap<&PersonId, (usize, usize)> = BTreeMap::new();
    let sent = records.iter().flat_map(|record| record.incident.notices.iter());
    for page in sent.filter(|sent| matches!(sent.kind, NoticeKind::Page { .. }) && !sent.superseded) {
        let Some(at) = page.told_at.filter(|at| period.holds(*at)) else { continue };
        let hour = at.to_zoned(order.rhythm.zone().clone()).hour();
        let entry = load.entry(&page.person).or_default();
        entry.0 += 1;
        entry.1 += usize::from(hour >= NIGHT.0 || hour < NIGHT.1);
    }
    let mut load: Vec<Load> = load
        .into_iter()
        .map(|(person, (pages, at_night))| Load { person: person.clone(), pages, at_night })
        .collect();
    load.sort_by(|a, b| b.pages.cmp(&a.pages).then_with(|| a.person.cmp(&b.person)));
    load
}
