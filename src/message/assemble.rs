//! Owns putting a message together from what the rooms of reading say: the header's fields, the body, and whether a robot
//! wrote it.
//! Never reads bytes.

use data_encoding::HEXLOWER;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::content::Content;
use super::fields::Fields;
use super::lines::Lines;
use super::plain::split_lines;
use super::subject::{self, Prefix};
use super::{
    Automatic, AutomaticKind, Forward, MOST_RECIPIENTS, Mailbox, Message, automatic, bounce, copy, forward,
    plain, reply_text, values, words,
};
use crate::directory::Address;

/// Most references read of a mail (DESIGN 10).
const MOST_REFERENCES: usize = 100;

/// The message, of which the size and what is odd about all of it are still to be told.
pub(super) fn message(fields: &Fields, content: Content<'_>) -> Message {
    let subject = fields.text("Subject").unwrap_or_default();
    let (base_subject, prefix) = subject::base(&subject);
    let from: Vec<Mailbox> = fields.raw("From").flat_map(values::mailboxes).take(MOST_RECIPIENTS).collect();
    let date = fields.text("Date").and_then(|value| values::date(&value));
    let lines = split_lines(&content.text);
    let content_hash = copy::hash(&from, fields, &base_subject, (&content.text, &lines));
    let message_id = fields.text("Message-ID").and_then(|value| values::message_id(&value));
    let recipients = recipients(fields);
    let references = references(fields, |id| {
        let people = || from.iter().map(|from| &from.address).chain(&recipients);
        message_id.as_deref() == Some(id) || people().any(|person| person.as_str().eq_ignore_ascii_case(id))
    });
    let (bounce, report) = bounce::read(fields, &content).unzip();
    let bounced = report.map(|evidence| Automatic { kind: AutomaticKind::Bounce, evidence });
    let answers = matches!(prefix, Some(Prefix::Reply | Prefix::Either)) || !references.is_empty();
    let automatic = bounced.or_else(|| automatic::classify(fields, &content, &subject, answers));
    let is_report = bounce.is_some() || content.report_type.is_some();
    let zone = date.as_ref().map_or(TimeZone::UTC, |date| date.time_zone().clone());
    let (forwarded, split) = if is_report {
        (None, whole(&content.text))
    } else {
        unwrap(&content, lines, (prefix, answers), &zone)
    };
    let is_reply = prefix == Some(Prefix::Reply) || prefix == Some(Prefix::Either) && forwarded.is_none();
    Message {
        message_id: message_id.unwrap_or_else(|| made_id(fields, &content_hash)),
        content_hash,
        date,
        from,
        recipients,
        subject,
        base_subject,
        is_reply,
        references,
        text: content.text,
        reply_text: split.reply,
        quoted_text: split.quoted,
        html: content.html,
        forwarded,
        automatic,
        invitation: content.invitation,
        bounce,
        headers: fields.decoded(),
        attachments: content.attachments,
        defects: content.remarks,
        size: 0,
    }
}

/// The forwarded mail, and the author's own text and the rest. A mail that answers nothing is not trimmed, nor is
/// a forward whose form we don't know; above a known inline forward, nothing at all may be the author's.
fn unwrap(
    content: &Content,
    lines: Vec<&str>,
    (prefix, answers): (Option<Prefix>, bool),
    zone: &TimeZone,
) -> (Option<Forward>, reply_text::Split) {
    let attached = content.attached.as_deref().map(forward::attached);
    let text = Lines::from(lines);
    if attached.is_none()
        && let Some(found) = forward::inline(&text, prefix, zone)
    {
        let lines = &text.all;
        let (above, rest) = lines.split_at(found.above.min(lines.len()));
        let (rest, below) = rest.split_at(found.end.saturating_sub(found.above).min(rest.len()));
        let own = reply_text::split_around([above, below].concat().join("\n").trim());
        let quoted = [own.quoted, rest.join("\n")].join("\n").trim_matches('\n').to_owned();
        return (Some(found.forward), reply_text::Split { reply: own.reply, quoted });
    }
    let trimmed = answers && prefix != Some(Prefix::Forward);
    (attached, if trimmed { reply_text::split(&text) } else { whole(&content.text) })
}

fn whole(text: &str) -> reply_text::Split {
    reply_text::Split { reply: text.to_owned(), quoted: String::new() }
}

/// Newest first: In-Reply-To names the mail that is answered, References end with it (RFC 5322, 3.6.4). Without the mail
/// itself, and without the addresses that old programs put there beside the ids.
fn references(fields: &Fields, is_none: impl Fn(&str) -> bool) -> Vec<String> {
    let ids = |name: &str| -> Vec<String> {
        fields.raw(name).flat_map(|raw| values::ids(&words::decode(raw))).collect()
    };
    let mut found: Vec<String> = Vec::new();
    for id in ids("In-Reply-To").into_iter().chain(ids("References").into_iter().rev()) {
        if found.len() < MOST_REFERENCES && !found.contains(&id) && !is_none(&id) {
            found.push(id);
        }
    }
    found
}

fn recipients(fields: &Fields) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    let named = ["To", "Cc", "Delivered-To", "X-Original-To"].into_iter().flat_map(|name| fields.raw(name));
    for mailbox in named.flat_map(values::mailboxes) {
        if found.len() >= MOST_RECIPIENTS {
            break;
        }
        if !found.contains(&mailbox.address) {
            found.push(mailbox.address);
        }
    }
    found
}

/// An id for a mail that has none. The way that it took is part of it: the same words on another day are another mail,
/// and the alert that comes again must not pass for a copy of the old one.
fn made_id(fields: &Fields, content_hash: &str) -> String {
    let mut hash = Sha256::new_with_prefix(content_hash);
    fields.raw("Received").for_each(|received| hash.update(received));
    format!("{}@content.invalid", plain::clip(&HEXLOWER.encode(&hash.finalize()), 32))
}
