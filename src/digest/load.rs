//! Owns what firebell costs people: which keys fired most while nobody acted on them, and who was paged how often, at
//! night too, and how soon they had it; each beside the weeks before.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::Period;
use super::trends::weeks_until;
use crate::chronicle::{self, Record};
use crate::directory::{Directory, PartyId, PersonId};
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
    #[serde(flatten)]
    pub pages: Pages,
}

/// How often the people of a party were paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartyLoad {
    /// Which.
    pub party: PartyId,
    /// How often.
    #[serde(flatten)]
    pub pages: Pages,
}

/// Pages of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pages {
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
    let counted = counted(records, zone, (this, before), |person| vec![person.clone()]);
    counted.into_iter().map(|(person, pages)| Load { person, pages }).collect()
}

/// Who was paged in the seven days before a time, and the people of which parties; nights are those of this zone.
pub fn load_until(
    directory: &Directory,
    records: &[Record],
    zone: &TimeZone,
    now: Timestamp,
) -> (Period, Vec<Load>, Vec<PartyLoad>) {
    let records: Vec<&Record> = records.iter().collect();
    let (this, before) = weeks_until(now);
    let parties = of_parties(directory, &records, zone, this, &before);
    (this, load(&records, zone, this, &before), parties)
}

/// The people of which parties were paged in this week, most pages first.
pub(super) fn of_parties(
    directory: &Directory,
    records: &[&Record],
    zone: &TimeZone,
    this: Period,
    before: &[Period],
) -> Vec<PartyLoad> {
    let parties = |person: &PersonId| {
        let of_it = directory.parties.values().filter(|party| party.people.contains(person));
        of_it.map(|party| party.id.clone()).collect()
    };
    let counted = counted(records, zone, (this, before), parties);
    counted.into_iter().map(|(party, pages)| PartyLoad { party, pages }).collect()
}

/// Pages of those to whom a person belongs, most first.
fn counted<T: Ord>(
    records: &[&Record],
    zone: &TimeZone,
    (this, before): (Period, &[Period]),
    whose: impl Fn(&PersonId) -> Vec<T>,
) -> Vec<(T, Pages)> {
    let mut counts: BTreeMap<T, (usize, usize, usize)> = BTreeMap::new();
    for page in records.iter().flat_map(|record| pages(record)) {
        let hour = page.at.to_zoned(zone.clone()).hour();
        let (now, earlier) = (this.holds(page.at), before.iter().any(|week| week.holds(page.at)));
        for whose in whose(page.person).into_iter().filter(|_| now || earlier) {
            let entry = counts.entry(whose).or_default();
            entry.0 += usize::from(now);
            entry.1 += usize::from(now && (hour >= NIGHT.0 || hour < NIGHT.1));
            entry.2 += usize::from(earlier);
        }
    }
    let mut answered: BTreeMap<T, Vec<SignedDuration>> = BTreeMap::new();
    for (person, lengths) in answers(records, this) {
        for whose in whose(person) {
            answered.entry(whose).or_default().extend(&lengths);
        }
    }
    let of = |(whose, (pages, at_night, earlier)): (T, (usize, usize, usize))| {
        let to_acknowledge = answered.remove(&whose).and_then(chronicle::median).map(|it| it.as_secs());
        let weeks = before.len().max(1);
        (whose, Pages { pages, at_night, to_acknowledge, before: (earlier + weeks / 2) / weeks })
    };
    let mut counted: Vec<(T, Pages)> =
        counts.into_iter().filter(|(_, counts)| counts.0 > 0).map(of).collect();
    counted.sort_by(|(a, one), (b, other)| other.pages.cmp(&one.pages).then_with(|| a.cmp(b)));
    counted
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
