//! Owns the numbers of a week beside those of the weeks before it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Period;
use super::load::{self, Load, Noisy, PartyLoad};
use crate::book::Book;
use crate::chronicle::{self, Outcome, Record, Window};
use crate::timetable::DigestOrder;

/// So many weeks are put side by side, this one included.
pub const WEEKS: i64 = 5;

/// The weeks, the noise and the load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trends {
    /// This week first.
    pub weeks: Vec<Week>,
    /// Keys that fired most among those on which nobody acted, this week.
    pub noisy: Vec<Noisy>,
    /// Who was paged how often this week.
    pub load: Vec<Load>,
    /// The people of which parties were.
    pub parties: Vec<PartyLoad>,
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

/// The numbers; weeks are counted back from the period's end.
pub(super) fn trends(book: &Book, order: &DigestOrder, records: &[&Record], period: Period) -> Trends {
    let (this, before) = weeks_until(period.to);
    let all = std::iter::once(&this).chain(&before);
    Trends {
        weeks: all.map(|week| self::week(book, records, *week)).collect(),
        noisy: load::noisy(records, this, &before),
        load: load::load(records, order.rhythm.zone(), this, &before),
        parties: load::of_parties(&book.directory, records, order.rhythm.zone(), this, &before),
    }
}

/// The seven days before a time, and the weeks before those.
pub(super) fn weeks_until(to: Timestamp) -> (Period, Vec<Period>) {
    let day = SignedDuration::from_hours(24);
    let back = |weeks: i64| to - day * i32::try_from(7 * weeks).unwrap_or_default();
    let before = (1..WEEKS).map(|week| Period { from: back(week + 1), to: back(week) }).collect();
    (Period { from: back(1), to }, before)
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
