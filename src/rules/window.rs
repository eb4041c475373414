//! Owns windows of time: `Mon-Fri 09:00-18:00` by the clocks of a zone, except on some days.
//! Never counts hours: what a clock on the wall shows decides, also on the days on which it is set.

mod end;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// How days are written, from Monday.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// When a rule holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Window {
    /// It holds within any of them.
    pub spans: Vec<Span>,
    /// Whose clocks.
    pub zone: TimeZone,
    /// No stretch begins on these days.
    pub except: Arc<BTreeSet<Date>>,
}

/// A window as timelines keep it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    within: Vec<String>,
    zone: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    except: BTreeSet<Date>,
}

impl From<Window> for Stored {
    fn from(window: Window) -> Self {
        Self {
            within: window.spans.into_iter().map(|span| span.text).collect(),
            zone: window.zone.iana_name().unwrap_or("UTC").to_owned(),
            except: window.except.as_ref().clone(),
        }
    }
}

impl TryFrom<Stored> for Window {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let spans = stored.within.iter().map(|text| Span::parse(text)).collect::<Result<_, _>>()?;
        let zone = TimeZone::get(&stored.zone).map_err(|error| error.to_string())?;
        Ok(Self { spans, zone, except: Arc::new(stored.except) })
    }
}

/// One stretch of time that comes back every week: some days, from when to when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// As written: `Mon-Fri 09:00-18:00`.
    pub text: String,
    days: Vec<Weekday>,
    /// Minute of the day at which it begins.
    from: u16,
    /// Minute at which it is over; not after `from` where it goes past midnight.
    until: u16,
}

impl Window {
    /// When it next holds, at a time or after it, to the minute; None when it doesn't within that many days.
    pub fn opens(&self, from: Timestamp, days: i64) -> Option<Timestamp> {
        if self.holds(from) {
            return Some(from);
        }
        let minutes = from.as_second().div_euclid(60) + 1;
        let at = |minute: i64| Timestamp::from_second(minute.checked_mul(60)?).ok();
        (minutes..minutes + days * 24 * 60).filter_map(at).find(|at| self.holds(*at))
    }

    /// Whether it holds at a time.
    pub fn holds(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.zone.clone());
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let today = local.date();
        let begins =
            |span: &Span, day: Date| span.days.contains(&day.weekday()) && !self.except.contains(&day);
        let yesterday = |span: &Span| today.yesterday().is_ok_and(|day| begins(span, day));
        self.spans.iter().any(|span| match span.from < span.until {
            true => begins(span, today) && (span.from..span.until).contains(&minute),
            false => (begins(span, today) && minute >= span.from) || (yesterday(span) && minute < span.until),
        })
    }
}

impl Span {
    /// Whether it begins on this day of the week.
    pub fn begins_on(&self, day: Weekday) -> bool {
        self.days.contains(&day)
    }

    /// From which minute of the day to which; one that goes past midnight ends at a minute beyond the day's last.
    pub fn minutes(&self) -> (u16, u16) {
        let until = if self.from < self.until { self.until } else { self.until + DAY };
        (self.from, until)
    }

    /// Reads `Mon-Fri 09:00-18:00`, `Sat,Sun`, `22:00-06:00`: days, a time of day, or both. One that goes past
    /// midnight belongs to the day on which it begins. The error says what can be written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no time window; write `Mon-Fri 09:00-18:00`, `Sat,Sun` or `22:00-06:00`");
        let every = || DAYS.map(|(_, day)| day).to_vec();
        let (days, times) = match *text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [times] if times.contains(':') => (every(), Some(times)),
            [days] => (read_days(days).ok_or_else(wrong)?, None),
            [days, times] => (read_days(days).ok_or_else(wrong)?, Some(times)),
            _ => return Err(wrong()),
        };
        let (from, until) = match times {
            None => (0, DAY),
            Some(times) => {
                let (from, until) = times.split_once('-').ok_or_else(wrong)?;
                (minute(from).ok_or_else(wrong)?, minute(until).ok_or_else(wrong)?)
            }
        };
        match (from, until) {
            (DAY, _) => Err(wrong()),
            (from, until) if from == until => {
                Err(format!("`{text}` is over when it begins; write `00:00-24:00` for a day"))
            }
            // Midnight at the end of the day is no midnight at its beginning.
            (from, 0) => Ok(Self { text: text.to_owned(), days, from, until: DAY }),
            (from, until) => Ok(Self { text: text.to_owned(), days, from, until }),
        }
    }
}

/// `Mon-Fri`, `Sat,Sun`, `Fri-Mon`.
fn read_days(text: &str) -> Option<Vec<Weekday>> {
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        let mut each = first;
        days.push(each);
        while each != last {
            each = each.next();
            days.push(each);
        }
    }
    Some(days)
}

/// `Mon` or `Monday`.
fn day(text: &str) -> Option<Weekday> {
    let word = text.to_ascii_lowercase();
    let (_, day) = DAYS.into_iter().find(|(short, _)| word.starts_with(short))?;
    let whole = format!("{day:?}").to_ascii_lowercase();
    (word.len() == 3 || word == whole).then_some(day)
}

/// `09:00`, in minutes of the day; `24:00` is its end.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |digits: &str| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !two(minutes) || !(two(hours) || hours.len() == 1) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && minute <= DAY).then_some(minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str, zone: &str, except: &[&str]) -> Window {
        Window {
            spans: vec![Span::parse(text).unwrap()],
            zone: TimeZone::get(zone).unwrap(),
            except: Arc::new(except.iter().map(|day| day.parse().unwrap()).collect()),
        }
    }

    #[track_caller]
    fn at(window: &Window, expected: &[(&str, bool)]) {
        for (at, holds) in expected {
            assert_eq!(window.holds(at.parse().unwrap()), *holds, "{at}");
        }
    }

    #[test]
    fn working_hours_are_those_of_the_zone() {
        // 2026-11-23 is a Monday.
        at(
            &window("Mon-Fri 09:00-18:00", "Asia/Tokyo", &[]),
            &[
                ("2026-11-22T23:59:59Z", false),
                ("2026-11-23T00:00:00Z", true),
                ("2026-11-23T08:59:59Z", true),
                ("2026-11-23T09:00:00Z", false),
                ("2026-11-28T01:00:00Z", false),
            ],
        );
    }

    #[test]
    fn a_holiday_is_no_working_day_and_its_night_goes_with_it() {
        let holiday = ["2026-11-23"];
        at(&window("Mon-Fri 09:00-18:00", "Asia/Tokyo", &holiday), &[("2026-11-23T01:00:00Z", false)]);
        at(
            &window("22:00-06:00", "UTC", &holiday),
            &[
                ("2026-11-23T05:59:59Z", true),
                ("2026-11-23T23:00:00Z", false),
                ("2026-11-24T05:00:00Z", false),
                ("2026-11-24T22:00:00Z", true),
            ],
        );
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        at(
            &window("Fri 22:00-06:00", "UTC", &[]),
            &[
                ("2026-11-27T21:59:00Z", false),
                ("2026-11-27T22:00:00Z", true),
                ("2026-11-28T05:59:00Z", true),
                ("2026-11-28T06:00:00Z", false),
                ("2026-11-28T22:30:00Z", false),
            ],
        );
    }

    #[test]
    fn the_clock_on_the_wall_decides_when_it_is_set() {
        // Berlin: 02:00 becomes 03:00 on 2026-03-29, and 03:00 becomes 02:00 on 2026-10-25.
        let early = window("01:30-03:30", "Europe/Berlin", &[]);
        at(
            &early,
            &[
                ("2026-03-29T00:29:59Z", false),
                ("2026-03-29T00:30:00Z", true),
                ("2026-03-29T01:29:59Z", true),
                ("2026-03-29T01:30:00Z", false),
                ("2026-10-24T23:30:00Z", true),
                ("2026-10-25T02:29:59Z", true),
                ("2026-10-25T02:30:00Z", false),
            ],
        );
    }

    #[test]
    fn days_and_times_can_be_written_alone_and_ranges_go_round_the_week() {
        at(
            &window("Sat,Sun", "UTC", &[]),
            &[("2026-11-28T00:00:00Z", true), ("2026-11-30T00:00:00Z", false)],
        );
        at(
            &window("Fri-Monday 20:00-00:00", "UTC", &[]),
            &[("2026-11-29T23:59:00Z", true), ("2026-11-24T21:00:00Z", false)],
        );
        at(&window("9:00-24:00", "UTC", &[]), &[("2026-11-29T23:59:00Z", true)]);
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for wrong in [
            "",
            "Mo",
            "Mon-",
            "Mon 9-17",
            "09:00",
            "09:00-25:00",
            "24:00-01:00",
            "1:2-3:4",
            "Mon Tue 1:00-2:00",
            "Monx",
            "09:61-10:00",
            "09:00-09:00",
        ] {
            assert!(Span::parse(wrong).is_err(), "{wrong}");
        }
    }
}
