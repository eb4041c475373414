//! Owns the tests that a format file carries: `[[test]]` with `mail` and `expect`.
//! Never runs them: `alert::check` does.

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::fmt::rfc2822;

use super::fields;
use crate::alert::Example;
use crate::config::reading::{Reading, Word};
use crate::config::table::Table;
use crate::directory::Address;
use crate::message::{ForwardedHow, Mailbox};

/// The keys of `expect`: an alert's fields.
const EXPECT: [&str; 9] =
    ["source", "key", "reference", "state", "severity", "host", "service", "since", "link"];

/// How a test's mail can be forwarded.
const FORWARDED: [(&str, ForwardedHow); 2] =
    [("inline", ForwardedHow::Inline), ("attached", ForwardedHow::Attached)];

/// All `[[test]]`s of a file.
pub(super) fn read(root: &Table<'_>) -> Vec<Example> {
    root.table_or_tables("test", "[[test]]").into_iter().filter_map(example).collect()
}

fn example(table: Table<'_>) -> Option<Example> {
    let line = table.reading.line(&table.span);
    for key in ["mail", "expect"].into_iter().filter(|key| !table.has(key)) {
        table.needs(key);
    }
    let mail = table.table("mail", "`mail`");
    let expect = table.table_or_tables("expect", "`expect`").into_iter().map(expectation).collect();
    table.end();
    mail.map(|mail| sample(mail, line, expect))
}

/// A test's `mail`, with what is expected of it.
fn sample(mail: Table<'_>, line: usize, expect: Vec<BTreeMap<String, String>>) -> Example {
    let text = |key| mail.text(key).map(|word| word.text);
    let headers = mail.table("headers", "`headers`").map(|headers| headers.free()).unwrap_or_default();
    let example = Example {
        line,
        from: text("from").map(|author| mailbox(&author)),
        date: mail.text("date").and_then(|word| date(&word, mail.reading)),
        subject: text("subject").unwrap_or_default(),
        text: text("text").unwrap_or_default(),
        html: text("html"),
        headers: headers.into_iter().map(|(name, value)| (name.text, value.text)).collect(),
        forwarded: mail.one_of("forwarded", &FORWARDED),
        expect,
    };
    mail.end();
    example
}

/// An author: `Name <address>` or an address alone.
fn mailbox(text: &str) -> Mailbox {
    let (name, address) = text.trim_end_matches('>').split_once('<').unwrap_or(("", text));
    Mailbox { name: name.trim().to_owned(), address: Address::new(address) }
}

fn date(word: &Word, reading: &Reading<'_>) -> Option<Zoned> {
    let date = rfc2822::parse(&word.text).ok();
    if date.is_none() {
        reading.say(&word.span, "`date` is written as in a mail: `Sun, 1 Mar 2026 09:00:00 +0900`");
    }
    date
}

fn expectation(table: Table<'_>) -> BTreeMap<String, String> {
    let mut expected = BTreeMap::new();
    for field in EXPECT {
        let Some(word) = table.text(field) else { continue };
        if field == "state" {
            fields::state(&word, table.reading);
        }
        expected.insert(field.to_owned(), word.text);
    }
    table.end();
    expected
}
