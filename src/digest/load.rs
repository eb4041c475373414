//! Owns what firebell costs people: which keys fired most while nobody acted on them, and who was paged how often, at
//! night too, and how soon they had it; each beside the weeks before.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Period;
use crate::chronicle::{self, Record};
use crate::directory::PersonId;
use crate::incident::{Fact, NoticeKind};

/// So many keys are named that fired and nobody acted on.
const MOST_NOISY: usize = 10;
/// Hours at which a page wakes somebody, in the digest's zone: from, until.
const NIGHT: (i8, i8) = (22, 7);

/// A key that fires and moves nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Noisy {
    /// The key.
    pub key: String,
    /// How often it fired.
    pub alerts: usize,
    /// In how many incidents.
    pub incidents: usize,
    /// How often it fired in the weeks before, on average.
    pub before: usize,
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
    /// From the first page of each stretch until they had it, the middle one, in seconds.
    pub to_acknowledge: Option<i64>,
    /// How often in the weeks before, on average.
    pub before: usize,
}

/// The keys of this week, most alerts first. Nobody acted: nobody acknowledged, and no person said that it recovered or was
/// resolved.
pub(super) fn noisy(records: &[&Record], this: Period, before: &[Period]) -> Vec<Noisy> {
    let earlier: Vec<BTreeMap<&str, (usize, usize)>> =
        before.iter().map(|week| fired(records, *week)).collect();
    let mean = |key: &str| mean(earlier.iter().map(|week| week.get(key).map_or(0, |it| it.0)));
    let mut noisy: Vec<Noisy> = fired(records, this)
        .into_iter()
        .map(|(key, (alerts, incidents))| Noisy { before: mean(key), key: key.to_owned(), alerts, incidents })
        .collect();
    noisy.sort_by(|a, b| b.alerts.cmp(&a.alerts).then_with(|| a.key.cmp(&b.key)));
    noisy.truncate(MOST_NOISY);
    noisy
}

/// How often each key fired in incidents on which nobody acted, and in how many.
fn fired<'a>(records: &[&'a Record], period: Period) -> BTreeMap<&'a str, (usize, usize)> {
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
    keys
}

/// The mean, rounded; 0 of none.
fn mean(counts: impl ExactSizeIterator<Item = usize>) -> usize {
    let weeks = counts.len().max(1);
    (counts.sum::<usize>() + weeks / 2) / weeks
}

/// When a page reached somebody.
struct Page<'a> {
    person: &'a PersonId,
    at: Timestamp,
}

fn pages<'a>(record: &'a Record) -> impl Iterator<Item = Page<'a>> {
    let sent = record.incident.notices.iter().filter(|sent| !sent.superseded);
    let paged = sent.filter(|sent| matches!(sent.kind, NoticeKind::Page { .. }));
    paged.filter_map(|sent| Some(Page { person: &sent.person, at: sent.told_at? }))
}

/// Who was paged in this week, most pages first.
pub(super) fn load(records: &[&Record], zone: &TimeZone, this: Period, before: &[Period]) -> Vec<Load> {
    let of_week = |person: &PersonId, week: &Period| {
        let all = records.iter().flat_map(|record| pages(record));
        all.filter(|page| page.person == person && week.holds(page.at)).count()
    };
    let mut counts: BTreeMap<&PersonId, (usize, usize)> = BTreeMap::new();
    for page in records.iter().flat_map(|record| pages(record)).filter(|page| this.holds(page.at)) {
        let hour = page.at.to_zoned(zone.clone()).hour();
        let entry = counts.entry(page.person).or_default();
        entry.0 += 1;
        entry.1 += usize::from(hour >= NIGHT.0 || hour < NIGHT.1);
    }
    let answers = answers(records, this);
    let of = |(person, (pages, at_night)): (&PersonId, (usize, usize))| Load {
        person: person.clone(),
        pages,
        at_night,
        to_acknowledge: answers.get(person).cloned().and_then(chronicle::median).map(|it| it.as_secs()),
        before: mean(before.iter().map(|week| of_week(person, week))),
    };
    let mut load: Vec<Load> = counts.into_iter().map(of).collect();
    load.sort_by(|a, b| b.pages.cmp(&a.pages).then_with(|| a.person.cmp(&b.person)));
    load
}

/// How long each took from the first page since somebody had it last until they had it.
fn answers<'a>(records: &[&'a Record], this: Period) -> BTreeMap<&'a PersonId, Vec<SignedDuration>> {
    let mut answers: BTreeMap<&PersonId, Vec<SignedDuration>> = BTreeMap::new();
    for record in records {
        let mut since = Timestamp::MIN;
        for event in &record.events {
            match &event.fact {
                Fact::Acknowledged { by, .. } => {
                    let paged = pages(record).filter(|page| page.person == by && page.at <= event.at);
                    let first = paged.map(|page| page.at).filter(|at| *at >= since).min();
                    if let Some(first) = first.filter(|_| this.holds(event.at)) {
                        answers.entry(by).or_default().push(event.at.duration_since(first));
                    }
                    since = event.at;
                }
                Fact::AcknowledgementExpired { .. }
                | Fact::Recurred { .. }
                | Fact::RecoveryWithdrawn { .. } => {
                    since = event.at;
                }
                _ => {}
            }
        }
    }
    answers
}
