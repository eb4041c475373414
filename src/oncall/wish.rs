//! Owns what people write when they take over or swap: whom they name, when, and on which schedule. What it says is
//! anybody's text. Times are meant by the clocks of whoever writes.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::Schedule;
use super::clock::moment;

/// Nobody takes over for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(62 * 24);
/// Nobody says so longer before.
const FARTHEST: SignedDuration = SignedDuration::from_hours(400 * 24);
/// More words than this are prose.
const MOST_WORDS: usize = 16;

/// Who takes over, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Whom they name: `me`, or a name.
    pub who: String,
    /// Of whom they take the place.
    pub instead_of: Option<String>,
    /// The schedule, where one is named.
    pub schedule: Option<String>,
    /// From when.
    pub from: Timestamp,
    /// The moment at which it is over.
    pub until: Timestamp,
}

/// Whom somebody changes places with, and on which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// The other one's name.
    pub with: String,
    /// The schedule, where one is named.
    pub schedule: Option<String>,
    /// The day, by the clocks of whoever writes.
    pub day: Date,
}

/// One word of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Day(Date),
    Time(Time),
    Length(SignedDuration),
    Until,
    Filler,
}

/// Whether words behind `override` or `swap` are meant for us: whoever mistypes a time must hear of it, and prose is prose.
pub fn is_meant(words: &str) -> bool {
    let words = normal(words);
    let mut parts = words.split_whitespace();
    let first = parts.next().unwrap_or_default();
    let has_time = || {
        words.split_whitespace().any(|word| word.contains(':') && word.chars().any(|c| c.is_ascii_digit()))
    };
    is_me(first) || is_cancel(first).is_some() || first == "with" || has_time()
}

/// Whether a name means whoever writes.
pub fn is_me(name: &str) -> bool {
    matches!(name.to_lowercase().as_str(), "me" | "myself" | "私" | "自分" | "わたし")
}

/// `cancel 12`, `off 12`, `取消 12`: the number of what is taken back.
pub fn cancelled(words: &str) -> Option<Option<u64>> {
    let words = normal(words);
    let mut parts = words.split_whitespace();
    is_cancel(parts.next()?)?;
    Some(parts.next().and_then(|number| number.trim_start_matches('#').parse().ok()))
}

fn is_cancel(word: &str) -> Option<()> {
    matches!(word.to_lowercase().as_str(), "cancel" | "off" | "undo" | "取消" | "取り消し" | "解除")
        .then_some(())
}

/// `me 22:00-06:00`, `sato for kato 2026-12-24 18:00 - 2026-12-25 09:00`, `me until 06:00`, `me 2h`, with the name of a
/// schedule anywhere among them. None where it can't be understood.
pub fn wish(
    words: &str,
    schedules: &BTreeMap<String, Schedule>,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<Wish> {
    let today = now.to_zoned(zone.clone()).date();
    let words = normal(words);
    let (words, schedule) = without_schedule(&words, schedules);
    let mut pieces = Vec::new();
    let (mut who, mut instead_of) = (Vec::new(), None::<Vec<&str>>);
    for word in words.into_iter().flat_map(|word| parts(word, today)) {
        match word {
            Ok(Piece::Filler) => {}
            Ok(piece) => pieces.push(piece),
            Err("for" | "instead" | "の代わりに") => instead_of = Some(Vec::new()),
            Err(name) => instead_of.as_mut().unwrap_or(&mut who).push(name),
        }
    }
    let (from, until) = stretch(&pieces, zone, now)?;
    let sane = until > now && until > from && until.duration_since(from) <= LONGEST;
    let near = from.duration_since(now) <= FARTHEST;
    let instead_of = instead_of.map(|name| name.join(" ")).filter(|name| !name.is_empty());
    (sane && near && !who.is_empty()).then(|| Wish { who: who.join(" "), instead_of, schedule, from, until })
}

/// `with sato on 2026-12-24`, with the name of a schedule anywhere among them. None where it can't be understood.
pub fn swap(
    words: &str,
    schedules: &BTreeMap<String, Schedule>,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<Swap> {
    let today = now.to_zoned(zone.clone()).date();
    let words = normal(words);
    let (words, schedule) = without_schedule(&words, schedules);
    let (mut with, mut days) = (Vec::new(), Vec::new());
    for word in words.into_iter().filter(|word| !matches!(*word, "with" | "と")) {
        match day(word, today) {
            Some(day) => days.push(day),
            None if is_filler(word) => {}
            None => with.push(word.trim_end_matches('と')),
        }
    }
    let [day] = days.as_slice() else { return None };
    let near = today.until(*day).is_ok_and(|span| span.get_days() <= 400 && *day >= today);
    (near && !with.is_empty()).then(|| Swap { with: with.join(" "), schedule, day: *day })
}

/// Small letters but for names, one blank, and a hyphen wherever people write "to" as a stroke.
fn normal(words: &str) -> String {
    let stroke =
        |c: char| if matches!(c, '–' | '—' | '〜' | '～' | '~' | '−' | '－') { '-' } else { c };
    let words: String = words.chars().map(stroke).collect();
    let words = words.replace("から", " - ").replace("まで", " ").replace('を', " ");
    words.split_whitespace().take(MOST_WORDS).collect::<Vec<_>>().join(" ")
}

fn without_schedule<'a>(
    words: &'a str,
    schedules: &BTreeMap<String, Schedule>,
) -> (Vec<&'a str>, Option<String>) {
    let mut named = None;
    let mut kept = Vec::new();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let bare = word.strip_prefix("on-call:").unwrap_or(word);
        match schedules.keys().find(|id| id.eq_ignore_ascii_case(bare)) {
            Some(id) if named.is_none() => named = Some(id.clone()),
            _ => kept.push(word),
        }
    }
    (kept, named)
}

/// A word as one or more pieces of a time, or as itself.
fn parts(word: &str, today: Date) -> Vec<Result<Piece, &str>> {
    if let Some((from, until)) = word.split_once('-').filter(|(from, _)| from.contains([':', '時'])) {
        let times = [clock(from).map(Piece::Time), Some(Piece::Until), clock(until).map(Piece::Time)];
        if let [Some(from), Some(to), Some(until)] = times {
            return vec![Ok(from), Ok(to), Ok(until)];
        }
    }
    let piece = match word.to_lowercase().as_str() {
        "-" | "to" | "until" | "till" => Some(Piece::Until),
        _ if is_filler(word) => Some(Piece::Filler),
        _ => clock(word).map(Piece::Time),
    };
    let piece =
        piece.or_else(|| day(word, today).map(Piece::Day)).or_else(|| length(word).map(Piece::Length));
    vec![piece.ok_or(word)]
}

fn is_filler(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "from" | "at" | "on" | "of" | "in" | "the" | "に" | "は")
}

/// `22:00`, `9:30`, `22時`, `24:00` as the end of a day.
fn clock(word: &str) -> Option<Time> {
    let (hours, minutes) = word.split_once(':').or_else(|| Some((word.strip_suffix('時')?, "00")))?;
    if hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    match (hours.parse::<i8>().ok()?, minutes.parse::<i8>().ok()?) {
        (24, 0) => Some(Time::midnight()),
        (hours, minutes) => Time::new(hours, minutes, 0, 0).ok(),
    }
}

/// `2026-12-24`, `12月24日`, `today`, `tomorrow`, `Fri`: the next such day, today included.
fn day(word: &str, today: Date) -> Option<Date> {
    if let Ok(date) = word.parse::<Date>() {
        return Some(date);
    }
    let ahead = |days: i64| today.checked_add(Span::new().days(days)).ok();
    if let Some((month, day)) = word.strip_suffix('日').and_then(|word| word.split_once('月')) {
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        let this_year = Date::new(today.year(), month, day).ok().filter(|date| *date >= today);
        return this_year.or_else(|| Date::new(today.year() + 1, month, day).ok());
    }
    match word.to_lowercase().as_str() {
        "today" | "tonight" | "今日" | "本日" | "今夜" => Some(today),
        "tomorrow" | "明日" => ahead(1),
        other => ahead(i64::from(today.weekday().until(weekday(other)?))),
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, &str, char, Weekday); 7] = [
        ("mon", "monday", '月', Weekday::Monday),
        ("tue", "tuesday", '火', Weekday::Tuesday),
        ("wed", "wednesday", '水', Weekday::Wednesday),
        ("thu", "thursday", '木', Weekday::Thursday),
        ("fri", "friday", '金', Weekday::Friday),
        ("sat", "saturday", '土', Weekday::Saturday),
        ("sun", "sunday", '日', Weekday::Sunday),
    ];
    let bare = word.strip_suffix("曜日").or_else(|| word.strip_suffix('曜'));
    let is = |(short, long, sign, _): &&(&str, &str, char, Weekday)| {
        word == *short || word == *long || bare.is_some_and(|bare| bare.chars().eq([*sign]))
    };
    DAYS.iter().find(is).map(|(.., day)| *day)
}

/// `2h`, `90m`, `2時間`.
fn length(word: &str) -> Option<SignedDuration> {
    let digits: String = word.chars().take_while(char::is_ascii_digit).take(5).collect();
    let number: i64 = digits.parse().ok()?;
    match word.strip_prefix(digits.as_str())? {
        "m" | "min" | "分" => Some(SignedDuration::from_mins(number)),
        "h" | "hours" | "時間" => Some(SignedDuration::from_hours(number)),
        "d" | "days" | "日間" => Some(SignedDuration::from_hours(number * 24)),
        _ => None,
    }
}

/// From when until when pieces mean. A time without a day is the next one that is not over.
fn stretch(pieces: &[Piece], zone: &TimeZone, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let (mut days, mut times, mut length, mut after) = ([None; 2], [None; 2], None, 0);
    for piece in pieces {
        let place = match piece {
            Piece::Until if after == 0 => {
                after = 1;
                continue;
            }
            Piece::Until | Piece::Filler => return None,
            Piece::Length(long) => {
                length.replace(*long).is_none().then_some(())?;
                continue;
            }
            Piece::Day(day) => days.get_mut(after)?.replace(*day).map_or(Some(()), |_| None),
            Piece::Time(time) => times.get_mut(after)?.replace(*time).map_or(Some(()), |_| None),
        };
        place?;
    }
    let local = now.to_zoned(zone.clone());
    let (today, next) = (local.date(), |day: Date| day.tomorrow().ok());
    let at = |day: Date, time: Time| moment(zone, day.to_datetime(time));
    let after_it = |day: Date, from: DateTime, time: Time| match day.to_datetime(time) > from {
        true => Some(at(day, time)),
        false => next(day).map(|day| at(day, time)),
    };
    match (days, times, length) {
        ([day, None], [time, None], Some(length)) => {
            let from = match (day, time) {
                (None, None) => now,
                (day, Some(time)) => at(day.unwrap_or(today), time),
                (Some(_), None) => return None,
            };
            Some((from, from.checked_add(length).ok()?))
        }
        ([None, day], [None, Some(until)], None) if after == 1 => match day {
            Some(day) => Some((now, at(day, until))),
            None => Some((now, after_it(today, local.datetime(), until)?)),
        },
        ([Some(day), last], [None, None], None) => {
            let last = last.filter(|_| after == 1).unwrap_or(day);
            Some((at(day, Time::midnight()), at(next(last)?, Time::midnight())))
        }
        ([Some(day), last], [Some(from), Some(until)], None) => {
            let end = match last {
                Some(last) => Some(at(last, until)),
                None => after_it(day, day.to_datetime(from), until),
            };
            Some((at(day, from), end?))
        }
        ([None, None], [Some(from), Some(until)], None) => {
            let on = |day: Date| Some((at(day, from), after_it(day, day.to_datetime(from), until)?));
            on(today).filter(|(_, until)| *until > now).or_else(|| on(next(today)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokyo() -> TimeZone {
        TimeZone::get("Asia/Tokyo").unwrap()
    }

    /// Tuesday, 2026-11-24, 15:00 in Tokyo.
    fn now() -> Timestamp {
        "2026-11-24T06:00:00Z".parse().unwrap()
    }

    #[track_caller]
    fn says(words: &str, who: &str, stretch: &str) {
        let wish = wish(words, &BTreeMap::new(), &tokyo(), now());
        let at = |at: Timestamp| at.to_zoned(tokyo()).strftime("%m-%d %H:%M").to_string();
        let said = wish.map(|wish| (wish.who, format!("{} to {}", at(wish.from), at(wish.until))));
        assert_eq!(said, Some((who.to_owned(), stretch.to_owned())), "{words}");
    }

    #[test]
    fn times_are_meant_as_people_mean_them() {
        says("me 22:00-06:00", "me", "11-24 22:00 to 11-25 06:00");
        says("me 22:00 – 06:00", "me", "11-24 22:00 to 11-25 06:00");
        says("me from 9:00 to 12:00", "me", "11-25 09:00 to 11-25 12:00");
        says("me 14:00-18:00", "me", "11-24 14:00 to 11-24 18:00");
        says("me tomorrow 9:00-12:00", "me", "11-25 09:00 to 11-25 12:00");
        says("Sato Yui Fri 18:00-09:00", "Sato Yui", "11-27 18:00 to 11-28 09:00");
        says("me 2026-12-24", "me", "12-24 00:00 to 12-25 00:00");
        says("me 2026-12-24 - 2026-12-26", "me", "12-24 00:00 to 12-27 00:00");
        says("me 2026-12-24 18:00 to 2026-12-25 09:00", "me", "12-24 18:00 to 12-25 09:00");
        says("me until 06:00", "me", "11-24 15:00 to 11-25 06:00");
        says("me 2h", "me", "11-24 15:00 to 11-24 17:00");
        says("me 18:00 2h", "me", "11-24 18:00 to 11-24 20:00");
        says("私 22:00から06:00まで", "私", "11-24 22:00 to 11-25 06:00");
        says("私 12月24日 18時〜24:00", "私", "12-24 18:00 to 12-25 00:00");
    }

    #[test]
    fn what_is_no_time_is_not_guessed() {
        for words in [
            "me",
            "me 22-6",
            "me 25:00-26:00",
            "me 22:00",
            "22:00-06:00",
            "me 2026-11-20 09:00-10:00",
            "me 9:00-10:00 11:00-12:00",
            "me 90d",
            "me - - 9:00",
            "me 2029-01-01",
            "",
            "me until",
        ] {
            assert_eq!(wish(words, &BTreeMap::new(), &tokyo(), now()), None, "{words}");
        }
    }

    #[test]
    fn whose_place_is_taken_and_a_swap_are_understood() {
        let wish = wish("me for Kato Ren 22:00-06:00", &BTreeMap::new(), &tokyo(), now()).unwrap();
        assert_eq!((wish.who.as_str(), wish.instead_of.as_deref()), ("me", Some("Kato Ren")));
        let said = |words: &str| {
            let swap = swap(words, &BTreeMap::new(), &tokyo(), now())?;
            Some((swap.with, swap.day.to_string()))
        };
        let sato = |day: &str| Some(("sato".to_owned(), day.to_owned()));
        assert_eq!(said("with sato on 2026-12-24"), sato("2026-12-24"));
        assert_eq!(said("with sato on Fri"), sato("2026-11-27"));
        assert_eq!(said("satoと 12月24日"), sato("2026-12-24"));
        assert_eq!(said("with sato"), None);
        assert_eq!(said("with sato on 2026-11-01"), None);
    }

    #[test]
    fn prose_is_not_meant_and_a_mistyped_time_is() {
        for words in ["me 22-6", "with sato", "sato 22:00-06:00", "cancel 12", "cancel"] {
            assert!(is_meant(words), "{words}");
        }
        for words in ["the default in 5 places", "disks tomorrow", "works"] {
            assert!(!is_meant(words), "{words}");
        }
        assert_eq!(cancelled("cancel #12"), Some(Some(12)));
        assert_eq!(cancelled("off"), Some(None));
        assert_eq!(cancelled("me 22:00-06:00"), None);
    }
}
