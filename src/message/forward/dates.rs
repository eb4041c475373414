//! Owns reading dates as mail programs write them for people, in their languages: `Thu, Mar 24, 2016 at 5:17 PM`,
//! `2026年5月11日(月) 21:28`, `11. Mai 2026 um 21:28:05 MESZ`.
//! Never guesses a year. On failure there is no date.

use std::sync::LazyLock;

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use regex::{Captures, Regex};

use super::months::month;
use crate::message::plain::clip;

/// Longest value that is looked at, in bytes.
const LONGEST: usize = 400;

/// The date in a text. `zone` is where it was written, as far as we know; an offset or zone in the text wins.
pub(super) fn read(text: &str, zone: &TimeZone) -> Option<Zoned> {
    let text = plain(clip(text, LONGEST));
    let (text, named) = without_zone(text);
    let (text, day) = numeric_day(text);
    let (text, time) = time(text);
    let (year, month, day) = day.or_else(|| named_day(&text))?;
    let (hour, minute, second) = time?;
    let civil = DateTime::new(year, month, day, hour, minute, second.min(59), 0).ok()?;
    civil.to_zoned(named.map_or_else(|| zone.clone(), TimeZone::fixed)).ok()
}

/// Lower case with ASCII digits, without addresses, whose digits are no date's.
fn plain(text: &str) -> String {
    let digit = |c: char| match c {
        '０'..='９' => ascii(c, '０'),
        '٠'..='٩' => ascii(c, '٠'),
        '۰'..='۹' => ascii(c, '۰'),
        '：' => ':',
        '−' | '–' => '-',
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        other => other,
    };
    let text: String = text.to_lowercase().replace('\u{307}', "").chars().map(digit).collect();
    text.split_inclusive(' ').filter(|word| !word.contains('@')).collect()
}

fn ascii(c: char, zero: char) -> char {
    u32::from(c).checked_sub(u32::from(zero)).and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

fn pattern(source: &str) -> Option<Regex> {
    Regex::new(source).ok()
}

fn group<T: std::str::FromStr>(found: &Captures<'_>, at: usize) -> Option<T> {
    found.get(at)?.as_str().parse().ok()
}

/// The text without what a pattern found in it, so that no number counts twice.
fn without(mut text: String, found: std::ops::Range<usize>) -> String {
    text.replace_range(found, " ");
    text
}

/// `gmt+2`, `utc+09:00`, `+0200`, `cest`.
fn without_zone(text: String) -> (String, Option<Offset>) {
    static OFFSET: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(
            r"(?:\b(?:gmt|utc)\s?([+-])(\d{1,2}):?(\d{2})?|(?:^|\s)\(?([+-])(\d{2}):?(\d{2})|(\+)(\d{2}):(\d{2}))\b",
        )
    });
    if let Some(found) = OFFSET.as_ref().and_then(|offset| offset.captures(&text)) {
        let first = [1, 4, 7].into_iter().find(|at| found.get(*at).is_some()).unwrap_or(1);
        let hours: i32 = group(&found, first + 1).unwrap_or(0);
        let minutes: i32 = group(&found, first + 2).unwrap_or(0);
        let east = hours * 3600 + minutes * 60;
        let is_west = found.get(first).is_some_and(|sign| sign.as_str() == "-");
        let offset = Offset::from_seconds(if is_west { -east } else { east }).ok();
        let range = found.get(0).map(|whole| whole.range()).unwrap_or_default();
        return (without(text, range), offset);
    }
    let words = text.split(|c: char| !c.is_alphabetic());
    let hours = words.filter_map(|word| ZONES.iter().find(|(name, _)| *name == word)).next_back();
    let offset = hours.and_then(|(_, hours)| Offset::from_seconds(i32::from(*hours) * 3600).ok());
    (text, offset)
}

/// Zone names that mean one offset wherever they are written, with hours east of UTC.
const ZONES: [(&str, i8); 22] = [
    ("aedt", 11),
    ("aest", 10),
    ("brt", -3),
    ("cdt", -5),
    ("cest", 2),
    ("cet", 1),
    ("edt", -4),
    ("eest", 3),
    ("eet", 2),
    ("est", -5),
    ("gmt", 0),
    ("hkt", 8),
    ("jst", 9),
    ("kst", 9),
    ("mdt", -6),
    ("mesz", 2),
    ("mez", 1),
    ("msk", 3),
    ("pdt", -7),
    ("pst", -8),
    ("sgt", 8),
    ("utc", 0),
];

type Day = (i16, i8, i8);

/// `2026-05-11`, `2026. 5. 11.`, `2026年5月11日`, `11.05.26`, `5/11/2026`.
fn numeric_day(text: String) -> (String, Option<Day>) {
    static YEAR_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(
            r"\b((?:19|20)\d{2})\s?(?:[-./年]|년)\s?(\d{1,2})\s?(?:[-./月]|월)\s?(\d{1,2})(?:\s?(?:日|일|\.))?",
        )
    });
    static YEAR_LAST: LazyLock<Option<Regex>> =
        LazyLock::new(|| pattern(r"\b(\d{1,2})\s?([-./])\s?(\d{1,2})\s?[-./]\s?((?:19|20)?\d{2})\b"));
    if let Some(found) = YEAR_FIRST.as_ref().and_then(|pattern| pattern.captures(&text)) {
        let day = group(&found, 1).zip(group(&found, 2)).zip(group(&found, 3));
        let range = found.get(0).map(|whole| whole.range()).unwrap_or_default();
        return (without(text, range), day.map(|((year, month), day)| (year, month, day)));
    }
    let Some(found) = YEAR_LAST.as_ref().and_then(|pattern| pattern.captures(&text)) else {
        return (text, None);
    };
    let (first, second) = (group::<i8>(&found, 1).unwrap_or(0), group::<i8>(&found, 3).unwrap_or(0));
    let year = group::<i16>(&found, 4).map(whole_year);
    // Only the United States write the month first; with slashes, and with a clock of twelve hours.
    let american = found.get(2).is_some_and(|sign| sign.as_str() == "/") && half_day(&text).is_some();
    let (day, month) = if second > 12 || american && first <= 12 { (second, first) } else { (first, second) };
    let range = found.get(0).map(|whole| whole.range()).unwrap_or_default();
    (without(text, range), year.map(|year| (year, month, day)))
}

fn whole_year(year: i16) -> i16 {
    match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    }
}

/// `24 Mar 2016`, `Mar 24, 2016`, `2026. május 5.`, `5 thg 5, 2026`. The month is the one next to the year: `mar` is also
/// a Spanish Tuesday.
fn named_day(text: &str) -> Option<Day> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number =
        |at: Option<usize>| words.get(at?)?.trim_end_matches(char::is_alphabetic).parse::<i16>().ok();
    let is_year = |at: &usize| number(Some(*at)).is_some_and(|number| (1970..2100).contains(&number));
    let year_at = (0..words.len()).find(is_year);
    let until = year_at.unwrap_or(words.len());
    let named = |at: &usize| words.get(*at).is_some_and(|word| month(word).is_some());
    let at = (0..until).rev().find(named).or_else(|| (until..words.len()).find(named));
    let (at, month) = match at {
        Some(at) => (at, month(words.get(at)?)?),
        // Vietnamese numbers its months: `tháng 5`.
        None => {
            let at = words.iter().position(|word| matches!(*word, "tháng" | "thg"))?;
            (at, i8::try_from(number(Some(at + 1))?).ok()?)
        }
    };
    let numbered = matches!(words.get(at), Some(&"tháng" | &"thg"));
    let day_at = |at: Option<usize>| number(at).filter(|day| (1..=31).contains(day)).zip(at);
    // `5 de mayo de 2026`: a word may stand between.
    let before = day_at(at.checked_sub(1)).or_else(|| {
        let particle =
            words.get(at.checked_sub(1)?).is_some_and(|word| matches!(*word, "de" | "of" | "d" | "ngày"));
        particle.then(|| day_at(at.checked_sub(2)))?
    });
    let (day, day_at) = before.or_else(|| day_at(Some(at + 1 + usize::from(numbered))))?;
    let year = match year_at {
        Some(at) => number(Some(at))?,
        // `24-Mar-16`
        None => number(Some(at.max(day_at) + 1)).filter(|year| *year < 100).map(whole_year)?,
    };
    Some((year, month, i8::try_from(day).ok()?))
}

type Time = (i8, i8, i8);

/// `5:17 pm`, `21:28:05`, `18.05`, `18h05`, `午後6:05`, `6時5分`.
fn time(text: String) -> (String, Option<Time>) {
    static COLON: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(r"(\d{1,2})\s?(?::|時|时|點|点|시)\s?(\d{1,2})(?:\s?(?::|分|분)\s?(\d{2}))?")
    });
    static OTHER: LazyLock<Option<Regex>> =
        LazyLock::new(|| pattern(r"\b(\d{1,2})(?:\.|\s?h\s?)(\d{2})(?:[.:](\d{2}))?\b"));
    let half = half_day(&text);
    let patterns = [COLON.as_ref(), OTHER.as_ref()];
    let Some(found) = patterns.into_iter().flatten().find_map(|pattern| pattern.captures(&text)) else {
        return (text, None);
    };
    let (hour, minute): (Option<i8>, Option<i8>) = (group(&found, 1), group(&found, 2));
    let second = group(&found, 3).unwrap_or(0);
    let time = hour.zip(minute).map(|(hour, minute)| match half {
        Some(Half::Morning) if hour == 12 => (0, minute, second),
        Some(Half::Afternoon) if hour < 12 => (hour + 12, minute, second),
        _ => (hour, minute, second),
    });
    let range = found.get(0).map(|whole| whole.range()).unwrap_or_default();
    (without(text, range), time)
}

/// Which half of a day of twelve hours.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

fn half_day(text: &str) -> Option<Half> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let letters = |wanted: &[&str]| {
        text.split(|c: char| !c.is_alphabetic() && c != '.')
            .any(|word| wanted.contains(&word.trim_matches('.')))
    };
    if letters(&["pm", "p.m", "μμ", "μ.μ", "م", "ös"]) || has(&["p. m.", "午後", "下午", "晚上", "오후"])
    {
        return Some(Half::Afternoon);
    }
    let morning = letters(&["am", "a.m", "πμ", "π.μ", "ص", "öö"])
        || has(&["a. m.", "午前", "上午", "凌晨", "早上", "오전"]);
    morning.then_some(Half::Morning)
}

#[cfg(test)]
mod tests;
