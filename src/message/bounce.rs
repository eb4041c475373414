//! Owns delivery reports: RFC 3464 parts, Exim's X-Failed-Recipients, and mail servers' own words.
//! Never decides what a bounce means for anybody.

use std::sync::LazyLock;

use regex::Regex;

use super::content::Content;
use super::fields::{self, Fields};
use super::plain::{clip, one_line};
use super::{Bounce, BouncedRecipient, values};
use crate::directory::Address;

/// Most recipients read of one report (DESIGN 10).
const MOST_RECIPIENTS: usize = 500;
/// Longest diagnostic kept, in bytes.
const LONGEST_DIAGNOSTIC: usize = 1_000;
/// How much of a report in a server's own words is looked at, in bytes.
const LONGEST_WORDS: usize = 16 * 1024;

/// What a mail reports of other mails' delivery, and the evidence that it is a report.
pub(super) fn read(fields: &Fields, content: &Content) -> Option<(Bounce, String)> {
    let report = reported(content);
    let whole = |report: &(Vec<BouncedRecipient>, String)| !report.0.is_empty();
    // A report whose recipients can't be read stays a report.
    let (recipients, evidence) = (report.clone().filter(whole))
        .or_else(|| failed_recipients(fields, content))
        .or_else(|| in_own_words(fields, content).filter(whole))
        .or(report)
        .or_else(|| in_own_words(fields, content))?;
    let original_message_id =
        content.attached.as_deref().and_then(returned_id).or_else(|| id_in_text(&content.text));
    Some((Bounce { recipients, original_message_id }, evidence))
}

/// RFC 3464: per-recipient groups of a message/delivery-status part.
fn reported(content: &Content) -> Option<(Vec<BouncedRecipient>, String)> {
    let report = content.report_type.as_deref() == Some("delivery-status");
    let status = content.delivery_status.as_deref();
    if !report && status.is_none() {
        return None;
    }
    let groups = status.unwrap_or_default().split("\n\n").map(|group| Fields::read(group.as_bytes()));
    let recipients = groups.filter_map(|group| recipient(&group)).take(MOST_RECIPIENTS).collect();
    Some((recipients, "Content-Type: multipart/report; report-type=delivery-status".to_owned()))
}

fn recipient(group: &Fields) -> Option<BouncedRecipient> {
    let address = typed(group, "Final-Recipient").or_else(|| typed(group, "Original-Recipient"))?;
    let diagnostic = typed(group, "Diagnostic-Code").unwrap_or_default();
    let status =
        group.text("Status").and_then(|status| status_code(&status)).or_else(|| status_code(&diagnostic));
    let action =
        group.text("Action").and_then(|action| action.split_whitespace().next().map(str::to_lowercase));
    let action = action.unwrap_or_else(|| action_of(status.as_deref().unwrap_or_default()).to_owned());
    Some(BouncedRecipient {
        address: Address::new(address.trim_matches(['<', '>', ' '])),
        status: status.or_else(|| reply_code(&diagnostic)).unwrap_or_else(|| undefined(&action).to_owned()),
        action,
        diagnostic: clip(&diagnostic, LONGEST_DIAGNOSTIC).to_owned(),
    })
}

/// A value behind its type: `rfc822; a@b`, `smtp; 550 no such user` (RFC 3464, 2.1.2).
fn typed(group: &Fields, name: &str) -> Option<String> {
    let value = group.text(name)?;
    let is_type = |word: &str| word.len() <= 30 && !word.trim().contains([' ', '@']);
    let untyped =
        value.split_once(';').filter(|(kind, _)| is_type(kind)).map(|(_, value)| value.trim().to_owned());
    untyped.or(Some(value)).filter(|value| !value.is_empty())
}

/// The class of a status tells permanent from persistent failures (RFC 3463, 2).
fn action_of(status: &str) -> &'static str {
    match status.chars().next() {
        Some('2') => "delivered",
        Some('4') => "delayed",
        _ => "failed",
    }
}

/// `X.0.0`, other undefined status (RFC 3463, 3.1), where a report tells no more than the class.
fn undefined(action: &str) -> &'static str {
    match action {
        "failed" => "5.0.0",
        "delayed" => "4.0.0",
        "delivered" | "relayed" | "expanded" => "2.0.0",
        _ => "",
    }
}

/// Exim names the recipients in a header field.
fn failed_recipients(fields: &Fields, content: &Content) -> Option<(Vec<BouncedRecipient>, String)> {
    let value = fields.text("X-Failed-Recipients").filter(|value| value.contains('@'))?;
    let recipients =
        value.split(',').take(MOST_RECIPIENTS).map(str::trim).filter(|address| address.contains('@'));
    let recipients = recipients.map(|address| told(address, &content.text)).collect();
    Some((recipients, format!("X-Failed-Recipients: {value}")))
}

/// A mail server's own words: two of a mail system as author, a null return path, and a subject that says so.
fn in_own_words(fields: &Fields, content: &Content) -> Option<(Vec<BouncedRecipient>, String)> {
    let subject = fields.text("Subject").unwrap_or_default();
    let lower = subject.to_lowercase();
    let says_so = SUBJECTS.iter().any(|words| lower.contains(words));
    let path = fields.text("Return-Path").unwrap_or_default().to_lowercase();
    let returned = path.trim() == "<>" || path.trim_start_matches('<').starts_with("mailer-daemon");
    let from = fields.raw("From").flat_map(values::mailboxes).next();
    let system = from.is_some_and(|from| {
        let local = from.address.local();
        local.starts_with("mailer-daemon") || local == "postmaster" || local == "mail-daemon"
    });
    let other_report =
        matches!(content.report_type.as_deref(), Some("disposition-notification" | "feedback-report"));
    if other_report || u8::from(says_so) + u8::from(returned) + u8::from(system) < 2 || !(system || says_so) {
        return None;
    }
    let text = notice(&content.text);
    let recipients = addresses(text).into_iter().map(|address| told(address, text)).collect();
    Some((recipients, format!("Subject: {subject}")))
}

/// The part of the text above the returned mail.
fn notice(text: &str) -> &str {
    let ends = [
        "--- Below this line",
        "Received:",
        "------ This is a copy",
        "Original message follows",
        "Return-Path:",
    ];
    let text = clip(text, LONGEST_WORDS);
    ends.iter()
        .filter_map(|end| text.split_once(end))
        .map(|(notice, _)| notice)
        .min_by_key(|notice| notice.len())
        .unwrap_or(text)
}

/// Addresses that stand alone on a line or in angle brackets, each once.
fn addresses(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        let bracketed =
            line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
        let lone = line.split_whitespace().next().map(|word| word.trim_end_matches([':', ',']));
        let address = bracketed.or(lone).filter(|word| {
            let address = Address::new(word);
            address.is_deliverable()
                && word.contains('.')
                && !matches!(address.local(), "postmaster" | "mailer-daemon")
        });
        if let Some(address) = address.filter(|address| !found.contains(address)) {
            found.push(address);
        }
        if found.len() >= 20 {
            break;
        }
    }
    found
}

/// What a text says of an address: the status and the line behind it.
fn told(address: &str, text: &str) -> BouncedRecipient {
    let text = clip(text, LONGEST_WORDS);
    let behind = text.split_once(address).map_or(text, |(_, behind)| behind);
    let lower = text.to_lowercase();
    let waits = WAITING.iter().any(|words| lower.contains(words));
    let said = status_code(behind).or_else(|| reply_code(behind)).or_else(|| status_code(text));
    let status = said.unwrap_or_else(|| undefined(if waits { "delayed" } else { "failed" }).to_owned());
    let line = behind
        .lines()
        .map(|line| line.trim().trim_start_matches(['>', ':', ' ']))
        .find(|line| line.len() > 3);
    BouncedRecipient {
        address: Address::new(address),
        action: if waits { "delayed" } else { action_of(&status) }.to_owned(),
        status,
        diagnostic: clip(&one_line(line.unwrap_or_default()), LONGEST_DIAGNOSTIC).to_owned(),
    }
}

/// The first enhanced status code (RFC 3463, 2) in a text.
fn status_code(text: &str) -> Option<String> {
    static CODE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\s)").ok());
    let found = CODE.as_ref()?.captures(clip(text, LONGEST_WORDS))?;
    found.get(1).map(|code| code.as_str().to_owned())
}

/// The class that an SMTP reply code tells (RFC 5321, 4.2.1), as a status.
fn reply_code(text: &str) -> Option<String> {
    static CODE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[^\w.:-])([45])[0-7]\d(?:[- ,:;)\x22]|$)").ok());
    let found = CODE.as_ref()?.captures(clip(text, LONGEST_WORDS))?;
    found.get(1).map(|class| format!("{}.0.0", class.as_str()))
}

/// What servers write while they go on trying, lower case.
const WAITING: [&str; 7] = [
    "will be retried",
    "will continue to",
    "will keep trying",
    "has been delayed",
    "not yet been delivered",
    "delivery attempts will continue",
    "this is a warning message only",
];

fn returned_id(attached: &[u8]) -> Option<String> {
    let (head, _) = fields::split(fields::top(attached));
    Fields::read(head).text("Message-ID").and_then(|value| values::message_id(&value))
}

fn id_in_text(text: &str) -> Option<String> {
    let line = clip(text, 256 * 1024).lines().find(|line| {
        let line = line.trim_start_matches(['>', ' ']);
        line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("message-id:"))
    })?;
    values::ids(line.split_once(':')?.1).into_iter().next()
}

/// Subjects of reports in a server's own words, lower case.
const SUBJECTS: [&str; 29] = [
    "undeliver",
    "delivery status",
    "delivery failure",
    "delivery failed",
    "delivery notification",
    "delivery report",
    "delivery has failed",
    "failure notice",
    "mail delivery",
    "mail system error",
    "message delivery",
    "returned mail",
    "failed delivery",
    "error sending your mail",
    "not delivered",
    "delayed",
    "delivery error",
    "returned to sender",
    "returning message",
    "could not be delivered",
    "non delivery",
    "non-delivery",
    "nondeliverable",
    "unzustellbar",
    "non remis",
    "配信不能",
    "配送不能",
    "配信エラー",
    "エラーメール",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn bounce(fields: &str, content: Content) -> Option<Bounce> {
        read(&Fields::read(fields.as_bytes()), &content).map(|(bounce, _)| bounce)
    }

    #[test]
    fn every_recipient_of_a_report_is_read() {
        let status = "Reporting-MTA: dns; mx.example.com\n\nOriginal-Recipient: rfc822;A@example.com\nFinal-Recipient: RFC822; <b@example.com>\n\
            Action: Failed\nStatus: 5.1.1 (no such user)\nDiagnostic-Code: smtp; 550 5.1.1 <b@example.com>:\n  unknown; ask admin\n\n\
            Final-Recipient: rfc822; c@example.com\nAction: delayed\nStatus: 4.4.1";
        let content = Content { delivery_status: Some(status.to_owned()), ..Content::default() };
        let recipients = bounce("", content).map(|bounce| bounce.recipients).unwrap_or_default();
        let told: Vec<_> =
            recipients.iter().map(|r| (r.address.as_str(), r.action.as_str(), r.status.as_str())).collect();
        assert_eq!(told, [("b@example.com", "failed", "5.1.1"), ("c@example.com", "delayed", "4.4.1")]);
        assert_eq!(recipients[0].diagnostic, "550 5.1.1 <b@example.com>:  unknown; ask admin");
    }

    #[test]
    fn exims_recipients_are_read() {
        let text =
            "A message could not be delivered.\n\n  a@example.com\n    550 5.7.1 rejected\n".to_owned();
        let found = bounce(
            "X-Failed-Recipients: a@example.com, b@example.com\n",
            Content { text, ..Content::default() },
        );
        let recipients = found.expect("a bounce").recipients;
        assert_eq!(recipients[0].status, "5.7.1");
        assert_eq!(recipients[0].diagnostic, "550 5.7.1 rejected");
        assert_eq!(recipients[1].address.as_str(), "b@example.com");
    }

    #[test]
    fn a_servers_own_words_need_a_server_and_the_words() {
        let content =
            || Content { text: "<a@example.com>:\nno such user (5.1.1)".to_owned(), ..Content::default() };
        assert!(bounce("From: MAILER-DAEMON@example.com\nSubject: failure notice\n", content()).is_some());
        assert!(bounce("From: ken@example.com\nSubject: Re: failure notice\n", content()).is_none());
        assert!(bounce("From: postmaster@example.com\nSubject: Maintenance\n", content()).is_none());
    }

    #[test]
    fn the_returned_mail_is_named() {
        let attached = Some(b"Subject: x\nMessage-ID: <our.1@example.com>\n\nbody".to_vec());
        let content =
            Content { attached, report_type: Some("delivery-status".to_owned()), ..Content::default() };
        let id = bounce("", content).and_then(|bounce| bounce.original_message_id);
        assert_eq!(id.as_deref(), Some("our.1@example.com"));
    }
}
