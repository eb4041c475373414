//! Five years of turns in six zones, and what else a schedule must keep.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, date, time};
use jiff::{SignedDuration, ToSpan as _};

use super::*;
use crate::rules::Span;

/// Five years in which Samoa had summer time, and gave it a day.
const FROM: Date = date(2010, 1, 1);
const UNTIL: Date = date(2015, 1, 1);
const ZONES: [&str; 6] =
    ["Asia/Tokyo", "Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Pacific/Apia"];

fn people(names: &[&str]) -> Vec<PersonId> {
    names.iter().copied().map(PersonId::new).collect()
}

fn layer(names: &[&str], length: Length, at: jiff::civil::Time, hours: &[&str]) -> Layer {
    Layer {
        people: people(names),
        at_once: 1,
        turns: Turns { start: date(2012, 7, 2).to_datetime(at), length },
        hours: hours.iter().map(|hours| Span::parse(hours).unwrap()).collect(),
        only: None,
        except: Arc::default(),
    }
}

fn schedule(zone: &str, layers: Vec<Layer>) -> Schedule {
    Schedule {
        id: "infra".to_owned(),
        zone: TimeZone::get(zone).unwrap(),
        rota: Rota::Layers(layers),
        overrides: Vec::new(),
        tells_of_handover: false,
        may_be_empty: false,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The stretches of five years.
fn five_years(schedule: &Schedule) -> Vec<Stretch> {
    let moment = |day: Date| moment(&schedule.zone, day.to_datetime(time(0, 0, 0, 0)));
    let stretches = schedule.stretches(&[], moment(FROM), moment(UNTIL));
    assert!(stretches.len() < MOST_CHANGES);
    stretches
}

/// One minute before every change, at it, and one minute after it: this many are on call, each once.
fn always(schedule: &Schedule, count: usize) {
    for stretch in five_years(schedule) {
        for minutes in [-1, 0, 1] {
            let at = stretch.from + SignedDuration::from_mins(minutes);
            let mut on_call = schedule.on_call(&[], at);
            on_call.sort();
            on_call.dedup();
            assert_eq!(on_call.len(), count, "{at} in {:?}", schedule.zone.iana_name());
        }
    }
}

#[test]
fn over_five_years_and_six_zones_exactly_as_many_are_on_call_as_the_schedule_says() {
    for zone in ZONES {
        for (hour, minute) in [(9, 0), (1, 30), (2, 30)] {
            let at = time(hour, minute, 0, 0);
            for length in [Length::Days(1), Length::Days(10), Length::Hours(8)] {
                let mut rotation = layer(&["abe", "baba", "chiba"], length, at, &[]);
                always(&schedule(zone, vec![rotation.clone()]), 1);
                rotation.at_once = 2;
                always(&schedule(zone, vec![rotation]), 2);
            }
            let from = format!("{hour:02}:{minute:02}");
            let (day, night) = (format!("{from}-18:00"), format!("18:00-{from}"));
            let days = layer(&["abe", "baba"], Length::Days(7), at, &[&format!("Mon-Fri {day}")]);
            let weekend = layer(&["dan", "endo"], Length::Days(7), at, &[&format!("Sat,Sun {day}")]);
            let nights = layer(&["chiba", "fuji", "goto"], Length::Days(1), time(12, 0, 0, 0), &[&night]);
            always(&schedule(zone, vec![days, nights, weekend]), 1);
        }
    }
}

#[test]
fn turns_follow_each_other_in_order_and_nobody_is_on_call_twice_or_never() {
    for zone in ZONES {
        for at in [time(1, 30, 0, 0), time(2, 30, 0, 0), time(9, 0, 0, 0)] {
            for length in [Length::Days(1), Length::Days(7), Length::Hours(12)] {
                let names = ["abe", "baba", "chiba", "dan"];
                let stretches = five_years(&schedule(zone, vec![layer(&names, length, at, &[])]));
                let place = |stretch: &Stretch| {
                    names.iter().position(|name| stretch.people == people(&[name])).unwrap()
                };
                for pair in stretches.windows(2) {
                    let [before, after] = pair else { panic!("a pair") };
                    let steps = (place(after) + names.len() - place(before)) % names.len();
                    // Turns of hours that lie within the day that Samoa never had are nobody's.
                    let skipped = zone == "Pacific/Apia" && matches!(length, Length::Hours(_)) && steps < 4;
                    assert!(steps == 1 || skipped, "{} in {zone}", after.from);
                }
            }
        }
    }
}

/// The same in another way: by the number of whole days on the calendar, and by what a clock shows.
#[test]
fn who_is_on_call_is_who_the_calendar_on_the_wall_names() {
    for zone in ZONES {
        let names = ["abe", "baba", "chiba"];
        let daily = schedule(zone, vec![layer(&names, Length::Days(1), time(9, 0, 0, 0), &[])]);
        let weekly = schedule(zone, vec![layer(&names, Length::Days(7), time(9, 0, 0, 0), &[])]);
        let mut now = FROM.to_zoned(daily.zone.clone()).unwrap();
        let end = UNTIL.to_zoned(daily.zone.clone()).unwrap();
        while now < end {
            let morning = now.time() >= time(9, 0, 0, 0);
            let day = if morning { now.date() } else { now.date().yesterday().unwrap() };
            let days = (day - date(2012, 7, 2)).get_days();
            let named = |turn: i32| people(&[names[turn.rem_euclid(3) as usize]]);
            assert_eq!(daily.on_call(&[], now.timestamp()), named(days), "{now}");
            assert_eq!(weekly.on_call(&[], now.timestamp()), named(days.div_euclid(7)), "{now}");
            now = now.checked_add(97.minutes()).unwrap();
        }
    }
}

#[test]
fn a_night_is_as_long_as_it_is_when_the_clocks_are_set() {
    let nights = layer(&["abe"], Length::Days(1), time(9, 0, 0, 0), &["18:00-09:00"]);
    let nights = schedule("Europe/London", vec![nights]);
    let hours = |from: &str, until: &str| -> Vec<i64> {
        let stretches = nights.stretches(&[], at(from), at(until));
        let on_call = stretches.iter().filter(|stretch| !stretch.people.is_empty());
        on_call.map(|stretch| stretch.until.duration_since(stretch.from).as_hours()).collect()
    };
    assert_eq!(hours("2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"), [14, 15]);
    assert_eq!(hours("2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"), [16, 15]);
}

#[test]
fn on_a_holiday_the_layer_below_takes_over() {
    let mut office = layer(&["abe"], Length::Days(7), time(9, 0, 0, 0), &["Mon-Fri 09:00-18:00"]);
    office.except = Arc::new([date(2026, 11, 23)].into());
    let rest = layer(&["baba"], Length::Days(7), time(9, 0, 0, 0), &[]);
    let schedule = schedule("Asia/Tokyo", vec![office, rest]);
    assert_eq!(schedule.on_call(&[], at("2026-11-23T03:00:00Z")), people(&["baba"]));
    assert_eq!(schedule.on_call(&[], at("2026-11-24T03:00:00Z")), people(&["abe"]));
    let handover = schedule.next_handover(&[], at("2026-11-20T09:00:00Z"));
    assert_eq!(handover, Some(at("2026-11-24T00:00:00Z")));
}

#[test]
fn hours_that_nobody_has_are_a_gap() {
    let office = layer(&["abe", "baba"], Length::Days(7), time(9, 0, 0, 0), &["Mon-Fri 09:00-18:00"]);
    let schedule = schedule("Asia/Tokyo", vec![office]);
    let gaps = schedule.gaps(&[], at("2026-11-26T00:00:00Z"), at("2026-11-30T03:00:00Z"));
    let gaps: Vec<(String, String)> =
        gaps.iter().map(|gap| (gap.from.to_string(), gap.until.to_string())).collect();
    let expected =
        [("2026-11-26T09:00:00Z", "2026-11-27T00:00:00Z"), ("2026-11-27T09:00:00Z", "2026-11-30T00:00:00Z")];
    assert_eq!(gaps, expected.map(|(from, until)| (from.to_owned(), until.to_owned())));
}

#[test]
fn an_override_takes_a_place_and_adds_nobody() {
    let mut rotation = layer(&["abe", "baba", "chiba"], Length::Days(7), time(9, 0, 0, 0), &[]);
    rotation.at_once = 2;
    let schedule = schedule("UTC", vec![rotation]);
    let now = at("2012-07-03T00:00:00Z");
    assert_eq!(schedule.on_call(&[], now), people(&["abe", "baba"]));
    let exception = |person: &str, instead_of: Option<&str>| Override {
        number: 0,
        schedule: "infra".to_owned(),
        person: PersonId::new(person),
        instead_of: instead_of.map(PersonId::new),
        from: now,
        until: now + SignedDuration::from_hours(8),
    };
    let with = |overrides: &[Override], at| schedule.on_call(overrides, at);
    assert_eq!(with(&[exception("chiba", None)], now), people(&["chiba", "baba"]));
    assert_eq!(with(&[exception("chiba", Some("baba"))], now), people(&["abe", "chiba"]));
    assert_eq!(
        with(&[exception("baba", Some("abe"))], now),
        people(&["abe", "baba"]),
        "nobody is on call twice"
    );
    assert_eq!(
        with(&[exception("dan", Some("chiba"))], now),
        people(&["abe", "baba"]),
        "chiba is not on call"
    );
    assert_eq!(
        with(&[exception("chiba", None), exception("dan", Some("chiba"))], now),
        people(&["dan", "baba"]),
        "the last one counts"
    );
    assert_eq!(
        with(&[exception("chiba", None)], now + SignedDuration::from_hours(8)),
        people(&["abe", "baba"])
    );
    let other = Override { schedule: "sales".to_owned(), ..exception("chiba", None) };
    assert_eq!(with(&[other], now), people(&["abe", "baba"]));
}

#[test]
fn targets_mean_people_at_a_time_each_once() {
    let (mut directory, mut schedules) = (Directory::default(), BTreeMap::new());
    for name in ["abe", "baba"] {
        let person = crate::directory::Person {
            id: PersonId::new(name),
            name: name.to_owned(),
            addresses: Vec::new(),
            short: Vec::new(),
            language: crate::directory::Language::En,
            zone: TimeZone::UTC,
            plain_text: false,
            bundle: crate::directory::Bundling::default(),
        };
        directory.people.insert(person.id.clone(), person);
    }
    let rotation = layer(&["abe", "baba"], Length::Days(7), time(9, 0, 0, 0), &[]);
    schedules.insert("infra".to_owned(), schedule("UTC", vec![rotation]));
    let operator = PartyId::new("infra");
    let roster = Roster { directory: &directory, schedules: &schedules, overrides: &[], operator: &operator };
    let on_call = Target::OnCall("infra".to_owned());
    let told = |targets: &[Target], at| roster.people_meant_by(targets, &people(&["baba"]), &[], at);
    let (first, second) = (at("2012-07-03T00:00:00Z"), at("2012-07-10T00:00:00Z"));
    assert_eq!(told(std::slice::from_ref(&on_call), first), people(&["abe"]));
    assert_eq!(told(std::slice::from_ref(&on_call), second), people(&["baba"]));
    assert_eq!(told(&[on_call, Target::Owner], second), people(&["baba"]));
    assert_eq!(told(&[Target::OnCall("gone".to_owned())], first), people(&[]));
}
