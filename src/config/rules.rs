//! Owns rule files: `[[rule]]`s in order, over all files in the order of their names.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::conditions::Site;
use super::lists::Lists;
use super::mistake::{Mistake, Source};
use super::reading::{Reading, Word};
use super::table::{self, Table};
use super::{conditions, count, maintenance, samples, values};
use crate::rules::{Action, Fact, Maintenance, Rule, Test, Then, Title, title};

/// Rules for a site that wrote none.
const DEFAULT: (&str, &str) = ("built-in rules/default.toml", include_str!("../../rules/default.toml"));

/// What all rule files say.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// In the order in which they are tried.
    pub(super) rules: Vec<Rule>,
    /// Beside them.
    pub(super) tests: Vec<Test>,
    /// What is planned.
    pub(super) maintenance: Vec<Maintenance>,
}

/// The rules so far, as far as they bear on those that follow.
#[derive(Debug, Default)]
struct Before {
    /// Their names, and where they stand.
    names: BTreeMap<String, String>,
    /// Names of what is planned, and where they stand.
    planned: BTreeMap<String, String>,
    /// Conditions as written, and name and place of the rule that decides by them.
    decided: BTreeMap<String, (String, String)>,
    /// Name and place of a rule that decides on every mail.
    every: Option<(String, String)>,
}

/// The lists of all files. Every mistake in them is added.
pub(super) fn lists(
    files: &[(String, String)],
    alone: &[(String, String)],
    mistakes: &mut Vec<Mistake>,
) -> Lists {
    let mut lists = Lists::default();
    lists.add_files(alone, mistakes);
    for (file, text) in files {
        let (read, found) = table::file(Source { file, text }, |root| {
            root.table("lists", "[lists]").iter().for_each(|table| lists.add_table(table));
        });
        // What is no TOML at all is told when the rules are read.
        mistakes.extend(found.into_iter().filter(|_| read.is_some()));
    }
    lists
}

/// Reads the site's rules; the built-in ones when no file has any. Every mistake is added.
pub(super) fn read(files: &[(String, String)], site: Site<'_>, mistakes: &mut Vec<Mistake>) -> Rules {
    let (mut all, count) = (Rules::default(), mistakes.len());
    let mut before = Before::default();
    for (file, text) in files {
        read_file(Source { file, text }, site, &mut before, &mut all, mistakes);
    }
    if all.rules.is_empty() && mistakes.len() == count {
        let (file, text) = DEFAULT;
        read_file(Source { file, text }, site, &mut before, &mut all, mistakes);
    }
    if mistakes.len() == count {
        mistakes.extend(all.tests.iter().flat_map(|test| expected(test, &before)));
        mistakes.extend(site.lists.unused());
    }
    all
}

/// What a test expects of rules and planned work that are not there.
fn expected(test: &Test, known: &Before) -> Vec<Mistake> {
    let wrong = |(fact, name): &(Fact, String)| {
        let (what, names) = match fact {
            Fact::Rule => ("rule", known.names.keys().collect::<Vec<_>>()),
            Fact::Quiet => ("rule or maintenance", known.names.keys().chain(known.planned.keys()).collect()),
            _ => return None,
        };
        if names.contains(&name) {
            return None;
        }
        let near = super::mistake::suggestion(name, names.into_iter().map(String::as_str));
        let text = format!("the test expects an unknown {what} `{name}`{near}");
        Some(Mistake { file: test.file.clone(), line: test.line, text })
    };
    test.expect.iter().filter_map(wrong).collect()
}

/// Adds what one file says.
fn read_file(
    source: Source<'_>,
    site: Site<'_>,
    before: &mut Before,
    all: &mut Rules,
    mistakes: &mut Vec<Mistake>,
) {
    let (_, found) = table::file(source, |root| {
        // Read with those of the other files.
        root.has("lists");
        for table in root.tables("rule", "[[rule]]") {
            all.rules.extend(rule(table, site, before));
        }
        for table in root.tables("maintenance", "[[maintenance]]") {
            all.maintenance.extend(maintenance::maintenance(table, site, &mut before.planned));
        }
        let tests = root.tables("test", "[[test]]").into_iter();
        all.tests.extend(tests.filter_map(|table| samples::test(table, site.names)));
        root.end();
    });
    mistakes.extend(found);
}

/// One `[[rule]]`. None with a mistake said.
fn rule(table: Table<'_>, site: Site<'_>, before: &mut Before) -> Option<Rule> {
    let reading = table.reading;
    let mistakes = reading.count();
    let at = format!("{}:{}", reading.file(), reading.line(&table.span));
    let name = table.required("name");
    if let Some(name) = &name {
        match before.names.get(&name.text) {
            Some(first) => {
                let text = format!("rule `{}` stands a second time; the first is at {first}", name.text);
                reading.say(&name.span, text);
            }
            None => drop(before.names.insert(name.text.clone(), at.clone())),
        }
    }
    let goes_on = table.flag("continue").unwrap_or(false);
    if !table.has("when") {
        reading.say(&table.span, "[[rule]] needs `when`; write `when = {}` for every mail");
    }
    if !table.has("then") {
        reading.say(&table.span, "[[rule]] needs `then`: write then = { action = \"open\" }");
    }
    let written = reading.text(&table.place("when")).to_owned();
    let read = |when| (count::count(&when), conditions::condition(when, site));
    let (count, when) = table.table("when", "`when`").map(read).unzip();
    let groups = when.as_ref().map(|when| when.captures()).unwrap_or_default();
    let then = table.table("then", "`then`").and_then(|then| consequence(then, site, &groups, goes_on));
    let rule = Rule { name: name.as_ref()?.text.clone(), at, when: when?, count: count?, then: then? };
    // A condition with a mistake in it is not what was meant.
    if reading.count() == mistakes {
        before.follow(&rule, &written, &table, name.as_ref());
    }
    table.end();
    Some(rule)
}

impl Before {
    /// Tells when nothing can reach the rule, and keeps what bears on those that follow.
    fn follow(&mut self, rule: &Rule, written: &str, table: &Table<'_>, name: Option<&Word>) {
        let place = name.map_or(&table.span, |name| &name.span);
        // The text of an inline table is all that it says; the header of `[rule.when]` is not.
        let inline = written.starts_with('{');
        let condition: String = written.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((other, at)) = &self.every {
            let text = format!(
                "rule `{}` never decides: rule `{other}` ({at}) takes every mail before it",
                rule.name
            );
            table.reading.say(place, text);
        } else if let Some((other, at)) = self.decided.get(&condition).filter(|_| inline) {
            let text = format!(
                "rule `{}` never decides: rule `{other}` ({at}) before it has the same `when`",
                rule.name
            );
            table.reading.say(place, text);
        }
        if rule.then.action.is_none() {
            return;
        }
        let this = (rule.name.clone(), rule.at.clone());
        if rule.when.is_every() && rule.count.is_none() {
            self.every.get_or_insert(this.clone());
        }
        if inline {
            self.decided.entry(condition).or_insert(this);
        }
    }
}

/// `then`. Of a rule that goes on, all but an action: it decides nothing.
fn consequence(table: Table<'_>, site: Site<'_>, groups: &[String], goes_on: bool) -> Option<Then> {
    let reading = table.reading;
    if !table.has("action") && !goes_on {
        table.needs("action");
    }
    let action = table.one_of("action", &Action::ALL.map(|action| (action.word(), action)));
    if goes_on && table.has("action") {
        let text =
            "a rule with `continue = true` decides nothing: leave `action` out, or leave `continue` out";
        reading.say(&table.place("action"), text);
    }
    let service = table.word("service").and_then(|word| service(&word, &table, site, groups));
    let severity = table.read("severity", values::severity);
    let title = table.read("title", Title::parse);
    if let Some(title) = &title {
        check_holes(title, "title", &table, groups);
    }
    let policy = table.word("policy").and_then(|word| site.names.policy(reading, &word));
    let tags = table.words("tags").into_iter().filter_map(|word| tag(reading, word)).collect();
    let quiet = table.read("quiet", some_time);
    if matches!(action, Some(Action::Ignore | Action::Hold)) && table.has("quiet") {
        let text =
            "`quiet` is for what opens or joins an incident; ignored and held mails page nobody anyway";
        reading.say(&table.place("quiet"), text);
    }
    table.end();
    let then = Then { action, service, severity, title, policy, tags, quiet };
    (action.is_some() || goes_on).then_some(then)
}

/// A duration that is not over at once.
fn some_time(text: &str) -> Result<SignedDuration, String> {
    let duration = values::duration(text)?;
    if duration.is_zero() { Err(format!("`{text}` is over at once; leave it out")) } else { Ok(duration) }
}

/// A tag, as easy to type as an id.
fn tag(reading: &Reading<'_>, word: Word) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if word.text.is_empty() || !word.text.chars().all(plain) {
        let text = format!("tag `{}` may only have lower-case letters, digits, `-` and `_`", word.text);
        reading.say(&word.span, text);
        return None;
    }
    Some(word.text)
}

/// The service: its id, or a template that gives one.
fn service(word: &Word, table: &Table<'_>, site: Site<'_>, groups: &[String]) -> Option<Title> {
    let reading = table.reading;
    if !word.text.contains('{') {
        site.names.service(reading, word)?;
    }
    let service =
        Title::parse(&word.text).map_err(|why| reading.say(&word.span, format!("`service`: {why}"))).ok()?;
    check_holes(&service, "service", table, groups);
    Some(service)
}

/// Every hole of a template can be filled by something.
fn check_holes(template: &Title, key: &str, table: &Table<'_>, groups: &[String]) {
    let known: Vec<&str> = title::PLACEHOLDERS.into_iter().chain(groups.iter().map(String::as_str)).collect();
    for hole in template.holes().filter(|hole| !known.contains(hole)) {
        let near = super::mistake::suggestion(hole, known.iter().copied());
        let text = format!("unknown placeholder `{{{hole}}}` in the {key}{near}");
        table.reading.say(&table.place(key), text);
    }
}
