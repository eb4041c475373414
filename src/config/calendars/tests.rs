//! Calendars, and the same reckoned in another way.

use jiff::{SignedDuration, ToSpan as _};

use super::*;
use crate::directory::{Language, Person};
use crate::oncall::Shifts;

fn directory() -> Directory {
    let person = |id: &str, name: &str| Person {
        id: PersonId::new(id),
        name: name.to_owned(),
        addresses: vec![Address::new(&format!("{id}@example.com"))],
        short: Vec::new(),
        language: Language::En,
        zone: TimeZone::UTC,
        plain_text: false,
        bundle: crate::directory::Bundling::default(),
    };
    let people = [person("abe", "Abe Jun"), person("kato", "加藤 蓮"), person("sato", "Sato Yui")];
    Directory {
        people: people.into_iter().map(|person| (person.id.clone(), person)).collect(),
        ..Directory::default()
    }
}

fn calendar(events: &[&str]) -> Read {
    let events: String = events
        .iter()
        .map(|event| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", event.replace('\n', "\r\n")))
        .collect();
    let text =
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\n{events}END:VCALENDAR\r\n");
    read(&text, &TimeZone::get("Asia/Tokyo").unwrap(), &directory()).unwrap()
}

fn shown(read: &Read) -> Vec<String> {
    let shift = |shift: &Shift| format!("{} {} {}", shift.person, shift.from, shift.until);
    let mut shifts = read.shifts.clone();
    shifts.sort();
    shifts.iter().map(shift).collect()
}

#[test]
fn an_event_means_whom_it_invites_or_else_whom_its_title_names() {
    let at = "DTSTART:20261123T090000\nDTEND:20261123T180000\n";
    let people = |event: &str| -> Vec<String> {
        let mut people: Vec<String> = calendar(&[&format!("{at}{event}")])
            .shifts
            .iter()
            .map(|shift| shift.person.to_string())
            .collect();
        people.sort();
        people
    };
    assert_eq!(people("SUMMARY:On call: Abe"), ["abe"]);
    assert_eq!(people("SUMMARY:当番 加藤 蓮 (一次)"), ["kato"]);
    assert_eq!(people("SUMMARY:sato@example.com"), ["sato"]);
    assert_eq!(people("SUMMARY:abe and Sato Yui"), ["abe", "sato"]);
    assert_eq!(people("SUMMARY:label printer"), [""; 0], "no name is part of a word");
    assert_eq!(people("SUMMARY:Abe\nATTENDEE;CN=Sato:mailto:Sato@Example.com"), ["sato"]);
    assert_eq!(
        people(
            "SUMMARY:Abe\nATTENDEE;PARTSTAT=DECLINED:mailto:sato@example.com\nATTENDEE:mailto:kato@example.com"
        ),
        ["kato"]
    );
    assert_eq!(calendar(&[&format!("{at}SUMMARY:Team lunch")]).nameless, ["Team lunch"]);
    assert_eq!(people("SUMMARY:Abe\nSTATUS:CANCELLED"), [""; 0]);
}

#[test]
fn times_are_those_of_their_zone_and_a_day_is_a_day() {
    let all = calendar(&[
        "UID:1\nSUMMARY:abe\nDTSTART:20261123T090000\nDURATION:PT8H",
        "UID:2\nSUMMARY:kato\nDTSTART;TZID=Europe/London:20261124T090000\nDTEND;TZID=Europe/London:20261124T170000",
        "UID:3\nSUMMARY:sato\nDTSTART:20261125T000000Z\nDTEND:20261125T080000Z",
        "UID:4\nSUMMARY:abe\nDTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261128",
        "UID:5\nSUMMARY:abe\nDTSTART;VALUE=DATE:20261130",
    ]);
    assert_eq!(
        shown(&all),
        [
            "abe 2026-11-23T00:00:00Z 2026-11-23T08:00:00Z",
            "kato 2026-11-24T09:00:00Z 2026-11-24T17:00:00Z",
            "sato 2026-11-25T00:00:00Z 2026-11-25T08:00:00Z",
            "abe 2026-11-25T15:00:00Z 2026-11-27T15:00:00Z",
            "abe 2026-11-29T15:00:00Z 2026-11-30T15:00:00Z",
        ]
    );
}

#[test]
fn exceptions_of_one_event_never_touch_another_and_a_moved_turn_is_moved() {
    let all = calendar(&[
        "UID:1\nSEQUENCE:3\nSUMMARY:abe\nDTSTART:20261123T090000\nDTEND:20261123T180000\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20261124T090000",
        "UID:1\nSEQUENCE:4\nRECURRENCE-ID:20261125T000000Z\nSUMMARY:sato\nDTSTART:20261125T100000\nDTEND:20261125T180000",
        "UID:1\nRECURRENCE-ID:20261126T090000\nSUMMARY:abe\nSTATUS:CANCELLED\nDTSTART:20261126T090000\nDTEND:20261126T180000",
        "UID:2\nSUMMARY:kato\nDTSTART:20261123T090000\nDTEND:20261123T180000\nRRULE:FREQ=DAILY;UNTIL=20261126T000000Z",
    ]);
    assert_eq!(
        shown(&all),
        [
            "abe 2026-11-23T00:00:00Z 2026-11-23T09:00:00Z",
            "kato 2026-11-23T00:00:00Z 2026-11-23T09:00:00Z",
            "kato 2026-11-24T00:00:00Z 2026-11-24T09:00:00Z",
            "kato 2026-11-25T00:00:00Z 2026-11-25T09:00:00Z",
            "sato 2026-11-25T01:00:00Z 2026-11-25T09:00:00Z",
            "kato 2026-11-26T00:00:00Z 2026-11-26T09:00:00Z",
        ]
    );
}

/// Two people take turns of a week, each an event that repeats every second week, handed over at an hour that is skipped
/// or comes twice on the days on which clocks are set; one evening a month is somebody else's. Reckoned again by walking
/// over a wall calendar day by day.
#[test]
fn over_five_years_and_six_zones_a_calendar_means_what_a_walk_over_the_days_gives() {
    for zone in [
        "Asia/Tokyo",
        "Europe/London",
        "America/New_York",
        "Australia/Sydney",
        "Asia/Kolkata",
        "Pacific/Apia",
    ] {
        let week = |uid: &str, who: &str, day: &str, end: &str| {
            format!(
                "UID:{uid}\nSUMMARY:{who}\nDTSTART;TZID={zone}:{day}T023000\nDTEND;TZID={zone}:{end}T023000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=140"
            )
        };
        let evening = format!(
            "UID:3\nSUMMARY:sato\nDTSTART;TZID={zone}:20100101T180000\nDURATION:PT4H\nRRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=60"
        );
        let read = calendar(&[
            &week("1", "abe", "20100103", "20100110"),
            &week("2", "kato", "20100110", "20100117"),
            &evening,
        ]);
        let shifts = Shifts::new(read.shifts);
        let (zone, mut mondays) = (TimeZone::get(zone).unwrap(), 0);
        let mut day = jiff::civil::date(2010, 1, 4);
        while day.year() < 2015 {
            // Sunday 02:30 begins a week: by noon of a day the turn is that of the last Sunday.
            let sundays = (day - jiff::civil::date(2010, 1, 3)).get_days() / 7;
            let turn = if sundays % 2 == 0 { "abe" } else { "kato" };
            let noon = day.at(12, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
            let skipped = noon.to_zoned(zone.clone()).date() != day;
            assert_eq!(
                shifts.on_call(noon).first().map(PersonId::as_str).filter(|_| !skipped),
                Some(turn).filter(|_| !skipped),
                "{noon}"
            );
            let first_friday = day.weekday() == jiff::civil::Weekday::Friday && day.day() <= 7;
            let evening = day.at(19, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
            let on_call = shifts.on_call(evening);
            assert_eq!(
                on_call.contains(&PersonId::new("sato")) || skipped,
                first_friday || skipped,
                "{evening}"
            );
            mondays += 1;
            day = day.checked_add(1.days()).unwrap();
        }
        assert!(mondays > 1800);
        one_at_every_change(&shifts);
    }
}

/// One minute before and after every change somebody is on call, and without the evenings just one.
fn one_at_every_change(shifts: &Shifts) {
    let mut at = "2010-02-01T00:00:00Z".parse::<Timestamp>().unwrap();
    let end = "2014-12-01T00:00:00Z".parse::<Timestamp>().unwrap();
    while let Some(change) = shifts.next_change(at).filter(|at| *at < end) {
        for minute in [-1, 0, 1] {
            let on_call = shifts.on_call(change + SignedDuration::from_mins(minute));
            assert_eq!(on_call.iter().filter(|person| person.as_str() != "sato").count(), 1, "{change}");
        }
        at = change;
    }
}

#[test]
fn what_is_no_calendar_is_said_and_what_is_broken_harms_nobody() {
    let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
    for text in ["", "hello", "BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n"] {
        assert!(read(text, &tokyo, &directory()).is_err(), "{text}");
    }
    for event in [
        "SUMMARY:abe",
        "SUMMARY:abe\nDTSTART:99999999T999999",
        "SUMMARY:abe\nDTSTART:20261123T090000\nRRULE:FREQ=SECONDLY",
        "SUMMARY:abe\nDTSTART;TZID=Nowhere/Land:20261123T090000\nDTEND:20261123T080000",
        "SUMMARY:abe\nDTSTART:20260230T090000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ] {
        let read = calendar(&[event, "UID:2\nSUMMARY:sato\nDTSTART:20261123T090000\nDURATION:PT1H"]);
        assert!(read.shifts.iter().any(|shift| shift.person.as_str() == "sato"), "{event}");
    }
}
