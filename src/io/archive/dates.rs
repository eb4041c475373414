//! Owns the dates of the index: a Date field's, and that of the line before each mail of an mbox.
//! Never guesses: what is no date is none.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::message;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Longest From_ line, in bytes: an address has at most 254 (RFC 5321, 4.5.3.1.3).
const LONGEST_FROM: usize = 500;
/// Most words from the weekday on: `Mon Jan 5 10:00:00 2026 +0900 remote from mail`.
const MOST_WORDS: usize = 9;

/// What Date says (RFC 5322, 3.3).
pub(super) fn of_field(value: &str) -> Option<Timestamp> {
    read(value).filter(is_usable)
}

/// Not at an end of time, with which nobody can reckon.
pub(super) fn is_usable(date: &Timestamp) -> bool {
    (1970..=9000).contains(&date.to_zoned(TimeZone::UTC).year())
}

fn read(value: &str) -> Option<Timestamp> {
    Some(message::date(value)?.timestamp())
}

/// The date of a line that begins a mail in an mbox (RFC 4155, appendix A): `From ADDRESS Mon Jan  5 10:00:00 2026`,
/// in UTC where it names no zone; usable or not. None for a line that begins no mail, such as a sentence. Thunderbird writes `-` for
/// the address, Gmail a number; the address may be missing or have blanks in it.
pub(super) fn of_from_line(line: &[u8]) -> Option<Timestamp> {
    let line = line.strip_prefix(b"From ").filter(|line| line.len() <= LONGEST_FROM)?;
    let line = String::from_utf8_lossy(line);
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let last = words.get(words.len().saturating_sub(MOST_WORDS)..)?;
    let weekday = |word: &&str| WEEKDAYS.contains(&word.trim_end_matches(','));
    let starts = last.iter().enumerate().filter(|(_, word)| weekday(word)).map(|(at, _)| at + 1);
    starts.rev().find_map(|start| from_words(last.get(start..)?))
}

/// The date in the words after the weekday.
fn from_words(words: &[&str]) -> Option<Timestamp> {
    let words = match words {
        // UUCP's addition.
        [date @ .., "remote", "from", _] => date,
        date => date,
    };
    let (day, month, time, year, zone) = match *words {
        [month, day, time, year] if is_year(year) => (day, month, time, year, "+0000"),
        [month, day, time, year, zone] if is_year(year) => (day, month, time, year, zone),
        [month, day, time, zone, year] if is_year(year) => (day, month, time, year, zone),
        // Some write the date as a header field does.
        [day, month, year, time, zone] => (day, month, time, year, zone),
        [day, month, year, time] => (day, month, time, year, "+0000"),
        _ => return None,
    };
    let sound = MONTHS.contains(&month) && is_number(day, 1..=2) && is_year(year) && is_time(time);
    (sound && is_zone(zone)).then(|| read(&format!("{day} {month} {year} {time} {zone}")))?
}

fn is_number(word: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_year(word: &str) -> bool {
    is_number(word, 4..=4)
}

/// With or without seconds.
fn is_time(word: &str) -> bool {
    (2..=3).contains(&word.split(':').count()) && word.split(':').all(|part| is_number(part, 1..=2))
}

fn is_zone(word: &str) -> bool {
    let name = (1..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    name || word.strip_prefix(['+', '-']).is_some_and(is_year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(line: &str) -> Option<String> {
        of_from_line(line.as_bytes()).map(|at| at.to_string())
    }

    #[test]
    fn lines_before_a_mail_are_known_as_many_programs_write_them() {
        for line in [
            "From kato@example.jp Mon Jan  5 10:00:00 2026\n",
            "From kato@example.jp Mon Jan  5 10:00:00 2026\r\n",
            "From - Mon Jan 05 10:00:00 2026",
            "From  Mon Jan  5 10:00:00 2026",
            "From MAILER-DAEMON Mon Jan  5 10:00 2026",
            "From 1784512345678@xxx Mon Jan 05 10:00:00 +0000 2026",
            "From kato at example.jp  Mon Jan  5 19:00:00 2026 +0900",
            "From kato@example.jp Mon Jan  5 19:00:00 JST 2026",
            "From kato Mon Jan  5 10:00:00 2026 remote from mail",
            "From kato@example.jp Mon, 05 Jan 2026 11:00:00 +0100",
            "From \"Kato Mon Ren\"@example.jp Mon Jan  5 10:00:00 GMT 2026",
        ] {
            assert_eq!(from(line).as_deref(), Some("2026-01-05T10:00:00Z"), "{line}");
        }
    }

    #[test]
    fn a_sentence_begins_no_mail() {
        for line in [
            "From now on Mon is a holiday",
            "From Mon Jan 5 on we are 2026 strong",
            "From kato@example.jp Mon Jan  5 10:00:00 2026 we knew",
            "From Mon Jan 55 10:00:00 2026",
            "from kato@example.jp Mon Jan  5 10:00:00 2026",
            "From kato@example.jp Mon Jan  5 10:00:00:00 2026",
            "From ",
        ] {
            assert_eq!(from(line), None, "{line}");
        }
        assert_eq!(from(&format!("From {} Mon Jan  5 10:00:00 2026", "a".repeat(LONGEST_FROM))), None);
    }

    #[test]
    fn a_date_knows_zones_by_name_and_has_a_year_to_reckon_with() {
        let read = |value| of_field(value).map(|at| at.to_string());
        assert_eq!(read(" Mon, 5 Jan 2026 19:00:00 JST ").as_deref(), Some("2026-01-05T10:00:00Z"));
        assert_eq!(read("Mon, 5 Jan 2026 10:00:60 -0000 (UTC)").as_deref(), Some("2026-01-05T10:00:59Z"));
        assert_eq!(read("Thu, 1 Jan 1903 00:00:00 +0000"), None);
        assert_eq!(read("yesterday"), None);
    }
}
