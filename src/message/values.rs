//! Owns the meaning of header values: mailboxes, message ids, dates.
//! Never fails: what can't be read is left out.

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, HeaderValue};

use super::plain::{clip, one_line};
use super::{Mailbox, words};
use crate::directory::Address;

/// The mailboxes of an address field (RFC 5322, 3.4), groups unwrapped.
pub(super) fn mailboxes(raw: &[u8]) -> Vec<Mailbox> {
    let mut line = words::reencode(raw);
    line.push('\n');
    match MessageStream::new(line.as_bytes()).parse_address() {
        HeaderValue::Address(addresses) => addresses.iter().filter_map(mailbox).collect(),
        _ => Vec::new(),
    }
}

fn mailbox(addr: &Addr<'_>) -> Option<Mailbox> {
    let name = one_line(&words::decode(addr.name().unwrap_or_default().as_bytes()));
    let address = one_line(addr.address().unwrap_or_default()).trim_matches(['<', '>', ' ']).to_owned();
    if !address.is_empty() {
        return Some(Mailbox { name, address: Address::new(&address) });
    }
    // Local mail has no domain: `From: root`.
    let lone = !name.is_empty() && !name.contains(char::is_whitespace);
    lone.then(|| Mailbox { address: Address::new(&name), name: String::new() })
}

/// Message ids as people and programs write them (RFC 5322, 3.6.4 and 4.5.4): in angle brackets; where there
/// are none, the words that hold an `@`. Comments and phrases around them don't count; a bracket that opens within one
/// means that the one before was cut off.
pub(super) fn ids(value: &str) -> Vec<String> {
    if let Some(found) = tidy_ids(value) {
        return found;
    }
    let (found, whole) = scan(value, true);
    // A parenthesis that is never closed begins no comment.
    if whole { found } else { scan(value, false).0 }
}

/// The ids of a field that holds nothing else: `<a@x> <b@x>`. Most are like this.
fn tidy_ids(value: &str) -> Option<Vec<String>> {
    let mut found = Vec::with_capacity(value.len() / 48 + 1);
    let mut rest = value.trim();
    while !rest.is_empty() {
        let (id, below) = rest.strip_prefix('<')?.split_once('>')?;
        if !is_usable(id) || id.contains('<') {
            return None;
        }
        found.push(id.to_owned());
        rest = below.trim_start();
    }
    Some(found)
}

/// One pass; false when a comment was still open at its end.
fn scan(value: &str, comments: bool) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut bare = String::new();
    let mut inside: Option<String> = None;
    let mut depth = 0usize;
    for c in value.chars() {
        match (&mut inside, c) {
            (None, '(') if comments => depth += 1,
            (None, ')') if comments => depth = depth.saturating_sub(1),
            (_, _) if depth > 0 => {}
            (Some(id), '>') => {
                found.push(std::mem::take(id));
                inside = None;
            }
            (Some(id), '<') => id.clear(),
            (Some(id), c) if !c.is_whitespace() => id.push(c),
            (Some(_), _) => {}
            (None, '<') => inside = Some(String::new()),
            (None, c) => bare.push(c),
        }
    }
    found.retain(|id| is_usable(id));
    if found.is_empty() {
        let open = inside.unwrap_or_default();
        let words = bare.split([' ', '\t', ',', ';']).chain([open.as_str()]);
        let bare = |word: &str| word.trim_matches(['"', '\'', '[', ']', '(', ')']).to_owned();
        found = words.map(bare).filter(|id| id.contains('@') && is_usable(id)).collect();
    }
    (found, depth == 0)
}

/// The Message-ID field's id; here a lone word without `@` counts too.
pub(super) fn message_id(value: &str) -> Option<String> {
    let lone = || Some(value.trim().trim_matches(['<', '>'])).filter(|id| !id.contains(char::is_whitespace));
    ids(value).into_iter().next().or_else(|| lone().filter(|id| is_usable(id)).map(str::to_owned))
}

/// Right sides of which every machine may say that they are its own.
const NOWHERE: [&str; 6] = ["", "localhost", "localhost.localdomain", "localdomain", "(none)", "127.0.0.1"];
/// What tells mails apart where the right side doesn't: a time or a counter takes this many characters.
const TELLING: usize = 12;

/// Whether an id can belong to one mail alone. RFC 5322, 2.1.1 allows lines of 998 characters; a longer id is an attack or
/// an accident. Programs that make no real ids write `<>`, `<@>` or `<root@localhost>` into every mail.
fn is_usable(id: &str) -> bool {
    let odd = || id.chars().any(|c| c.is_control() || c.is_whitespace());
    if id.len() > 998 || !id.bytes().all(|byte| byte.is_ascii_graphic()) && odd() {
        return false;
    }
    let (local, domain) = id.rsplit_once('@').unwrap_or((id, ""));
    if NOWHERE.iter().any(|nowhere| domain.eq_ignore_ascii_case(nowhere)) {
        local.len() >= TELLING && local.contains(|c: char| c.is_ascii_digit())
    } else {
        !local.is_empty()
    }
}

/// A Date (RFC 5322, 3.3), with the offset in which it was written.
pub fn date(value: &str) -> Option<Zoned> {
    let line = numeric_zone(value) + "\n";
    let HeaderValue::DateTime(read) = MessageStream::new(line.as_bytes()).parse_date() else { return None };
    let part = |value: u8| i8::try_from(value).ok();
    let (year, second) = (i16::try_from(read.year).ok()?, part(read.second)?.min(59));
    let (hour, minute) = (part(read.hour)?, part(read.minute)?);
    let civil = DateTime::new(year, part(read.month)?, part(read.day)?, hour, minute, second, 0).ok()?;
    let east = i32::from(read.tz_hour) * 3600 + i32::from(read.tz_minute) * 60;
    let offset = Offset::from_seconds(if read.tz_before_gmt { -east } else { east }).ok()?;
    civil.to_zoned(TimeZone::fixed(offset)).ok()
}

/// Zone names beyond those of RFC 5322, 4.3 that mail programs write in place of an offset.
fn numeric_zone(value: &str) -> String {
    let named = [("JST", "+0900"), ("KST", "+0900"), ("CET", "+0100"), ("CEST", "+0200"), ("BST", "+0100")];
    let value = clip(value.trim(), 100);
    match value
        .rsplit_once(' ')
        .and_then(|(date, zone)| Some((date, named.iter().find(|(name, _)| *name == zone)?)))
    {
        Some((date, (_, offset))) => format!("{date} {offset}"),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(field: &str) -> Vec<(String, String)> {
        mailboxes(field.as_bytes()).into_iter().map(|m| (m.name, m.address.to_string())).collect()
    }

    fn pair(name: &str, address: &str) -> (String, String) {
        (name.to_owned(), address.to_owned())
    }

    #[test]
    fn mailboxes_of_all_forms_are_read() {
        assert_eq!(addresses("Kato Ren <Kato@Example.JP>"), [pair("Kato Ren", "kato@example.jp")]);
        assert_eq!(addresses("kato@example.jp (Kato)"), [pair("Kato", "kato@example.jp")]);
        assert_eq!(
            addresses("ops: a@example.jp, <b@example.jp>;"),
            [pair("", "a@example.jp"), pair("", "b@example.jp")]
        );
        assert_eq!(addresses("\"=?utf-8?B?5Yqg6Jek?=\" <k@example.jp>"), [pair("加藤", "k@example.jp")]);
        assert_eq!(
            addresses("=?cp932?B?ifyToQ==?= <k@example.jp>").first().map(|m| m.1.as_str()),
            Some("k@example.jp")
        );
        assert_eq!(addresses("root"), [pair("", "root")]);
        assert!(addresses("").is_empty());
    }

    #[test]
    fn ids_are_found_among_comments_and_phrases() {
        assert_eq!(ids("<a@x> (see <no@x)\t<b@\r\n y> <> <c@x>"), ["a@x", "b@y", "c@x"]);
        assert_eq!(ids("a@x, b@x"), ["a@x", "b@x"]);
        assert_eq!(ids("Message of Mon, 1 Jan <d@x>"), ["d@x"]);
        assert_eq!(ids("<e@x"), ["e@x"]);
        assert!(ids("<> hello").is_empty());
        assert_eq!(message_id("20240101.abc").as_deref(), Some("20240101.abc"));
        assert_eq!(message_id(" <> "), None);
    }

    #[test]
    fn ids_are_found_whatever_a_program_did_to_the_field() {
        let cases: [(&str, &[&str]); 11] = [
            ("<a@x>\t<b@x>  <c@x>", &["a@x", "b@x", "c@x"]),
            ("<a@x><b@x>,<c@x>", &["a@x", "b@x", "c@x"]),
            ("<a@x> <b@exam <c@x>", &["a@x", "c@x"]),
            ("mple.com> <c@x> <d@exa", &["c@x"]),
            ("<<a@x>>", &["a@x"]),
            ("<a b @ x>", &["ab@x"]),
            ("<a@x> (not <no@x>) <b@x>", &["a@x", "b@x"]),
            ("<a@x> :( <b@x>", &["a@x", "b@x"]),
            ("<a(1)@x>", &["a(1)@x"]),
            ("((((<a@x>", &["a@x"]),
            ("your mail of Monday; \"a@x\"", &["a@x"]),
        ];
        for (value, expected) in cases {
            assert_eq!(ids(value), expected, "{value}");
        }
    }

    #[test]
    fn ids_that_many_mails_share_are_none() {
        for shared in
            ["<>", "<@>", "<@x>", "<root@localhost>", "<1@localhost.localdomain>", "<a@>", "<unknown>"]
        {
            assert!(ids(shared).is_empty(), "{shared}");
            assert_eq!(message_id(shared), None, "{shared}");
        }
        assert_eq!(ids("<1763773200.17.JavaMail.root@localhost>").len(), 1);
        assert_eq!(ids("<1@x>"), ["1@x"]);
    }

    #[test]
    fn a_field_of_brackets_takes_no_longer_than_one_of_words() {
        assert!(ids(&"(".repeat(200_000)).is_empty());
        assert!(ids(&"<".repeat(200_000)).is_empty());
        assert_eq!(ids(&"<a@x> ".repeat(30_000)).len(), 30_000);
    }

    /// Fault 73.
    #[test]
    fn a_date_of_brackets_is_none_and_takes_no_long() {
        assert!(date(&"(".repeat(200_000)).is_none());
        assert!(date(&format!("{} 1", "()".repeat(100_000))).is_none());
    }

    #[test]
    fn a_date_keeps_its_offset() {
        let read = |text| date(text).map(|at| at.to_string());
        assert_eq!(
            read("Mon, 06 Oct 2025 10:32:11 +0900 (JST)").as_deref(),
            Some("2025-10-06T10:32:11+09:00[+09:00]")
        );
        assert_eq!(
            read("Mon, 6 Oct 2025 10:32:60 JST").as_deref(),
            Some("2025-10-06T10:32:59+09:00[+09:00]")
        );
        assert_eq!(read("6 Oct 25 10:32 -0330").as_deref(), Some("2025-10-06T10:32:00-03:30[-03:30]"));
        assert_eq!(read("yesterday"), None);
        assert_eq!(read("Mon, 66 Oct 2025 10:32:11 +0900"), None);
    }
}
