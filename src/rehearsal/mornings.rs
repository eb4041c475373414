//! Owns the test of when digests come: in every zone, around both changes of its clocks, killed at every point, and after a
//! downtime. One for each of its times and no more, and what it says is so when it is sent.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cast;
use super::script::{Line, What};
use super::world::{Entry, World};
use crate::book::Book;

const ZONES: [&str; 6] =
    ["Asia/Tokyo", "Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Pacific/Apia"];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When a zone's clocks change within a year; some time where they don't.
fn changes(zone: &TimeZone) -> Vec<Timestamp> {
    let (from, to) = (at("2026-01-15T00:00:00Z"), at("2027-01-15T00:00:00Z"));
    let found: Vec<Timestamp> =
        zone.following(from).map(|change| change.timestamp()).take_while(|change| *change < to).collect();
    if found.is_empty() { vec![at("2026-06-15T17:00:00Z")] } else { found }
}

/// A house with a digest for two of its people every day at that hour and a half.
fn book(zone: &str, hour: i8) -> Book {
    cast::book(&[&format!(
        "[gateway]\ntime_zone = \"{zone}\"\n\n[[digest]]\nid = \"daily\"\ncron = \"30 {hour} * * *\"\n\
         audience = \"sales\"\nrecipients = [\"kato\", \"mori\"]\n"
    )])
    .unwrap()
}

fn line(at: Timestamp, what: What) -> Line {
    Line { number: 1, index: 0, at, text: String::new(), what }
}

fn alert(state: &str) -> What {
    What::Mail {
        from: "nagios".to_owned(),
        about: format!("{state} service-a"),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// What each reader got, by the day on their clock on which it came: the summaries.
fn digests(world: &World<'_>, zone: &TimeZone) -> BTreeMap<(Date, String), Vec<String>> {
    let mut got: BTreeMap<(Date, String), Vec<String>> = BTreeMap::new();
    for entry in &world.entries {
        if let Entry::Sent { at, to, subject, summary, .. } = entry
            && subject.contains("digest daily")
        {
            let day = at.to_zoned(zone.clone()).date();
            got.entry((day, to.clone())).or_default().push(summary.clone());
        }
    }
    got
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// Zones with each change of their clocks, and the hours around it.
fn cases() -> Vec<(&'static str, TimeZone, Timestamp, i8)> {
    let of_zone = |name: &'static str| {
        let zone = TimeZone::get(name).unwrap();
        let around = |change: Timestamp| {
            let before = (change - SignedDuration::from_secs(1)).to_zoned(zone.clone()).hour();
            [(change, before), (change, (before + 1) % 24)]
        };
        let cases: Vec<_> = changes(&zone).into_iter().flat_map(around).collect();
        cases.into_iter().map(move |(change, hour)| (name, zone.clone(), change, hour))
    };
    ZONES.into_iter().flat_map(of_zone).collect()
}

/// Fault 71.
#[test]
fn a_digest_comes_once_a_day_around_every_change_of_the_clocks_wherever_firebell_is_killed() {
    let cases = cases();
    assert_eq!(cases.len(), 2 * (1 + 2 + 2 + 2 + 1 + 1), "both changes of three zones");
    for (name, zone, change, hour) in cases {
        let book = book(name, hour);
        let mut world = World::new(&book, Path::new("."), None).unwrap();
        world.try_stops().unwrap();
        let noon = |days: i64| {
            let day = change.to_zoned(zone.clone()).date().saturating_add(jiff::Span::new().days(days));
            day.at(12, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp()
        };
        for what in [line(noon(-2), What::Time), line(noon(2), What::Time)] {
            assert!(world.play(&what).is_ok(), "{name}, {change}");
        }
        assert_eq!(world.differing.as_deref(), Some(&[][..]), "{name}, {change}: a stop changes something");
        let got = digests(&world, &zone);
        let counts: Vec<usize> = got.values().map(Vec::len).collect();
        assert_eq!(counts, [1; 8], "{name}, {change}, {hour}:30: {got:?}");
    }
}

/// Fault 71.
#[test]
fn after_a_downtime_over_several_of_its_times_one_comes_and_says_what_is_so_by_then() {
    for (name, zone, change, hour) in cases() {
        let book = book(name, hour);
        let mut world = World::new(&book, Path::new("."), None).unwrap();
        world.try_stops().unwrap();
        let (down, up) = (change - hours(30), change + hours(55));
        let story = [
            line(change - hours(40), What::Time),
            line(down, What::Down(up)),
            // It comes while nobody is there to read it, and is read before anything is told.
            line(up - hours(2), alert("CRITICAL")),
            line(up + SignedDuration::from_mins(1), What::Time),
        ];
        for what in &story {
            assert!(world.play(what).is_ok(), "{name}, {change}");
        }
        assert_eq!(world.differing.as_deref(), Some(&[][..]), "{name}, {change}: a stop changes something");
        let got = digests(&world, &zone);
        let day = up.to_zoned(zone.clone()).date();
        let made_up: Vec<&Vec<String>> = got
            .iter()
            .filter(|((of, _), _)| *of >= down.to_zoned(zone.clone()).date() && *of <= day)
            .map(|(_, told)| told)
            .collect();
        assert_eq!(made_up.len(), 2, "{name}, {change}: {got:?}");
        for told in made_up {
            assert_eq!(told.len(), 1, "{name}, {change}: {got:?}");
            assert!(told.iter().all(|told| told.contains("broken now: 1")), "{name}, {change}: {got:?}");
        }
    }
}
