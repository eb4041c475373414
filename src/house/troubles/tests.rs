//! Plays minutes of troubles, and looks at what the operator is told when.

use super::*;
use crate::house::{House, HouseEvent, HouseFact, apply};

fn at(minute: i64) -> Timestamp {
    "2026-11-23T01:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

/// A trouble that is told: its kind and which one, how often it came, and whether that is its end.
type Line = (String, u32, bool);

/// What the operator is told at each minute in which something is reported, or becomes due.
fn told(reported: &[(i64, HouseFact)], until: i64) -> Vec<(i64, Vec<Line>)> {
    let mut house = House::default();
    let mut told = Vec::new();
    let record = |house: &mut House, fact: HouseFact, minute| {
        *house = apply(house.clone(), &HouseEvent { seq: house.events + 1, at: at(minute), fact });
    };
    for minute in 0..=until {
        for (_, fact) in reported.iter().filter(|(when, _)| *when == minute) {
            if house.is_new(fact) {
                record(&mut house, fact.clone(), minute);
            }
        }
        let due = house.next_due().is_some_and(|due| due <= at(minute));
        let fact = house.due(at(minute));
        assert_eq!(due, fact.is_some(), "what is due is known beforehand");
        let Some(fact) = fact else { continue };
        if let HouseFact::Trouble(TroubleFact::Told { news }) = &fact {
            let line = |it: &News| (format!("{} {}", it.kind.name(), it.of), it.times, it.is_end());
            told.push((minute, news.iter().map(line).collect()));
        }
        record(&mut house, fact, minute);
    }
    told
}

fn began(of: &str) -> HouseFact {
    HouseFact::began(Kind::Mailbox, of, "refused")
}

fn over(of: &str) -> HouseFact {
    HouseFact::over(Kind::Mailbox, of)
}

fn one(of: &str, times: u32, is_end: bool) -> Line {
    (format!("mailbox {of}"), times, is_end)
}

#[test]
fn a_trouble_and_its_end_are_told_once_however_often_they_are_reported() {
    let reported = [(0, began("a")), (1, began("a")), (2, began("a")), (9, over("a")), (10, over("a"))];
    assert_eq!(told(&reported, 200), [(0, vec![one("a", 1, false)]), (9, vec![one("a", 1, true)])]);
}

#[test]
fn of_one_kind_a_beginning_is_told_once_an_hour_with_all_that_came_meanwhile() {
    let mut reported = vec![(0, began("a")), (5, over("a"))];
    for minute in (6..60).step_by(4) {
        reported.extend([(minute, began("a")), (minute + 2, over("a"))]);
    }
    reported.extend([(30, began("b")), (31, HouseFact::began(Kind::Disk, "", "3 % free"))]);
    let expected = [
        (0, vec![one("a", 1, false)]),
        (5, vec![one("a", 1, true)]),
        (31, vec![("disk ".to_owned(), 1, false)]),
        (60, vec![one("a", 14, false), one("b", 1, false)]),
    ];
    assert_eq!(told(&reported, 300), expected);
}

#[test]
fn what_is_over_before_it_could_be_told_is_told_with_its_end() {
    let reported = [(0, began("a")), (1, began("b")), (20, over("b"))];
    let mut house_told = told(&reported, 200);
    assert_eq!(house_told.pop().unwrap(), (60, vec![one("b", 1, false)]));
    assert_eq!(house_told, [(0, vec![one("a", 1, false)])]);
}

#[test]
fn thousands_of_mails_put_aside_are_a_few_mails_to_the_operator_and_all_are_counted() {
    let quarantined = |mail| HouseFact::Quarantined { mail, reason: "a bug".to_owned() };
    let reported: Vec<_> = (0..3000).map(|mail| (mail / 100, quarantined(mail))).collect();
    let told = told(&reported, 300);
    assert_eq!(told.iter().map(|(minute, _)| *minute).collect::<Vec<_>>(), [0, 60]);
    assert_eq!(told.iter().map(|(_, news)| news.len()).collect::<Vec<_>>(), [MOST, MOST]);
}

#[test]
fn braces_in_a_reason_are_no_places_to_fill_in() {
    let fact = began("{reason}{of}");
    assert_eq!(fact.line(), "the mailbox {reason}{of} can't be read, what comes there waits: refused");
}
