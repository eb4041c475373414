//! When a rule that counts holds.

use std::collections::BTreeSet;

use regex::Regex;

use super::super::{Condition, Field, Then, classify_after};
use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn rule(name: &str, pattern: &str, action: Option<Action>, count: Option<Count>) -> Rule {
    let then = Then {
        action,
        service: None,
        severity: None,
        title: None,
        policy: None,
        tags: BTreeSet::from([name.to_owned()]),
        quiet: None,
    };
    let pattern = Regex::new(pattern).unwrap();
    let when = Condition::All(vec![Condition::Match { field: Field::Subject, pattern }]);
    Rule { name: name.to_owned(), at: String::new(), when, count, then }
}

fn five(each: Each) -> Option<Count> {
    Some(Count { at_least: 5, within: SignedDuration::from_mins(10), each })
}

fn mail(subject: &str) -> Message {
    crate::message::read(format!("From: a@example.com\r\nSubject: {subject}\r\n\r\nx\r\n").as_bytes())
}

fn known(rule: &str, group: &str, came: u32) -> Counts {
    let mut counts = Counts::default();
    counts.know(rule.to_owned(), group.to_owned(), came);
    counts
}

#[test]
fn a_rule_holds_once_so_many_came_and_those_after_it_have_the_word_before() {
    let rules = Rules::new(vec![
        rule("many", "disk", Some(Action::Open), five(Each::All)),
        rule("few", "full", Some(Action::Ignore), None),
    ]);
    let said = |subject: &str, came| {
        let counts = known("many", "", came);
        let verdict = classify_after(&rules, &Directory::default(), &mail(subject), None, NOW, &counts);
        (verdict.rule.clone(), verdict.not_yet().collect::<Vec<_>>(), verdict.counted.len())
    };
    let not_yet = vec!["rule many: 4 of 5 within 10 m".to_owned()];
    assert_eq!(said("disk full", 3), (Some("few".to_owned()), not_yet.clone(), 1));
    assert_eq!(said("disk", 3), (None, not_yet, 1));
    assert_eq!(said("disk full", 4), (Some("many".to_owned()), Vec::new(), 1));
    assert_eq!(said("full", 9), (Some("few".to_owned()), Vec::new(), 0), "not one of its mails");
}

#[test]
fn what_a_rule_that_goes_on_says_counts_once_so_many_came() {
    let rules = Rules::new(vec![
        rule("many", "disk", None, five(Each::All)),
        rule("all", "", Some(Action::Open), None),
    ]);
    let tags = |came| {
        let counts = known("many", "", came);
        classify_after(&rules, &Directory::default(), &mail("disk"), None, NOW, &counts).tags.len()
    };
    assert_eq!((tags(3), tags(4)), (1, 2));
}

#[test]
fn the_store_is_asked_for_every_rule_that_may_decide_by_its_count() {
    let rules = Rules::new(vec![
        rule("first", "disk", Some(Action::Open), five(Each::Key)),
        rule("second", "disk", Some(Action::Open), five(Each::Sender)),
        rule("other", "router", Some(Action::Open), five(Each::All)),
        rule("decides", "", Some(Action::Open), None),
        rule("never", "", Some(Action::Open), five(Each::All)),
    ]);
    let outlook = outlook(&rules, &Directory::default(), &mail("Re: Disk FULL disk"), None, NOW);
    let asked: Vec<(&str, &str)> =
        outlook.counted.iter().map(|it| (it.rule.as_str(), it.group.as_str())).collect();
    assert_eq!(asked, [("first", "disk full disk"), ("second", "a@example.com")]);
}

#[test]
fn a_recovery_is_looked_at_and_not_counted() {
    let rules = Rules::new(vec![rule("many", "", Some(Action::Open), five(Each::All))]);
    let alert = |state| Alert {
        format: "nagios".to_owned(),
        source: "nagios@mon.example.com".to_owned(),
        key: "web01/http".to_owned(),
        reference: None,
        state,
        severity: None,
        host: None,
        service: None,
        since: None,
        link: None,
    };
    let tally = |state| {
        let counts = known("many", "", 4);
        let alert = alert(state);
        let verdict = classify_after(&rules, &Directory::default(), &mail("x"), Some(&alert), NOW, &counts);
        let tally = verdict.counted.first().unwrap();
        (tally.have, tally.hit(NOW).is_some())
    };
    assert_eq!((tally(State::Firing), tally(State::Resolved)), ((5, true), (4, false)));
}

#[test]
fn times_are_told_in_the_units_in_which_they_are_written() {
    for (seconds, told) in [(600, "10 m"), (5400, "1 h 30 m"), (86_400, "1 d"), (61, "1 m 1 s")] {
        assert_eq!(short(SignedDuration::from_secs(seconds)), told);
    }
}
