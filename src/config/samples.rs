//! Owns `[[test]]` in rule files: a mail, and what must come of it.

use super::mistake::suggestion;
use super::names::Names;
use super::reading::Word;
use super::table::Table;
use super::values;
use crate::rules::condition::{STATES, state_word};
use crate::rules::count::MOST;
use crate::rules::{Action, Fact, Sample, Test};

/// Reads one. None with a mistake said.
pub(super) fn test(table: Table<'_>, names: &Names) -> Option<Test> {
    let (file, line) = (table.reading.file().to_owned(), table.reading.line(&table.span));
    for key in ["mail", "expect"].into_iter().filter(|key| !table.has(key)) {
        table.needs(key);
    }
    let mail = table.table("mail", "`mail`").map(sample);
    let expect = table.table("expect", "`expect`").map(|expect| facts(expect, names));
    table.end();
    Some(Test { file, line, mail: mail?, expect: expect? })
}

/// `mail`.
fn sample(table: Table<'_>) -> Sample {
    let text = |key| table.text(key).map(|word| word.text);
    let mut sample = Sample {
        from: text("from"),
        to: text("to"),
        subject: text("subject").unwrap_or_default(),
        text: text("text").unwrap_or_default(),
        at: table.date_or_word("at").and_then(|word| {
            let wrong = |_| {
                format!("`at`: `{}` is no time with its zone; write 2026-12-31T09:00:00+09:00", word.text)
            };
            word.text.parse().map_err(wrong).map_err(|why| table.reading.say(&word.span, why)).ok()
        }),
        headers: Vec::new(),
        count: table.number("count", 1..=MOST).unwrap_or(1),
    };
    if let Some(headers) = table.table("header", "`header`") {
        sample.headers = headers.free().into_iter().map(|(name, value)| (name.text, value.text)).collect();
    }
    table.end();
    sample
}

/// `expect`: at least one fact, or the test would say nothing.
fn facts(table: Table<'_>, names: &Names) -> Vec<(Fact, String)> {
    let mut facts = Vec::new();
    for fact in Fact::ALL {
        let Some(word) = table.text(fact.word()) else { continue };
        check(fact, &word, &table, names);
        facts.push((fact, word.text));
    }
    if facts.is_empty() {
        let known = Fact::ALL.map(Fact::word).join(", ");
        table.reading.say(&table.span, format!("`expect` is empty; it can have: {known}"));
    }
    table.end();
    facts
}

/// Whether such a thing can come out at all.
fn check(fact: Fact, word: &Word, table: &Table<'_>, names: &Names) {
    let among = |known: Vec<&str>| {
        if !known.contains(&word.text.as_str()) {
            let near = suggestion(&word.text, known);
            table.reading.say(&word.span, format!("unknown {} `{}`{near}", fact.word(), word.text));
        }
    };
    match fact {
        Fact::Action => among(Action::ALL.map(Action::word).into_iter().chain(["unmatched"]).collect()),
        Fact::State => among(STATES.map(state_word).to_vec()),
        Fact::Service => drop(names.service(table.reading, word)),
        Fact::Policy => drop(names.policy(table.reading, word)),
        Fact::Severity => {
            if let Err(why) = values::severity(&word.text) {
                table.reading.say(&word.span, why);
            }
        }
        Fact::Rule | Fact::Title | Fact::Tags | Fact::Quiet | Fact::Format | Fact::Key | Fact::Host => {}
    }
}
