//! Owns running the `[[test]]`s of rule files. A test's mail takes the same way as a real one.

use jiff::Timestamp;

use super::mistake::Mistake;
use crate::book::Book;
use crate::rules::{self, Counts, Fact, Sample, Test, Verdict};
use crate::{alert, message};

/// The author of a test's mail that names none: nobody the site knows.
const STRANGER: &str = "somebody@stranger.invalid";

/// When a mail comes whose test says nothing of it: Wednesday, 2026-01-14 12:00 UTC.
const ORDINARY: Timestamp = Timestamp::constant(1_768_392_000, 0);

/// The tests whose mail comes out otherwise than expected, each with what came out instead.
pub fn failures(book: &Book) -> Vec<Mistake> {
    book.rule_tests.iter().filter_map(|test| failure(book, test)).collect()
}

/// A mail with several alerts passes when one of them comes out as expected.
fn failure(book: &Book, test: &Test) -> Option<Mistake> {
    let message = message::read(&raw(book, &test.mail));
    let alerts = alert::read(&message, &book.formats);
    let mut subjects: Vec<Option<&alert::Alert>> = alerts.iter().map(Some).collect();
    if subjects.is_empty() {
        subjects.push(None);
    }
    let (now, before) =
        (test.mail.at.unwrap_or(ORDINARY), Counts::assumed(test.mail.count.saturating_sub(1)));
    let mut told = subjects.into_iter().map(|alert| {
        let verdict = rules::classify_after(&book.rules, &book.directory, &message, alert, now, &before);
        differences(&test.expect, &verdict, alert)
    });
    let first = told.next().filter(|wrong| !wrong.is_empty())?;
    if told.any(|wrong| wrong.is_empty()) {
        return None;
    }
    Some(Mistake {
        file: test.file.clone(),
        line: test.line,
        text: format!("test failed: {}", first.join("; ")),
    })
}

/// What came out otherwise, in words.
fn differences(expect: &[(Fact, String)], verdict: &Verdict, alert: Option<&alert::Alert>) -> Vec<String> {
    let by = match (&verdict.rule, &verdict.at) {
        (Some(rule), Some(at)) => format!(" (rule `{rule}`, {at})"),
        _ => match verdict.not_yet().next() {
            Some(few) => format!(" (not yet: {few})"),
            None => " (no rule matched)".to_owned(),
        },
    };
    let wrong = |(fact, wanted): &(Fact, String)| {
        let word = fact.word();
        match fact.of(verdict, alert) {
            Some(got) if got == *wanted => None,
            Some(got) => Some(format!("expected {word} `{wanted}`, got `{got}`{by}")),
            None => Some(format!("expected {word} `{wanted}`, got none{by}")),
        }
    };
    expect.iter().filter_map(wrong).collect()
}

/// The sample as a mail (RFC 5322), in UTF-8.
fn raw(book: &Book, mail: &Sample) -> Vec<u8> {
    let to = mail.to.as_deref().unwrap_or(book.address.as_str());
    let mut fields = vec![
        ("Message-ID", "<test@rules.invalid>"),
        ("From", mail.from.as_deref().unwrap_or(STRANGER)),
        ("To", to),
        ("Subject", &mail.subject),
    ];
    fields.extend(mail.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    if !mail.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Type")) {
        fields.push(("Content-Type", "text/plain; charset=utf-8"));
        fields.push(("Content-Transfer-Encoding", "8bit"));
    }
    let mut raw = String::new();
    for (name, value) in fields {
        // A value over several lines would end the header early.
        let value: Vec<&str> = value.lines().collect();
        raw.extend([name, ": ", &value.join(" "), "\r\n"]);
    }
    raw.push_str("\r\n");
    raw.push_str(&mail.text);
    raw.into_bytes()
}
