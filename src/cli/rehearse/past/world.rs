//! Owns one set of rules and what comes of past mails by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::book::Book;
use crate::cli::Failure;
use crate::cli::output::{QUIET, paint};
use crate::escalation::SETTLE;
use crate::gateway::{Arrival, Change, Input, Outcome};
use crate::incident::NoticeKind;
use crate::incident::words::one_line;
use crate::io::store::{self, Store};
use crate::message::Message;

/// One set of rules, and what came of the mails so far.
pub(super) struct World {
    book: Book,
    store: Store,
    /// Which mail opened an incident: numbers differ between the worlds, mails don't.
    opened_by: BTreeMap<u64, usize>,
}

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) what: &'static str,
    /// The mail that opened its incident.
    opener: Option<usize>,
    /// Severity, service and title of that incident.
    incident: Option<(String, Option<String>, String)>,
    /// The rule that decided.
    rule: Option<String>,
    /// People paged within the settling time.
    pub(super) paged: BTreeSet<String>,
}

impl World {
    pub(super) fn of(book: Book) -> Result<Self, Failure> {
        Ok(Self { book, store: Store::in_memory()?, opened_by: BTreeMap::new() })
    }

    /// A mail comes. Of what is due later only the first page is waited for: it is the mail's own.
    pub(super) fn take(&mut self, message: &Message, index: usize, now: Timestamp) -> Result<Fate, Failure> {
        let change = self.work(Input::Mail(message, Arrival::At(now)), now)?;
        let mut paged = pages(&change);
        for (number, due) in &change.due {
            if let Some(due) = due.filter(|due| *due <= now + SETTLE) {
                paged.extend(pages(&self.work(Input::Due(*number), due)?));
            }
        }
        let outcome = change.outcome.as_ref();
        let number = outcome.and_then(|outcome| outcome.incident);
        if let Some(number) =
            number.filter(|_| outcome.is_some_and(|outcome| outcome.what == Outcome::Opened))
        {
            self.opened_by.insert(number, index);
        }
        let incident = number.and_then(|number| change.incidents.get(&number)).map(|incident| {
            let service = incident.service.as_ref().map(ToString::to_string);
            (incident.severity.to_string(), service, incident.title.clone())
        });
        Ok(Fate {
            what: outcome.map_or("unmatched", |outcome| outcome.what.word()),
            opener: number.and_then(|number| self.opened_by.get(&number)).copied(),
            incident,
            rule: outcome.and_then(|outcome| outcome.rule.clone()),
            paged,
        })
    }

    fn work(&mut self, input: Input<'_>, now: Timestamp) -> Result<Change, Failure> {
        let book = &self.book;
        Ok(self.store.write(|connection| store::work(connection, book, input, now))?)
    }
}

/// Who is to act by this.
fn pages(change: &Change) -> BTreeSet<String> {
    let pages = change.notices.iter().filter(|notice| matches!(notice.kind, NoticeKind::Page { .. }));
    pages.map(|notice| notice.person.to_string()).collect()
}

impl Fate {
    /// All but the name of the rule: a rule under another name that does the same is no difference.
    pub(super) fn matters(&self) -> Self {
        Self { rule: None, ..self.clone() }
    }

    pub(super) fn words<'a>(&self, name: impl Fn(usize) -> Option<&'a str>) -> String {
        let mut words = self.what.to_owned();
        if let (true, Some(opener)) = (self.what == "joined", self.opener.and_then(name)) {
            words.push_str(&format!(" what {} opened", one_line(opener)));
        }
        if let Some((severity, service, title)) = &self.incident {
            let service = service.as_ref().map(|service| format!(", {service}")).unwrap_or_default();
            words.push_str(&format!(": {severity}{service}, \"{}\"", one_line(title)));
        }
        if let Some(rule) = &self.rule {
            words.push_str(&paint(QUIET, &format!(" (rule {rule})")));
        }
        if !self.paged.is_empty() {
            let paged: Vec<&str> = self.paged.iter().map(String::as_str).collect();
            words.push_str(&format!("; pages {}", paged.join(", ")));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Files};
    use crate::token::Keys;

    const SITE: &str = r#"
        gateway = { address = "incidents@example.com", operator = "infra" }
        party = [{ id = "infra", people = ["kato"] }]
        person = [{ id = "kato", addresses = ["kato@example.com"] }]
    "#;

    fn world(rules: &str) -> World {
        let files = Files {
            main: ("firebell.toml".to_owned(), SITE.to_owned()),
            rules: vec![("rules/site.toml".to_owned(), rules.to_owned())],
            ..Files::default()
        };
        World::of(config::read(&files, Keys::for_rehearsal()).unwrap().book).unwrap()
    }

    fn rule(name: &str, word: &str, then: &str) -> String {
        format!("[[rule]]\nname = \"{name}\"\nwhen = {{ subject = \"{word}\" }}\nthen = {{ {then} }}\n")
    }

    fn fates(world: &mut World, subjects: &[&str]) -> Vec<Fate> {
        let take = |(index, subject): (usize, &&str)| {
            let raw =
                format!("From: a@example.org\r\nMessage-ID: <{index}@a>\r\nSubject: {subject}\r\n\r\nx\r\n");
            let now = Timestamp::from_second(1_768_392_000 + 3600 * index as i64).unwrap();
            world.take(&crate::message::read(raw.as_bytes()), index, now).unwrap()
        };
        subjects.iter().enumerate().map(take).collect()
    }

    #[test]
    fn what_another_rule_does_differs_and_what_it_is_called_does_not() {
        let mails = ["disk full", "router down", "hello"];
        let open = "action = \"open\", severity = \"sev2\"";
        let now = fates(&mut world(&(rule("a", "disk", open) + &rule("b", "router", open))), &mails);
        let renamed = fates(&mut world(&(rule("x", "disk", open) + &rule("y", "router", open))), &mails);
        let same = |a: &[Fate], b: &[Fate]| -> Vec<bool> {
            a.iter().zip(b).map(|(a, b)| a.matters() == b.matters()).collect()
        };
        assert_eq!(same(&now, &renamed), [true, true, true]);
        let silent = rule("a", "disk", "action = \"ignore\"") + &rule("b", "router", open);
        let changed = fates(&mut world(&silent), &mails);
        assert_eq!(same(&now, &changed), [false, true, true]);
        let [before, after] = [&now, &changed].map(|fates| fates.first().unwrap().words(|_| None));
        assert!(before.starts_with("opened: SEV2, \"disk full\""), "{before}");
        assert!(before.ends_with("; pages kato"), "{before}");
        assert!(after.starts_with("ignored"), "{after}");
    }
}
