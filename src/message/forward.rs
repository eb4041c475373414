//! Owns unwrapping a forwarded mail, attached or quoted inline.
//! Never looks for one in a report; its caller doesn't ask.

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::fields::{self, Fields};
use super::lines::{Kind, block, classify, unquoted};
use super::plain::{lines, one_line};
use super::subject::Prefix;
use super::{Forward, ForwardedHow, Mailbox, content, limits, values};

/// Reads an attached mail. Mails attached to that one are left alone.
pub(super) fn attached(raw: &[u8]) -> Forward {
    let raw = fields::top(raw);
    let (head, _) = fields::split(raw);
    let fields = Fields::read(head);
    let text = if limits::excess(raw, head).is_none() { content::read(raw).text } else { String::new() };
    Forward {
        from: fields.raw("From").flat_map(values::mailboxes).next(),
        date: fields.text("Date").and_then(|value| values::date(&value)),
        subject: fields.text("Subject").unwrap_or_default(),
        text,
        how: ForwardedHow::Attached,
        headers: fields.decoded(),
    }
}

/// An inline forward: the forwarded mail, and how many of the text's lines stand above it. A forward mark is
/// enough; what else begins an original (`-----Original Message-----`, a header block, an attribution, `>`) is one only
/// below a subject that says so, else it is what a reply quotes.
pub(super) fn inline(text: &str, prefix: Option<Prefix>, zone: &TimeZone) -> Option<(Forward, usize)> {
    let all: Vec<&str> = text.lines().collect();
    let kinds = classify(&all);
    let begins = |kind: &Kind| !matches!(kind, Kind::Text | Kind::Blank);
    let above = kinds.iter().position(begins)?;
    let kind = kinds.get(above).copied()?;
    if kind != Kind::Forwarded && prefix != Some(Prefix::Forward) {
        return None;
    }
    let length = kinds.iter().skip(above).take_while(|other| **other == kind).count();
    let below = if matches!(kind, Kind::Block | Kind::Quote) { above } else { above + length };
    let rest = without_quoting(all.get(below..)?);
    let least = if matches!(kind, Kind::Forwarded | Kind::Original) { 1 } else { 2 };
    let forward = match (block(&rest, least), kind) {
        (Some(found), _) => {
            let text = rest.get(found.length..)?;
            let subject = one_line(found.subject.as_deref().unwrap_or_default());
            written(&found.from, &found.date, subject, text, zone)
        }
        (None, Kind::Attribution) => {
            let attribution = all.get(above..below)?.join(" ");
            written(&attribution, &attribution, String::new(), &rest, zone)
        }
        (None, _) => return None,
    };
    Some((forward, above))
}

fn written(from: &str, date: &str, subject: String, text: &[&str], zone: &TimeZone) -> Forward {
    Forward {
        from: author(from),
        date: values::date(date).or_else(|| loose_date(date, zone)),
        subject,
        text: lines(&text.join("\n")),
        how: ForwardedHow::Inline,
        headers: Vec::new(),
    }
}

/// The lines from the first non-blank one on, without the `>` that Apple Mail puts before each.
fn without_quoting<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    let filled: Vec<&str> = rest.iter().copied().skip_while(|line| line.trim().is_empty()).collect();
    let quoted = filled.first().is_some_and(|line| line.trim_start().starts_with(['>', '＞']));
    if !quoted {
        return filled;
    }
    let inner: Vec<&str> = filled.into_iter().map(unquoted).collect();
    let marks = classify(inner.get(..3.min(inner.len())).unwrap_or_default());
    let skipped = marks.iter().take_while(|kind| matches!(kind, Kind::Forwarded | Kind::Blank)).count();
    inner.into_iter().skip(skipped).skip_while(|line| line.trim().is_empty()).collect()
}

/// The author of a forwarded mail as mail programs write it: `Name <a@b>`, `Name [mailto:a@b]`,
/// `a@b <mailto:a@b>`, or somewhere in an attribution line.
fn author(text: &str) -> Option<Mailbox> {
    let text =
        text.replace("[mailto:", "<").replace("<mailto:", "<").replace("mailto:", "").replace(']', ">");
    let word = |c: char| c.is_whitespace() || "<>()[],;\"'：:".contains(c);
    let address = text.split(word).map(|word| word.trim_matches(['*', '.'])).find(|word| is_address(word))?;
    let (before, _) = text.split_once(address)?;
    let name = before
        .rsplit([',', '、', '，'])
        .next()
        .unwrap_or_default()
        .trim_matches(|c: char| word(c) || c == '*');
    Some(Mailbox { name: one_line(name), address: crate::directory::Address::new(address) })
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

/// A date as mail programs write it for people: `Thu, Mar 24, 2016 at 5:17 PM`, `2026年5月11日(月) 21:28`,
/// `11. Mai 2026 21:28`. `zone` is where it was written, as far as we know.
fn loose_date(text: &str, zone: &TimeZone) -> Option<Zoned> {
    let lower = super::plain::clip(text, 300).to_lowercase();
    let (hour, minute) = time(&lower)?;
    let numbers: Vec<i16> = lower
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() <= 4)
        .filter_map(|run| run.parse().ok())
        .collect();
    let at = numbers.iter().position(|number| (1970..2100).contains(number))?;
    let year = *numbers.get(at)?;
    // The word next to the year: `mar` is also a Spanish Tuesday.
    let (before, _) = lower.split_once(&year.to_string())?;
    let month = |word: &str| MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
    let named = before.split(|c: char| !c.is_alphabetic()).filter_map(month).next_back();
    let day_or_month = |at: usize| numbers.get(at).and_then(|number| i8::try_from(*number).ok());
    let (month, day) = match named {
        // `Mar 24, 2016`, `24 Mar 2016`
        Some(month) => (i8::try_from(month + 1).ok()?, day_or_month(at.checked_sub(1)?)?),
        // `2016/3/24`
        None if at == 0 => (day_or_month(1)?, day_or_month(2)?),
        // `24.3.2016`
        None => (day_or_month(at.checked_sub(1)?)?, day_or_month(at.checked_sub(2)?)?),
    };
    DateTime::new(year, month, day, hour, minute, 0, 0).ok()?.to_zoned(zone.clone()).ok()
}

/// `5:17 pm`, `21:28`.
fn time(lower: &str) -> Option<(i8, i8)> {
    let pieces: Vec<&str> = lower.split(':').collect();
    let (left, right) = pieces.windows(2).find_map(|pair| match pair {
        [left, right] => {
            let hour: String = left.chars().rev().take_while(char::is_ascii_digit).collect();
            let minute: String = right.chars().take_while(char::is_ascii_digit).collect();
            let hour: String = hour.chars().rev().collect();
            Some((hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?))
        }
        _ => None,
    })?;
    let afternoon = lower.contains("pm") || lower.contains("p.m") || lower.contains("午後");
    let morning = lower.contains(" am") || lower.contains("午前");
    let hour = match left {
        12 if morning => 0,
        hour if afternoon && hour < 12 => hour + 12,
        hour => hour,
    };
    Some((hour, right))
}

/// Beginnings of the months' names in the larger languages of Europe, lower case.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "maa"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei", "maj"],
    &["jun", "juin", "giu", "kes"],
    &["jul", "juil", "lug", "lip"],
    &["aug", "aoû", "ago", "sie"],
    &["sep", "set", "wrz"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "déc", "dez", "dic"],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, prefix: Option<Prefix>) -> Option<(Forward, usize)> {
        inline(text, prefix, &TimeZone::UTC)
    }

    #[test]
    fn a_gmail_forward_is_unwrapped() {
        let text = "look\n\n---------- Forwarded message ---------\nFrom: Mon <mon@example.com>\nDate: Thu, Mar 24, 2016 at 5:17 PM\n\
            Subject: Down\nTo: <ops@example.com>\n\n\nweb01 is down\n";
        let (forward, above) = read(text, None).expect("a forward");
        assert_eq!(
            forward.from.map(|from| (from.name, from.address.to_string())),
            Some(("Mon".into(), "mon@example.com".into()))
        );
        assert_eq!(
            forward.date.map(|date| date.to_string()).as_deref(),
            Some("2016-03-24T17:17:00+00:00[UTC]")
        );
        assert_eq!((forward.subject.as_str(), forward.text.as_str(), above), ("Down", "web01 is down", 2));
    }

    #[test]
    fn apples_quoted_forward_is_unwrapped() {
        let text = "Begin forwarded message:\n\n> From: \"Mon\" <mon@example.com>\n> Subject: Down\n> Date: 5 May 2026 10:21:00 +0900\n\
            > To: ops@example.com\n> \n> web01\n> is down";
        let (forward, _) = read(text, None).expect("a forward");
        assert_eq!((forward.subject.as_str(), forward.text.as_str()), ("Down", "web01\nis down"));
        assert_eq!(forward.from.map(|from| from.name).as_deref(), Some("Mon"));
    }

    #[test]
    fn a_forward_that_is_quoted_whole_is_unwrapped() {
        let text = "look\n\n> Begin forwarded message:\n>\n> From: mon@example.com\n> Subject: Down\n> To: b@example.com\n>\n> web01";
        assert!(read(text, Some(Prefix::Reply)).is_none());
        let (forward, above) = read(text, Some(Prefix::Forward)).expect("a forward");
        assert_eq!((forward.subject.as_str(), forward.text.as_str(), above), ("Down", "web01", 2));
    }

    #[test]
    fn an_original_is_a_forward_only_under_a_forward_subject() {
        let text = "FYI\n\n-----Original Message-----\nFrom: Mon [mailto:mon@example.com]\nSent: Tuesday, May 5, 2026 10:21 AM\n\
            To: ops\nSubject: Down\n\nweb01";
        assert!(read(text, Some(Prefix::Reply)).is_none());
        let (forward, _) = read(text, Some(Prefix::Forward)).expect("a forward");
        assert_eq!(forward.from.map(|from| from.address.to_string()).as_deref(), Some("mon@example.com"));
        assert_eq!(forward.text, "web01");
    }

    #[test]
    fn a_forward_within_a_quoted_original_is_not_this_mails() {
        let text = "ok\n\nOn 5 May 2026, Ken wrote:\nlook\n---------- Forwarded message ---------\nFrom: a@example.com\nTo: b\nSubject: c\n\nd";
        assert!(read(text, Some(Prefix::Reply)).is_none());
    }

    #[test]
    fn japanese_forwards_are_unwrapped() {
        let text = "確認お願いします。\n\n---------- 転送メッセージ ----------\n差出人: 監視 <mon@example.jp>\n日付: 2026年5月11日(月) 21:28\n\
            件名: 障害発生\n宛先: <ops@example.jp>\n\nweb01 が応答しません";
        let (forward, _) = read(text, None).expect("a forward");
        assert_eq!(
            forward.date.map(|date| date.datetime().to_string()).as_deref(),
            Some("2026-05-11T21:28:00")
        );
        assert_eq!((forward.subject.as_str(), forward.text.as_str()), ("障害発生", "web01 が応答しません"));
    }

    #[test]
    fn dates_for_people_are_read() {
        let read = |text| loose_date(text, &TimeZone::UTC).map(|date| date.datetime().to_string());
        assert_eq!(read("mar, 5 may 2026 a las 9:05").as_deref(), Some("2026-05-05T09:05:00"));
        assert_eq!(read("05.05.2026 10:21").as_deref(), Some("2026-05-05T10:21:00"));
        assert_eq!(read("2026/05/05 12:01 AM").as_deref(), Some("2026-05-05T00:01:00"));
        assert_eq!(read("soon"), None);
    }
}
