//! Owns finding out at once which patterns are in a mail, so that most of a thousand rules need not be tried.
//! Never decides: a rule that it lets through is tried as if there were no index.
//! Where the patterns of a field are too much for one search, its rules are tried one by one.

use std::collections::{BTreeMap, BTreeSet};

use regex::{RegexSet, RegexSetBuilder};

use super::Rule;
use super::condition::{Condition, Field, Subject, seen};

/// Most memory for all patterns of a field together, in bytes; and for what is remembered while searching.
const LARGEST: usize = 64 << 20;

/// A pattern and where it is searched.
type Pattern<'a> = (&'a Field, &'a str);

/// What is known of the patterns of all rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    sets: Vec<Set>,
    /// For each rule: of each of these groups, one pattern must be there.
    needs: Vec<Vec<Vec<usize>>>,
}

/// The patterns of one field, numbered on from those of the set before it.
#[derive(Debug, Clone)]
struct Set {
    field: Field,
    count: usize,
    /// None when they are too much for one search.
    all: Option<RegexSet>,
}

impl Index {
    /// Of these rules, in this order.
    pub(super) fn of(rules: &[Rule]) -> Self {
        let needs: Vec<Vec<Vec<Pattern<'_>>>> = rules.iter().map(|rule| needs(&rule.when)).collect();
        let patterns: BTreeSet<Pattern<'_>> = needs.iter().flatten().flatten().copied().collect();
        let numbers: BTreeMap<Pattern<'_>, usize> =
            patterns.into_iter().enumerate().map(|(number, pattern)| (pattern, number)).collect();
        let mut by_field: BTreeMap<&Field, Vec<&str>> = BTreeMap::new();
        for (field, pattern) in numbers.keys() {
            by_field.entry(field).or_default().push(pattern);
        }
        let number = |pattern: Pattern<'_>| numbers.get(&pattern).copied();
        let numbered = |group: Vec<Pattern<'_>>| group.into_iter().filter_map(number).collect();
        let all_numbered = |groups: Vec<Vec<Pattern<'_>>>| groups.into_iter().map(numbered).collect();
        Self {
            sets: by_field.into_iter().map(|(field, patterns)| Set::of(field, &patterns)).collect(),
            needs: needs.into_iter().map(all_numbered).collect(),
        }
    }

    /// For each pattern whether it is in the mail.
    pub(super) fn found(&self, subject: &Subject<'_>) -> Vec<bool> {
        let mut found = Vec::new();
        for set in &self.sets {
            let first = found.len();
            found.resize(first + set.count, set.all.is_none());
            let Some(all) = &set.all else { continue };
            for value in set.field.values(subject) {
                for hit in all.matches(seen(value)).iter() {
                    if let Some(found) = found.get_mut(first + hit) {
                        *found = true;
                    }
                }
            }
        }
        found
    }

    /// Whether the rule at this place can hold, by the patterns that were found.
    pub(super) fn may_hold(&self, rule: usize, found: &[bool]) -> bool {
        let there = |pattern: &usize| found.get(*pattern).copied().unwrap_or(true);
        let groups = self.needs.get(rule).into_iter().flatten();
        groups.into_iter().all(|group| group.iter().any(there))
    }
}

impl Set {
    fn of(field: &Field, patterns: &[&str]) -> Self {
        let loose = patterns.iter().map(|pattern| without_words_ends(pattern));
        let all = RegexSetBuilder::new(loose)
            .case_insensitive(field.ignores_case())
            .multi_line(field.has_lines())
            .size_limit(LARGEST)
            .dfa_size_limit(LARGEST)
            .build();
        Self { field: field.clone(), count: patterns.len(), all: all.ok() }
    }
}

/// A pattern without the ends of words that it asks for. It is found wherever the pattern is, and elsewhere: enough to know
/// what to try. Where a text isn't ASCII no fast search can tell such ends, and all patterns together would take a slow one.
fn without_words_ends(pattern: &str) -> String {
    const ENDS: [&str; 4] = ["{start}", "{end}", "{start-half}", "{end-half}"];
    let (mut loose, mut rest) = (String::new(), pattern);
    while let Some((before, behind)) = rest.split_once('\\') {
        loose.push_str(before);
        let mut behind_it = behind.chars();
        rest = match behind_it.next() {
            Some('b' | 'B') => {
                loose.push_str("(?:)");
                let after = behind_it.as_str();
                ENDS.iter().find_map(|end| after.strip_prefix(end)).unwrap_or(after)
            }
            Some('<' | '>') => {
                loose.push_str("(?:)");
                behind_it.as_str()
            }
            Some(escaped) => {
                loose.extend(['\\', escaped]);
                behind_it.as_str()
            }
            None => "",
        };
    }
    loose.push_str(rest);
    loose
}

/// Groups of patterns: a condition holds only where of each group one pattern is found.
fn needs(condition: &Condition) -> Vec<Vec<Pattern<'_>>> {
    match condition {
        Condition::All(inner) => inner.iter().flat_map(needs).collect(),
        Condition::Any(inner) => {
            let firsts: Option<Vec<Vec<Pattern<'_>>>> =
                inner.iter().map(|one| needs(one).into_iter().next()).collect();
            firsts.map(|firsts| vec![firsts.into_iter().flatten().collect()]).unwrap_or_default()
        }
        Condition::Match { field, pattern } => vec![vec![(field, pattern.as_str())]],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use regex::Regex;

    use super::super::{Action, Rules, Then, classify};
    use super::*;
    use crate::directory::Directory;

    fn found(field: Field, pattern: &str) -> Condition {
        Condition::Match { field, pattern: Regex::new(pattern).unwrap() }
    }

    fn rules(conditions: Vec<Condition>) -> Vec<Rule> {
        let then = Then {
            action: Some(Action::Open),
            service: None,
            severity: None,
            title: None,
            policy: None,
            tags: BTreeSet::new(),
            quiet: None,
        };
        let rule = |(number, when)| Rule {
            name: format!("{number}"),
            at: String::new(),
            when,
            count: None,
            then: then.clone(),
        };
        conditions.into_iter().enumerate().map(rule).collect()
    }

    #[test]
    fn the_rule_that_decides_is_the_one_that_trying_each_would_find() {
        let subject = |pattern: &str| found(Field::Subject, pattern);
        let text = |pattern: &str| found(Field::Text, pattern);
        let rules = rules(vec![
            Condition::All(vec![subject("disk"), text("^full")]),
            Condition::Any(vec![
                subject("router"),
                Condition::All(vec![subject("switch"), text("port \\d")]),
            ]),
            Condition::All(vec![subject("disk"), Condition::Not(Box::new(text("fine")))]),
            Condition::Any(vec![subject("nothing"), Condition::Known(false), text("x")]),
            Condition::Any(Vec::new()),
            Condition::All(Vec::new()),
        ]);
        let directory = Directory::default();
        for subject in ["disk", "router", "switch", "hello", ""] {
            for text in ["all\nfull", "fine", "port 7", "x", ""] {
                let raw = format!("From: a@example.com\r\nSubject: {subject}\r\n\r\n{text}\r\n");
                let message = crate::message::read(raw.as_bytes());
                let asked = Subject {
                    directory: &directory,
                    message: &message,
                    alert: None,
                    now: Timestamp::UNIX_EPOCH,
                };
                let tried = rules.iter().find(|rule| rule.when.holds(&asked).is_some());
                let decided =
                    classify(&Rules::new(rules.clone()), &directory, &message, None, Timestamp::UNIX_EPOCH);
                assert_eq!(decided.rule, tried.map(|rule| rule.name.clone()), "{subject:?}, {text:?}");
            }
        }
    }

    #[test]
    fn patterns_without_the_ends_of_words_are_found_where_they_were() {
        let loose = [
            (r"\bdown\b", "(?:)down(?:)"),
            (r"(?:\b{start}up|\b)?x{2}", "(?:(?:)up|(?:))?x{2}"),
            (r"\\b\.\<a\>\B", r"\\b\.(?:)a(?:)(?:)"),
            (r"[a\]b]\", r"[a\]b]"),
        ];
        for (pattern, expected) in loose {
            assert_eq!(without_words_ends(pattern), expected);
        }
        let text = |pattern: &str| found(Field::Text, pattern);
        let rules = rules(vec![text(r"\bhost1\b"), text(r"\bhost\b"), text("障害")]);
        let message = crate::message::read("Subject: x\r\n\r\n障害 host1 で\r\n".as_bytes());
        let directory = Directory::default();
        let now = Timestamp::UNIX_EPOCH;
        let asked = Subject { directory: &directory, message: &message, alert: None, now };
        assert_eq!(Index::of(&rules).found(&asked), [true, true, true], "found a little too often");
        let decided = classify(&Rules::new(rules), &directory, &message, None, now);
        assert_eq!(decided.rule.as_deref(), Some("0"));
    }

    #[test]
    fn a_rule_is_not_tried_without_its_patterns() {
        let subject = |pattern: &str| found(Field::Subject, pattern);
        let rules = rules(vec![
            Condition::All(vec![subject("disk"), subject("full")]),
            Condition::Any(vec![subject("disk"), subject("router")]),
            Condition::Any(vec![subject("disk"), Condition::Known(true)]),
            Condition::Not(Box::new(subject("disk"))),
        ]);
        let index = Index::of(&rules);
        let may = |subject: &str| -> Vec<bool> {
            let message = crate::message::read(format!("Subject: {subject}\r\n\r\nx\r\n").as_bytes());
            let directory = Directory::default();
            let asked =
                Subject { directory: &directory, message: &message, alert: None, now: Timestamp::UNIX_EPOCH };
            let found = index.found(&asked);
            (0..rules.len()).map(|rule| index.may_hold(rule, &found)).collect()
        };
        assert_eq!(may("disk full"), [true, true, true, true]);
        assert_eq!(may("disk"), [false, true, true, true]);
        assert_eq!(may("hello"), [false, false, true, true]);
    }
}
