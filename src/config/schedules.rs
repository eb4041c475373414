//! Owns `[[schedule]]` and `[[override]]`: who is on call when.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::lists::Lists;
use super::names::Names;
use super::reading::{Reading, Span as Place, Word};
use super::table::Table;
use super::values;
use super::{Calendars, calendars};
use crate::directory::Directory;
use crate::oncall::{Layer, Length, Override, Rota, Schedule, Shifts, Turns, moment};
use crate::rules::Span;

/// When the first turn began where a layer has one person only, who is always on call.
const EVER: Date = Date::constant(2024, 1, 1);
/// When people hand over where a layer doesn't say.
const MORNING: Time = Time::constant(9, 0, 0, 0);
/// Turns longer than this are not turns.
const LONGEST: u16 = 366;

/// `[[schedule]]` as written.
#[derive(Debug)]
pub(super) struct WrittenSchedule {
    /// Its id.
    pub(super) id: Option<Word>,
    zone: Option<TimeZone>,
    layers: Vec<WrittenLayer>,
    calendar: Option<Word>,
    handover: bool,
    may_be_empty: bool,
}

/// One layer as written.
#[derive(Debug)]
struct WrittenLayer {
    people: Vec<Word>,
    at_once: usize,
    start: Option<Date>,
    handover: Time,
    length: Length,
    hours: Vec<Span>,
    only: Option<Word>,
    except: Option<Word>,
    span: Place,
}

/// `[[override]]` as written.
#[derive(Debug)]
pub(super) struct WrittenOverride {
    schedule: Option<Word>,
    person: Option<Word>,
    instead_of: Option<Word>,
    from: Option<DateTime>,
    until: Option<DateTime>,
    span: Place,
}

impl WrittenSchedule {
    /// Reads one. A schedule of one layer may have that layer's keys itself.
    pub(super) fn read(table: Table<'_>) -> Self {
        let id = table.required("id");
        let name = id.as_ref().map_or("this schedule", |id| id.text.as_str()).to_owned();
        let mut layers: Vec<WrittenLayer> = Vec::new();
        for layer in table.tables("layers", "layers") {
            layers.push(WrittenLayer::read(&layer, &name));
            layer.end();
        }
        if table.has("people") && !layers.is_empty() {
            let text = format!("schedule `{name}` has `layers`: put `people` into one of them");
            table.reading.say(&table.place("people"), text);
        }
        let calendar = table.word("calendar");
        if calendar.is_some() && (table.has("people") || !layers.is_empty()) {
            let text = format!(
                "schedule `{name}` has a `calendar`, which says who is on call: leave out `people` and `layers`"
            );
            table.reading.say(&table.place("calendar"), text);
        } else if calendar.is_none() && layers.is_empty() {
            layers.push(WrittenLayer::read(&table, &name));
        }
        let zone = table.read("time_zone", values::zone);
        let handover = table.flag("handover_mail").unwrap_or(false);
        let may_be_empty = table.flag("may_be_empty").unwrap_or(false);
        let schedule = Self { id, zone, layers, calendar, handover, may_be_empty };
        table.end();
        schedule
    }

    fn schedule(&self, id: String, site: &Around<'_>) -> Schedule {
        let zone = self.zone.clone().unwrap_or_else(|| site.zone.clone());
        let rota = match &self.calendar {
            Some(calendar) => from_calendar(calendar, &zone, site),
            None => Rota::Layers(self.layers.iter().map(|layer| layer.layer(site)).collect()),
        };
        Schedule {
            id,
            zone,
            rota,
            overrides: Vec::new(),
            tells_of_handover: self.handover,
            may_be_empty: self.may_be_empty,
        }
    }
}

/// The files of a calendar, taken together.
fn from_calendar(named: &Word, zone: &TimeZone, site: &Around<'_>) -> Rota {
    let (mut shifts, mut nameless) = (Vec::new(), Vec::new());
    let Some(files) = site.calendars.get(&named.text) else {
        site.reading.say(&named.span, format!("there is no calendar `{}`", named.text));
        return Rota::Layers(Vec::new());
    };
    for (file, text) in files {
        match calendars::read(text, zone, site.directory) {
            Ok(read) => {
                shifts.extend(read.shifts);
                nameless.extend(read.nameless);
            }
            Err(why) => site.reading.say(&named.span, format!("{file}: {why}")),
        }
    }
    Rota::Calendar { shifts: Shifts::new(shifts), nameless }
}

/// The calendars that firebell.toml names, as written there; whoever brings the texts needs them first. What is no TOML
/// names none.
pub(super) fn calendars_named(text: &str) -> Vec<String> {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let schedules = table.get("schedule").and_then(toml::Value::as_array).into_iter().flatten();
    schedules.filter_map(|schedule| Some(schedule.get("calendar")?.as_str()?.to_owned())).collect()
}

impl WrittenLayer {
    fn read(table: &Table<'_>, name: &str) -> Self {
        let reading = table.reading;
        let nobody = format!(
            "schedule `{name}` needs `people`: a list such as [\"kato\", \"sato\"], in the order of their turns"
        );
        let people = table.some_words("people", &nobody);
        let hours = table.text_or_texts("hours");
        let span = |word: &Word| Span::parse(&word.text).map_err(|why| reading.say(&word.span, why)).ok();
        let layer = Self {
            at_once: table.number("at_once", 1..=100).unwrap_or(1) as usize,
            start: table.date_or_word("start").and_then(|word| date(reading, &word)),
            handover: table.read("handover", time).unwrap_or(MORNING),
            length: table.read("every", length).unwrap_or(Length::Days(7)),
            hours: hours.iter().filter_map(span).collect(),
            only: table.word("only"),
            except: table.word("except"),
            span: table.span.clone(),
            people,
        };
        layer.check(table, name);
        layer
    }

    /// A rotation without a first day would shift with every person added; and who is twice among people who are on call
    /// together would be so alone.
    fn check(&self, table: &Table<'_>, name: &str) {
        let reading = table.reading;
        let several = self.people.len() > self.at_once;
        if several && !table.has("start") {
            let first = self.people.first().map_or("", |word| word.text.as_str());
            let text = format!(
                "schedule `{name}` needs `start`: the day on which `{first}` begins, such as 2026-11-23"
            );
            reading.say(&self.span, text);
        }
        if self.at_once > self.people.len() && !self.people.is_empty() {
            let text =
                format!("`at_once` is {} but there are only {} people", self.at_once, self.people.len());
            reading.say(&table.place("at_once"), text);
        }
        for (number, word) in self.people.iter().enumerate().filter(|_| self.at_once > 1) {
            if self.people.iter().take(number).any(|other| other.text == word.text) {
                let text = format!(
                    "`{}` stands twice; where several are on call together each stands once",
                    word.text
                );
                reading.say(&word.span, text);
            }
        }
    }

    fn layer(&self, site: &Around<'_>) -> Layer {
        let people = self.people.iter().filter_map(|word| site.names.colleague(site.reading, word)).collect();
        let dates = |word: &Option<Word>| word.as_ref().and_then(|word| site.lists.dates(site.reading, word));
        let (only, except) = (dates(&self.only), dates(&self.except).unwrap_or_default());
        let mut hours = self.hours.clone();
        if hours.is_empty() && (self.only.is_some() || self.except.is_some()) {
            hours.extend(Span::parse("00:00-24:00"));
        }
        let start = self.start.unwrap_or(EVER).to_datetime(self.handover);
        Layer {
            people,
            at_once: self.at_once,
            turns: Turns { start, length: self.length },
            hours,
            only,
            except,
        }
    }
}

impl WrittenOverride {
    /// Reads one.
    pub(super) fn read(table: Table<'_>) -> Self {
        let reading = table.reading;
        let at = |key| {
            if !table.has(key) {
                table.needs(key);
            }
            table.date_or_word(key).and_then(|word| date_time(reading, &word))
        };
        let exception = Self {
            schedule: table.required("schedule"),
            person: table.required("person"),
            instead_of: table.word("instead_of"),
            from: at("from"),
            until: at("until"),
            span: table.span.clone(),
        };
        if let (Some(from), Some(until)) = (exception.from, exception.until)
            && until <= from
        {
            let text = format!(
                "this [[override]] is over before it begins: `until` {until} is not after `from` {from}"
            );
            reading.say(&exception.span, text);
        }
        table.end();
        exception
    }

    fn apply(&self, schedules: &mut BTreeMap<String, Schedule>, site: &Around<'_>) -> Option<()> {
        let (names, reading) = (site.names, site.reading);
        let person = self.person.as_ref().and_then(|word| names.colleague(reading, word));
        let instead_of = self.instead_of.as_ref().and_then(|word| names.colleague(reading, word));
        let id = names.schedule(reading, self.schedule.as_ref()?)?;
        let schedule = schedules.get_mut(&id)?;
        let moment = |at| moment(&schedule.zone, at);
        let (from, until) = (moment(self.from?), moment(self.until?));
        let exception = Override { number: 0, schedule: id, person: person?, instead_of, from, until };
        schedule.overrides.push(exception);
        Some(())
    }
}

/// What words in a schedule can mean.
pub(super) struct Around<'a> {
    /// People.
    pub(super) names: &'a Names,
    /// Lists of days.
    pub(super) lists: &'a Lists,
    /// The zone of schedules that name none.
    pub(super) zone: &'a TimeZone,
    /// Texts of calendars.
    pub(super) calendars: &'a Calendars,
    /// Who is who.
    pub(super) directory: &'a Directory,
    /// The file.
    pub(super) reading: &'a Reading<'a>,
}

/// All schedules, with what was written as exceptions from them.
pub(super) fn schedules(
    written: &[WrittenSchedule],
    overrides: &[WrittenOverride],
    site: &Around<'_>,
) -> BTreeMap<String, Schedule> {
    let schedule = |written: &WrittenSchedule| {
        let id = values::id(site.reading, written.id.as_ref()?)?;
        Some((id.clone(), written.schedule(id, site)))
    };
    let mut schedules = written.iter().filter_map(schedule).collect();
    for exception in overrides {
        exception.apply(&mut schedules, site);
    }
    schedules
}

/// `daily`, `weekly`, `2 weeks`, `3 days`, `12h`.
fn length(text: &str) -> Result<Length, String> {
    let wrong = || format!("`{text}` is no length of turns; write `daily`, `weekly`, `3d`, `2w` or `12h`");
    let plain: String = text.split_whitespace().collect();
    let digits = plain.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number = || digits.parse::<u16>().ok().filter(|number| *number > 0);
    let days = |days: Option<u16>| match days {
        Some(days) if days <= LONGEST => Ok(Length::Days(days)),
        Some(_) => Err(format!("`{text}` is longer than a year")),
        None => Err(wrong()),
    };
    match plain.strip_prefix(digits).unwrap_or_default() {
        "daily" if digits.is_empty() => Ok(Length::Days(1)),
        "weekly" if digits.is_empty() => Ok(Length::Days(7)),
        "d" | "day" | "days" => days(number()),
        "w" | "week" | "weeks" => days(number().and_then(|weeks| weeks.checked_mul(7))),
        "h" | "hour" | "hours" => match number().ok_or_else(wrong)? {
            hours @ (1 | 2 | 3 | 4 | 6 | 8 | 12) => Ok(Length::Hours(hours as u8)),
            hours if hours % 24 == 0 => days(Some(hours / 24)),
            _ => Err(format!(
                "`{text}` would begin at other hours every day; write 1h, 2h, 3h, 4h, 6h, 8h or 12h"
            )),
        },
        _ => Err(wrong()),
    }
}

/// `09:00`.
fn time(text: &str) -> Result<Time, String> {
    let wrong = || format!("`{text}` is no time of day; write `09:00`");
    let (hours, minutes) = text.split_once(':').ok_or_else(wrong)?;
    let number = |digits: &str| match digits.len() {
        1 | 2 => digits.parse::<u8>().ok().and_then(|number| i8::try_from(number).ok()).ok_or_else(wrong),
        _ => Err(wrong()),
    };
    Time::new(number(hours)?, number(minutes)?, 0, 0).map_err(|_| wrong())
}

fn date(reading: &Reading<'_>, word: &Word) -> Option<Date> {
    let wrong = |_| reading.say(&word.span, format!("`{}` is no day; write `2026-11-23`", word.text));
    word.text.parse().map_err(wrong).ok()
}

/// `2026-12-24 18:00`, by the clocks of the schedule.
fn date_time(reading: &Reading<'_>, word: &Word) -> Option<DateTime> {
    let read = |text: &str| {
        let (day, at) = text.trim().split_once([' ', 'T'])?;
        let at = at.strip_suffix(":00").filter(|short| short.contains(':')).unwrap_or(at);
        Some(day.parse::<Date>().ok()?.to_datetime(time(at).ok()?))
    };
    let read = read(&word.text);
    if read.is_none() {
        let text =
            format!("`{}` is no time; write `2026-12-24 18:00`, by the clocks of the schedule", word.text);
        reading.say(&word.span, text);
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_begin_at_the_same_hours_every_day() {
        assert_eq!(length("daily"), Ok(Length::Days(1)));
        assert_eq!(length("weekly"), Ok(Length::Days(7)));
        assert_eq!(length("2w"), Ok(Length::Days(14)));
        assert_eq!(length("3 days"), Ok(Length::Days(3)));
        assert_eq!(length("12h"), Ok(Length::Hours(12)));
        assert_eq!(length("48h"), Ok(Length::Days(2)));
        for wrong in ["", "0d", "5h", "monthly", "d", "400d", "2weekly", "-1d", "99999999w"] {
            assert!(length(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_of_day_has_hours_and_minutes() {
        assert_eq!(time("9:00"), Ok(MORNING));
        for wrong in ["", "9", "24:00", "09:60", "009:00", "09:00:00", "-9:00"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
