//! Owns rule files: `[[rule]]`s in order, over all files in the order of their names.

use std::collections::BTreeMap;

use super::mistake::{Mistake, Source};
use super::names::Names;
use super::table::{self, Table};
use super::{conditions, samples, values};
use crate::rules::{Action, Rule, Test, Then, Title, title};

/// Rules for a site that wrote none.
const DEFAULT: (&str, &str) = ("built-in rules/default.toml", include_str!("../../rules/default.toml"));

/// What all rule files say.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// In the order in which they are tried.
    pub(super) rules: Vec<Rule>,
    /// Beside them.
    pub(super) tests: Vec<Test>,
}

/// Reads the site's rules; the built-in ones when no file has any. Every mistake is added.
pub(super) fn read(files: &[(String, String)], names: &Names, mistakes: &mut Vec<Mistake>) -> Rules {
    let (mut all, before) = (Rules::default(), mistakes.len());
    let mut taken = BTreeMap::new();
    for (file, text) in files {
        read_file(Source { file, text }, names, &mut taken, &mut all, mistakes);
    }
    if all.rules.is_empty() && mistakes.len() == before {
        let (file, text) = DEFAULT;
        read_file(Source { file, text }, names, &mut taken, &mut all, mistakes);
    }
    all
}

/// Adds what one file says. `taken` holds the names of the rules so far and where they stand.
fn read_file(
    source: Source<'_>,
    names: &Names,
    taken: &mut BTreeMap<String, String>,
    all: &mut Rules,
    mistakes: &mut Vec<Mistake>,
) {
    let (_, found) = table::file(source, |root| {
        for table in root.tables("rule", "[[rule]]") {
            all.rules.extend(rule(table, names, taken));
        }
        let tests = root.tables("test", "[[test]]").into_iter();
        all.tests.extend(tests.filter_map(|table| samples::test(table, names)));
        root.end();
    });
    mistakes.extend(found);
}

/// One `[[rule]]`. None with a mistake said.
fn rule(table: Table<'_>, names: &Names, taken: &mut BTreeMap<String, String>) -> Option<Rule> {
    let at = format!("{}:{}", table.reading.file(), table.reading.line(&table.span));
    let name = table.required("name");
    if let Some(name) = &name {
        match taken.get(&name.text) {
            Some(first) => {
                let text = format!("rule `{}` stands a second time; the first is at {first}", name.text);
                table.reading.say(&name.span, text);
            }
            None => {
                taken.insert(name.text.clone(), at.clone());
            }
        }
    }
    if !table.has("when") {
        table.reading.say(&table.span, "[[rule]] needs `when`; write `when = {}` for every mail");
    }
    if !table.has("then") {
        table.reading.say(&table.span, "[[rule]] needs `then`: write then = { action = \"open\" }");
    }
    let when = table.table("when", "`when`").map(|when| conditions::condition(when, names));
    let groups = when.as_ref().map(|when| when.captures()).unwrap_or_default();
    let then = table.table("then", "`then`").and_then(|then| consequence(then, names, &groups));
    table.end();
    Some(Rule { name: name?.text, at, when: when?, then: then? })
}

/// `then`.
fn consequence(table: Table<'_>, names: &Names, groups: &[String]) -> Option<Then> {
    let reading = table.reading;
    if !table.has("action") {
        table.needs("action");
    }
    let action = table.one_of("action", &Action::ALL.map(|action| (action.word(), action)));
    let service = table.word("service").and_then(|word| names.service(reading, &word));
    let severity = table.read("severity", values::severity);
    let title = table.read("title", Title::parse);
    if let Some(title) = &title {
        check_title(title, &table, groups);
    }
    let policy = table.word("policy").and_then(|word| names.policy(reading, &word));
    table.end();
    Some(Then { action: action?, service, severity, title, policy })
}

/// Every hole of a title can be filled by something.
fn check_title(title: &Title, table: &Table<'_>, groups: &[String]) {
    let known: Vec<&str> = title::PLACEHOLDERS.into_iter().chain(groups.iter().map(String::as_str)).collect();
    for hole in title.holes().filter(|hole| !known.contains(hole)) {
        let near = super::mistake::suggestion(hole, known.iter().copied());
        table
            .reading
            .say(&table.place("title"), format!("unknown placeholder `{{{hole}}}` in the title{near}"));
    }
}
