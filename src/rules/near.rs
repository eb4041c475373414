//! Owns which rules came close to deciding, and on what each of them failed.

use jiff::Timestamp;
use serde::Serialize;

use super::condition::{Condition, Subject};
use super::{Counts, Rule};
use crate::alert::Alert;
use crate::directory::Directory;
use crate::message::Message;

/// So many are told.
const MOST: usize = 3;

/// A rule of which every condition held but one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Near {
    /// Its name.
    pub rule: String,
    /// Where it stands: `rules/site.toml:12`.
    pub at: String,
    /// The condition that did not hold, and what there was: `alert.host = "^stg-", but it is "web01"`.
    pub failed: String,
}

/// The rules that nearly decided before the one that did, in their order, at most three.
pub fn nearly(
    rules: &[Rule],
    directory: &Directory,
    message: &Message,
    alert: Option<&Alert>,
    now: Timestamp,
    before: &Counts,
) -> Vec<Near> {
    let subject = Subject { directory, message, alert, now };
    let enough =
        |rule: &Rule| rule.count.is_none_or(|count| count.tally(rule, &subject, before).is_reached());
    let decides =
        |rule: &&Rule| rule.then.action.is_some() && rule.when.holds(&subject).is_some() && enough(rule);
    rules
        .iter()
        .take_while(|rule| !decides(rule))
        .filter_map(|rule| near(rule, &subject, before))
        .take(MOST)
        .collect()
}

/// What kept a rule of several conditions from holding, when that was one thing.
fn near(rule: &Rule, subject: &Subject<'_>, before: &Counts) -> Option<Near> {
    let Condition::All(all) = &rule.when else { return None };
    let mut failed = all.iter().filter(|condition| condition.holds(subject).is_none());
    let failed = match (failed.next(), failed.next(), rule.count) {
        (Some(only), None, count) if all.len() > 1 || count.is_some() => {
            format!("{}, {}", only.words(), only.instead(subject))
        }
        (None, None, Some(count)) => {
            let tally = count.tally(rule, subject, before);
            if tally.is_reached() {
                return None;
            }
            format!("{}, not yet: {}", count.words(), tally.words())
        }
        _ => return None,
    };
    Some(Near { rule: rule.name.clone(), at: rule.at.clone(), failed })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::super::{Action, Field, Then};
    use super::*;

    fn found(field: Field, pattern: &str) -> Condition {
        Condition::Match { field, pattern: Regex::new(pattern).unwrap() }
    }

    fn rule(name: &str, when: Vec<Condition>) -> Rule {
        let then = Then {
            action: Some(Action::Open),
            service: None,
            severity: None,
            title: None,
            policy: None,
            tags: BTreeSet::new(),
            quiet: None,
        };
        Rule {
            name: name.to_owned(),
            at: format!("r.toml:{name}"),
            when: Condition::All(when),
            count: None,
            then,
        }
    }

    #[test]
    fn a_rule_that_counts_is_told_with_how_far_it_is() {
        let message = crate::message::read(b"From: a@example.com\r\nSubject: disk full\r\n\r\nx\r\n");
        let each = super::super::count::Each::All;
        let count = super::super::Count { at_least: 5, within: jiff::SignedDuration::from_mins(10), each };
        let counting = |name: &str, pattern: &str| Rule {
            count: Some(count),
            ..rule(name, vec![found(Field::Subject, pattern)])
        };
        let rules = [
            counting("few", "disk"),
            counting("none of its mails", "router"),
            rule("decides", vec![found(Field::Subject, "disk")]),
        ];
        let told = |before: u32| -> Vec<String> {
            let before = Counts::assumed(before);
            let directory = Directory::default();
            let near = nearly(&rules, &directory, &message, None, Timestamp::UNIX_EPOCH, &before);
            near.into_iter().map(|near| near.failed).collect()
        };
        assert_eq!(
            told(2),
            [
                "count = 5 within 10 m, not yet: 3 of 5 within 10 m",
                "subject = \"router\", but it is \"disk full\""
            ]
        );
        assert_eq!(told(4), [""; 0], "it decides");
    }

    #[test]
    fn a_rule_that_fails_on_one_condition_is_told_with_what_there_was() {
        let message = crate::message::read(b"From: a@example.com\r\nSubject: disk full\r\n\r\nx\r\n");
        let subject = |word: &str| found(Field::Subject, word);
        let rules = [
            rule("one", vec![subject("disk"), subject("empty")]),
            rule("two", vec![subject("router"), subject("empty")]),
            rule("lone", vec![subject("empty")]),
            rule("known", vec![subject("disk"), Condition::Known(true)]),
            rule("host", vec![subject("disk"), Condition::Any(vec![found(Field::AlertHost, "^db")])]),
            rule("decides", vec![subject("disk"), subject("full")]),
            rule("late", vec![subject("disk"), subject("empty")]),
        ];
        let near =
            nearly(&rules, &Directory::default(), &message, None, Timestamp::UNIX_EPOCH, &Counts::default());
        let told: Vec<(&str, &str)> =
            near.iter().map(|near| (near.rule.as_str(), near.failed.as_str())).collect();
        assert_eq!(
            told,
            [
                ("one", "subject = \"empty\", but it is \"disk full\""),
                ("known", "known = true, but it comes from a@example.com"),
                ("host", "any of (alert.host = \"^db\"), but none holds"),
            ]
        );
    }
}
