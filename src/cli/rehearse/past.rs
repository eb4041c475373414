//! Owns `rehearse --mailbox`: what past mails lead to by the site's rules and by others, and where that differs.
//! Never keeps or sends anything: both worlds are in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use crate::book::Book;
use crate::cli::output::{NAME, QUIET, paint};
use crate::cli::{End, Failure, output, site};
use crate::escalation::SETTLE;
use crate::gateway::{Arrival, Change, Input, Outcome};
use crate::incident::NoticeKind;
use crate::incident::words::one_line;
use crate::io::archive::{self, Archive};
use crate::io::files;
use crate::io::reading;
use crate::io::store::{self, Store};
use crate::message::Message;
use crate::token::Keys;

/// Plays every mail of an archive by the rules as they are and by those of a directory.
pub(super) fn run(config: Option<&Path>, mailbox: &Path, rules: &Path) -> Result<End, Failure> {
    let config = config.unwrap_or(Path::new(site::DEFAULT));
    let now = site::load(Some(config))?.config.book;
    let new = files::load_with_rules(config, rules, Keys::for_rehearsal()).map_err(Failure::Mistakes)?;
    let archive =
        archive::open(mailbox, &mut |_| {}).map_err(|error| Failure::Impossible(error.to_string()))?;
    let mut worlds = (World::of(now)?, World::of(new.config.book)?);
    let (mut tallies, mut differ) = ((Tally::new(), Tally::new()), 0);
    let mut came = archive.entries.iter().find_map(|entry| entry.date).unwrap_or(Timestamp::UNIX_EPOCH);
    for (index, entry) in archive.entries.iter().enumerate() {
        came = entry.date.unwrap_or(came).max(came);
        let name = archive.name(entry);
        let Some(message) = message(&archive, entry)? else {
            output::remark(&format!(
                "not taken: {}: reading it panicked, which is a bug\n",
                one_line(&name)
            ))?;
            continue;
        };
        let fates = (worlds.0.take(&message, index, came)?, worlds.1.take(&message, index, came)?);
        count(&mut tallies.0, &fates.0);
        count(&mut tallies.1, &fates.1);
        if fates.0.matters() != fates.1.matters() {
            differ += 1;
            let subject = one_line(&message.subject);
            let told = |fate: &Fate| {
                fate.words(|opener| archive.entries.get(opener).map(|entry| archive.name(entry)))
            };
            output::print(&format!(
                "{}  {}  {subject}\n  now   {}\n  then  {}\n",
                paint(NAME, &one_line(&name)),
                came.strftime("%Y-%m-%d %H:%M UTC"),
                told(&fates.0),
                told(&fates.1)
            ))?;
        }
    }
    output::print(&summary(&tallies.0, &tallies.1, differ, archive.entries.len()))?;
    Ok(if differ > 0 { End::Wrong } else { End::Done })
}

/// A mail of the archive; None when reading it panicked.
fn message(archive: &Archive, entry: &archive::Entry) -> Result<Option<Message>, Failure> {
    let raw = archive.read(entry).map_err(|error| Failure::Impossible(error.to_string()))?;
    Ok(reading::read(vec![raw]).pop().flatten())
}

/// One set of rules, and what came of the mails so far.
struct World {
    book: Book,
    store: Store,
    /// Which mail opened an incident: numbers differ between the worlds, mails don't.
    opened_by: BTreeMap<u64, usize>,
}

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fate {
    what: &'static str,
    /// The mail that opened its incident.
    opener: Option<usize>,
    /// Severity, service and title of that incident.
    incident: Option<(String, Option<String>, String)>,
    /// The rule that decided.
    rule: Option<String>,
    /// People paged within the settling time.
    paged: BTreeSet<String>,
}

impl World {
    fn of(book: Book) -> Result<Self, Failure> {
        Ok(Self { book, store: Store::in_memory()?, opened_by: BTreeMap::new() })
    }

    /// A mail comes. Of what is due later only the first page is waited for: it is the mail's own.
    fn take(&mut self, message: &Message, index: usize, now: Timestamp) -> Result<Fate, Failure> {
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
            what: outcome.map_or("unmatched", |outcome| word(outcome.what)),
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

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Opened => "opened",
        Outcome::Joined => "joined",
        Outcome::Held => "held",
        Outcome::Unmatched => "unmatched",
        Outcome::Ignored => "ignored",
        Outcome::Duplicate => "duplicate",
        Outcome::Bounce => "bounce",
    }
}

impl Fate {
    /// All but the name of the rule: a rule under another name that does the same is no difference.
    fn matters(&self) -> Self {
        Self { rule: None, ..self.clone() }
    }

    fn words(&self, name: impl Fn(usize) -> Option<String>) -> String {
        let mut words = self.what.to_owned();
        if let (true, Some(opener)) = (self.what == "joined", self.opener.and_then(name)) {
            words.push_str(&format!(" what {} opened", one_line(&opener)));
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

/// How many mails came to what.
type Tally = BTreeMap<&'static str, usize>;

fn count(tally: &mut Tally, fate: &Fate) {
    *tally.entry(fate.what).or_insert(0) += 1;
    *tally.entry("paged").or_insert(0) += usize::from(!fate.paged.is_empty());
}

fn summary(now: &Tally, then: &Tally, differ: usize, all: usize) -> String {
    let mut text = format!("{}\n", paint(NAME, &format!("{differ} of {all} mails come out otherwise")));
    text.push_str(&format!("  {:<12} {:>8} {:>8}\n", "", "now", "then"));
    let words: BTreeSet<&str> = now.keys().chain(then.keys()).copied().collect();
    for word in words {
        let of = |tally: &Tally| tally.get(word).copied().unwrap_or(0);
        text.push_str(&format!("  {word:<12} {:>8} {:>8}\n", of(now), of(then)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Files};

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
