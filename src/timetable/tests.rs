//! That a digest comes once for each of its times.

use jiff::SignedDuration;

use super::*;

fn rhythm(text: &str, zone: &str) -> Rhythm {
    Rhythm::new(text, TimeZone::get(zone).unwrap()).unwrap()
}

fn order(rhythm: Rhythm) -> DigestOrder {
    DigestOrder {
        id: "morning".to_owned(),
        rhythm,
        audience: View::Person(PersonId::new("kato")),
        recipients: Vec::new(),
        services: BTreeSet::new(),
        skip_empty: false,
        trends: false,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Every time at which firebell, looking each `step` minutes, sends within so many days.
fn sent(order: &DigestOrder, from: Timestamp, days: i64, step: i64) -> Vec<String> {
    let (mut last, mut now, mut sent) = (from, from, Vec::new());
    while now < from + SignedDuration::from_hours(24 * days) {
        now += SignedDuration::from_mins(step);
        if let Some(due) = order.due(last, now) {
            sent.push(due.to_zoned(order.rhythm.zone().clone()).strftime("%m-%d %H:%M%:z").to_string());
            last = due;
        }
    }
    sent
}

/// Fault 71.
#[test]
fn a_digest_comes_once_a_day_in_every_zone_and_on_both_days_of_the_change() {
    for zone in [
        "Asia/Tokyo",
        "Europe/London",
        "America/New_York",
        "Australia/Sydney",
        "Asia/Kolkata",
        "Pacific/Apia",
    ] {
        let order = order(rhythm("0 9 * * *", zone));
        let from = at("2026-01-01T12:00:00Z");
        let sent = sent(&order, from, 365, 30);
        let days: BTreeSet<&str> = sent.iter().filter_map(|at| at.split(' ').next()).collect();
        assert!((364..=366).contains(&sent.len()), "{zone}: {}", sent.len());
        assert_eq!(days.len(), sent.len().min(365), "{zone}: a day twice");
        assert!(sent.iter().all(|at| at.contains(" 09:00")), "{zone}");
    }
}

/// Fault 71.
#[test]
fn an_hour_that_a_day_lacks_comes_right_after_it_and_one_that_it_has_twice_comes_once() {
    let order = order(rhythm("30 1 * * *", "Europe/London"));
    let spring = sent(&order, at("2026-03-28T12:00:00Z"), 2, 10);
    assert_eq!(spring, ["03-29 02:00+01:00", "03-30 01:30+01:00"]);
    let autumn = sent(&order, at("2026-10-24T12:00:00Z"), 2, 10);
    assert_eq!(autumn, ["10-25 01:30+01:00", "10-26 01:30+00:00"]);
}

#[test]
fn after_a_downtime_over_several_times_one_is_made_up_for() {
    let order = order(rhythm("0 9 * * *", "Asia/Tokyo"));
    let (last, back) = (at("2026-11-20T00:00:00Z"), at("2026-11-24T05:00:00Z"));
    let due = order.due(last, back).unwrap();
    assert_eq!(due, at("2026-11-24T00:00:00Z"));
    assert_eq!(order.due(due, back), None);
}

#[test]
fn what_can_t_be_read_or_never_comes_is_a_mistake_that_says_what_to_write() {
    for text in ["", "9:00", "0 9 * *", "61 9 * * *", "0 0 9 * * *", "0 9 31 2 *"] {
        let why = Rhythm::new(text, TimeZone::UTC).err().unwrap_or_default();
        assert!(why.contains("`0 9 * * Mon-Fri`"), "{text}: {why}");
    }
}
