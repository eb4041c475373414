//! Owns writing the mail of a format's test as it would travel, so that it is read on the way of every mail.
//! Never reads one.

use super::Example;
use crate::message::{self, ForwardedHow, Mailbox, Message};

/// Begins the line between the parts of a mail. No test's text has such a line.
const BOUNDARY: &str = "=_example_7f3a91";

/// A test's mail as read.
pub(super) fn message(example: &Example) -> Message {
    let mail = mail(example);
    match example.forwarded {
        None => message::read(mail.as_bytes()),
        Some(ForwardedHow::Attached) => message::read(attached(&example.subject, &mail).as_bytes()),
        Some(ForwardedHow::Inline) => message::read(inline(example, &mail).as_bytes()),
    }
}

fn mail(example: &Example) -> String {
    let mut head = String::new();
    if let Some(author) = &example.from {
        head += &field("From", &written(author));
    }
    if let Some(date) = &example.date {
        head += &field("Date", &date.strftime("%a, %d %b %Y %H:%M:%S %z").to_string());
    }
    head += &field("Subject", &example.subject);
    for (name, value) in &example.headers {
        head += &field(name, value);
    }
    head + "MIME-Version: 1.0\n" + &body(example)
}

/// The text, the HTML, or both as alternatives.
fn body(example: &Example) -> String {
    let text = |text: &str| part("text/plain; charset=utf-8", text);
    match &example.html {
        None => text(&example.text),
        Some(html) if example.text.is_empty() => part("text/html; charset=utf-8", html),
        Some(html) => {
            multipart("alternative", &[text(&example.text), part("text/html; charset=utf-8", html)])
        }
    }
}

/// A colleague's mail to which another is attached.
fn attached(subject: &str, mail: &str) -> String {
    let note = part("text/plain; charset=utf-8", "please look\n");
    colleague(subject) + &multipart("mixed", &[note, part("message/rfc822", mail)])
}

/// A colleague's mail in which another stands below the mark that Gmail writes.
fn inline(example: &Example, mail: &str) -> String {
    let original = message::read(mail.as_bytes());
    let from = example.from.as_ref().map(written).unwrap_or_else(|| "monitor@mon.example.com".to_owned());
    let date = example.date.as_ref().map(|date| date.strftime("%a, %b %d, %Y at %-I:%M %p").to_string());
    let block = format!(
        "please look\n\n---------- Forwarded message ---------\nFrom: {from}\nDate: {}\nSubject: {}\nTo: <desk@example.com>\n\n\n",
        date.as_deref().unwrap_or("Sun, Mar 1, 2026 at 4:20 PM"),
        example.subject,
    );
    colleague(&example.subject) + &part("text/plain; charset=utf-8", &(block + &original.text))
}

fn colleague(subject: &str) -> String {
    field("From", "Kato Ren <kato@example.com>")
        + &field("Date", "Sun, 01 Mar 2026 17:30:00 +0000")
        + &field("Subject", &format!("Fwd: {subject}"))
        + "MIME-Version: 1.0\n"
}

fn field(name: &str, value: &str) -> String {
    format!("{name}: {}\n", value.replace(['\r', '\n'], " "))
}

fn written(author: &Mailbox) -> String {
    match author.name.as_str() {
        "" => author.address.to_string(),
        name => format!("\"{}\" <{}>", name.replace(['\\', '"'], ""), author.address),
    }
}

fn part(kind: &str, content: &str) -> String {
    format!("Content-Type: {kind}\nContent-Transfer-Encoding: 8bit\n\n{content}")
}

fn multipart(kind: &str, parts: &[String]) -> String {
    let boundary = format!("{BOUNDARY}_{kind}");
    let bodies: String = parts.iter().map(|part| format!("--{boundary}\n{part}\n")).collect();
    format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\n{bodies}--{boundary}--\n")
}
