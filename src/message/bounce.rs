//! Owns delivery reports: RFC 3464 parts, broken ones, Exim's X-Failed-Recipients, mail servers' own words.
//! Never decides what a bounce means for anybody; a mail that a person wrote about one is none.

mod formats;
mod notification;
mod report;
mod status;
#[cfg(test)]
mod tests;
mod words;

use std::sync::LazyLock;

use super::content::Content;
use super::fields::{self, Fields};
use super::plain::{clip, one_line};
use super::vocabulary::Phrases;
use super::{Bounce, BouncedRecipient, subject, values};
use crate::directory::Address;
use report::Report;

/// Most recipients read of one report (DESIGN 10).
const MOST_RECIPIENTS: usize = 500;
/// Longest diagnostic kept, in bytes.
const LONGEST_DIAGNOSTIC: usize = 1_000;

/// What a mail reports of other mails' delivery, and the evidence that it is a report.
pub(super) fn read(fields: &Fields, content: &Content) -> Option<(Bounce, String)> {
    // Receipts (RFC 8098) and complaints (RFC 5965) tell of mails that arrived; but Sieve and old Dovecot refuse a
    // mail in the form of a receipt (RFC 5429, 2.1.2).
    let refused = || content.text.lines().take(20).any(|line| line.contains("was automatically rejected"));
    match content.report_type.as_deref() {
        Some("feedback-report") => return None,
        Some("disposition-notification") if !refused() => return None,
        _ => {}
    }
    if let Some(bounce) = notification::read(fields, &content.text) {
        return Some((bounce, "X-Amz-Sns-Message-Id".to_owned()));
    }
    let evidence = evidence(fields, content)?;
    let original_message_id = content
        .attached
        .as_deref()
        .and_then(returned)
        .and_then(|returned| values::message_id(&returned.text("Message-ID")?))
        .or_else(|| id_in_text(&content.text))
        .or_else(|| named_id(fields));
    Some((Bounce { recipients: recipients(fields, content), original_message_id }, evidence))
}

/// What makes the mail a report: its form, or Exim's field, or a mail system that says so.
fn evidence(fields: &Fields, content: &Content) -> Option<String> {
    let subject = fields.text("Subject").unwrap_or_default();
    let by_system = by_system(fields);
    let of_person = || !by_system && subject::base(&subject).1.is_some();
    if content.report_type.as_deref() == Some("delivery-status") {
        return Some("Content-Type: multipart/report; report-type=delivery-status".to_owned());
    }
    if content.delivery_status.is_some() && !of_person() {
        return Some("Content-Type: message/delivery-status".to_owned());
    }
    if let Some(value) = fields.text("X-Failed-Recipients").filter(|value| value.contains('@')) {
        return Some(format!("X-Failed-Recipients: {value}"));
    }
    let field = reporting_field(fields);
    let sent = by_system || null_path(fields) || field.is_some();
    if !sent || of_person() {
        return None;
    }
    let says_so = by_subject(&subject);
    let of_list = field.as_ref().is_some_and(|field| field.starts_with("X-MLServer"));
    let opening = words::opening(&content.text).filter(|(product, _)| *product != "fml" || of_list);
    let opening = opening.map(|(_, words)| words);
    if !says_so && opening.is_none() {
        return None;
    }
    // Programs other than mail servers send with the null return path too.
    if !by_system && field.is_none() && content.attached.is_none() && !words::names(&content.text) {
        return None;
    }
    match (field, opening) {
        _ if says_so => Some(format!("Subject: {subject}")),
        (Some(field), _) => Some(field),
        (None, opening) => opening.map(|words| format!("the words \"{words}\"")),
    }
}

/// A mail system as author, or none at all.
fn by_system(fields: &Fields) -> bool {
    static WORDS: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(formats::SYSTEMS.iter().chain(formats::NAMES).copied()));
    let from = fields.raw("From").next().map(|raw| raw.trim_ascii().ends_with(b"<>"));
    // Looked at before the addresses are read: most mails are nobody's report.
    let may_be = |raw: &[u8]| {
        let text = String::from_utf8_lossy(raw).to_lowercase();
        text.contains("=?") || WORDS.are_in(&text)
    };
    if from == Some(false) && !fields.raw("From").any(may_be) {
        return false;
    }
    let author = fields.raw("From").flat_map(values::mailboxes).next();
    let named = author.is_some_and(|author| {
        let (local, name) = (author.address.local(), author.name.to_lowercase());
        let begins = |words: &[&str], text: &str| words.iter().any(|word| text.starts_with(word));
        begins(formats::SYSTEMS, local) || begins(formats::NAMES, &name)
    });
    named || from.unwrap_or(true)
}

/// RFC 5321, 4.5.5: reports are sent with the null return path.
fn null_path(fields: &Fields) -> bool {
    let path = fields.text("Return-Path").unwrap_or_default().to_lowercase();
    path.trim() == "<>" || path.trim_start_matches('<').starts_with("mailer-daemon")
}

fn reporting_field(fields: &Fields) -> Option<String> {
    formats::FIELDS.iter().find_map(|(name, beginning)| {
        let mut values = fields.raw(name).map(|raw| one_line(&String::from_utf8_lossy(raw)));
        let value = values.find(|value| {
            let lower = value.to_lowercase();
            lower.starts_with(beginning) && (*name != "Received" || lower.contains("invoked for bounce"))
        })?;
        Some(format!("{name}: {value}"))
    })
}

fn by_subject(subject: &str) -> bool {
    let lower = clip(subject, 500).to_lowercase();
    let plain = lower.trim_start_matches(|c: char| c.is_whitespace() || "*\"'【「(".contains(c));
    let tagged =
        plain.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(_, rest)| rest.trim_start());
    let begins = |text: &str| formats::SUBJECTS.iter().any(|words| text.starts_with(words));
    begins(plain) || tagged.is_some_and(begins)
}

/// From the report's fields, else Exim's field, else the words, else to whom the returned mail was sent.
fn recipients(fields: &Fields, content: &Content) -> Vec<BouncedRecipient> {
    let Report { recipients, nameless } =
        content.delivery_status.as_deref().map(report::read).unwrap_or_default();
    if !recipients.is_empty() {
        return recipients;
    }
    let inside = report::inside(&content.text).map(report::read).unwrap_or_default();
    if !inside.recipients.is_empty() {
        return inside.recipients;
    }
    // A gateway may have wrapped the report that it got.
    let wrapped = content.attached.as_deref().map(String::from_utf8_lossy);
    let wrapped = wrapped.as_deref().and_then(report::inside).map(report::read).unwrap_or_default();
    if !wrapped.recipients.is_empty() {
        return wrapped.recipients;
    }
    let notice = words::notice(&content.text);
    let failed = fields.text("X-Failed-Recipients").unwrap_or_default();
    let failed: Vec<Address> = failed.split(',').take(MOST_RECIPIENTS).map(Address::new).collect();
    let sender: Vec<Address> =
        fields.raw("To").flat_map(values::mailboxes).take(10).map(|to| to.address).collect();
    let mut told = words::recipients(&notice, &sender);
    if failed.iter().any(|address| address.as_str().contains('@')) {
        let unnamed = |address: &Address| words::of_all(address.clone(), &notice);
        let tell = |address: &Address| {
            told.iter().find(|one| one.address == *address).cloned().unwrap_or_else(|| unnamed(address))
        };
        return failed.iter().filter(|address| address.as_str().contains('@')).map(tell).collect();
    }
    if told.is_empty() {
        let returned = content.attached.as_deref().and_then(returned);
        let to = returned
            .as_ref()
            .and_then(|returned| returned.raw("To").flat_map(values::mailboxes).next().map(|to| to.address));
        let to = to.or_else(|| words::returned_to(&content.text));
        told.extend(to.map(|address| words::of_all(address, &notice)));
    }
    if let Some(nameless) = nameless {
        let told_of = |one: BouncedRecipient| BouncedRecipient {
            address: one.address,
            diagnostic: Some(&nameless.diagnostic)
                .filter(|said| !said.is_empty())
                .unwrap_or(&one.diagnostic)
                .clone(),
            ..nameless.clone()
        };
        return told.into_iter().map(told_of).collect();
    }
    told
}

fn returned(attached: &[u8]) -> Option<Fields<'_>> {
    let (head, _) = fields::split(fields::top(attached));
    Some(Fields::read(head)).filter(|fields| !fields.is_empty())
}

fn id_in_text(text: &str) -> Option<String> {
    let line = clip(text, 256 * 1024).lines().find(|line| {
        let line = line.trim_start_matches(['>', ' ']);
        line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("message-id:"))
    })?;
    values::ids(line.split_once(':')?.1).into_iter().next()
}

/// Exchange and Gmail answer the mail that they return.
fn named_id(fields: &Fields) -> Option<String> {
    ["X-Original-Message-ID", "In-Reply-To"]
        .into_iter()
        .find_map(|name| values::message_id(&fields.text(name)?))
}
