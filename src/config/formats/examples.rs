//! Owns the tests that a format file carries: `[[test]]` with `mail` and `expect`.
//! Never runs them: `alert::check` does.

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::fmt::rfc2822;

use super::fields;
use super::table::{Mistakes, Table, Word};
use crate::alert::Example;
use crate::directory::Address;
use crate::message::Mailbox;

/// The keys of `mail`.
const MAIL: [&str; 6] = ["from", "date", "subject", "text", "html", "headers"];
/// The keys of `expect`: an alert's fields.
const EXPECT: [&str; 8] = ["source", "key", "state", "severity", "host", "service", "since", "link"];

/// All `[[test]]`s of a file.
pub(super) fn read(page: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Vec<Example> {
    page.tables("test", mistakes).iter().filter_map(|table| example(table, mistakes)).collect()
}

fn example(table: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Option<Example> {
    table.only(&["mail", "expect"], mistakes);
    for key in ["mail", "expect"].into_iter().filter(|key| !table.has(key)) {
        mistakes.add(table.span.clone(), format!("a test needs `{key}`"));
    }
    let expect = table.tables("expect", mistakes).iter().map(|table| expectation(table, mistakes)).collect();
    let mail = table.table("mail", mistakes)?;
    mail.only(&MAIL, mistakes);
    let mut text = |key: &str| mail.word(key, mistakes).map(|word| word.text.to_owned());
    let (subject, body, html) = (text("subject"), text("text"), text("html"));
    let headers = mail.table("headers", mistakes).map(|headers| headers.pairs(mistakes)).unwrap_or_default();
    Some(Example {
        line: mistakes.line(&table.span),
        from: mail.word("from", mistakes).map(|word| mailbox(&word)),
        date: mail.word("date", mistakes).and_then(|word| date(&word, mistakes)),
        subject: subject.unwrap_or_default(),
        text: body.unwrap_or_default(),
        html,
        headers: headers.iter().map(|(name, value)| (name.text.to_owned(), value.text.to_owned())).collect(),
        expect,
    })
}

/// An author: `Name <address>` or an address alone.
fn mailbox(word: &Word<'_>) -> Mailbox {
    let (name, address) = word.text.trim_end_matches('>').split_once('<').unwrap_or(("", word.text));
    Mailbox { name: name.trim().to_owned(), address: Address::new(address) }
}

fn date(word: &Word<'_>, mistakes: &mut Mistakes<'_>) -> Option<Zoned> {
    let date = rfc2822::parse(word.text).ok();
    if date.is_none() {
        let text = "`date` is written as in a mail: `Sun, 1 Mar 2026 09:00:00 +0900`";
        mistakes.add(word.span.clone(), text);
    }
    date
}

fn expectation(table: &Table<'_>, mistakes: &mut Mistakes<'_>) -> BTreeMap<String, String> {
    table.only(&EXPECT, mistakes);
    if let Some(word) = table.word("state", mistakes) {
        fields::state(&word, mistakes);
    }
    let written = |field: &str| Some((field.to_owned(), table.word(field, mistakes)?.text.to_owned()));
    EXPECT.into_iter().filter_map(written).collect()
}
