//! Owns calendar invitations (RFC 5545, RFC 5546) as far as a person on duty needs them: what, when, where, who.
//! Never reckons zones: times are shown as they were written, with the zone's common name where it has one.

use std::str::FromStr;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty, ICalendarValue,
};
use calcard::{Entry, Parser};
use jiff::ToSpan;
use jiff::civil::DateTime;

use super::Invitation;
use super::plain::{clip, one_line};

/// Longest of the facts that are told, in bytes.
const LONGEST_FACT: usize = 500;
/// Most things in a row that are tried before the calendar itself.
const MOST_ENTRIES: usize = 100;

/// Reads the first event of a calendar; `method` is what the part's type says, the calendar's own word counts more.
pub(super) fn read(source: &str, method: &str) -> Option<Invitation> {
    let calendar = calendar(source)?;
    let event = calendar.components.iter().find(|component| {
        matches!(component.component_type, ICalendarComponentType::VEvent | ICalendarComponentType::VTodo)
    })?;
    let own = calendar.components.iter().find_map(|component| component.property(&ICalendarProperty::Method));
    let method = own.map(text).filter(|own| !own.is_empty()).unwrap_or_else(|| one_line(clip(method, 40)));
    let fact = |name: ICalendarProperty| event.property(&name).map(text).unwrap_or_default();
    Some(Invitation {
        method: method.to_ascii_uppercase(),
        title: fact(ICalendarProperty::Summary),
        when: when(event),
        place: fact(ICalendarProperty::Location),
        organizer: event.property(&ICalendarProperty::Organizer).map(organizer).unwrap_or_default(),
    })
}

fn calendar(source: &str) -> Option<ICalendar> {
    let mut parser = Parser::new(source);
    for _ in 0..MOST_ENTRIES {
        match parser.entry() {
            Entry::ICalendar(calendar) => return Some(calendar),
            Entry::Eof => return None,
            _ => {}
        }
    }
    None
}

impl Invitation {
    /// What kind of calendar mail it is (RFC 5546, 1.4), for people.
    pub fn what(&self) -> &'static str {
        match self.method.as_str() {
            "REQUEST" => "invitation",
            "CANCEL" => "called off",
            "REPLY" => "answer to an invitation",
            "COUNTER" => "proposal of another time",
            "DECLINECOUNTER" => "refusal of another time",
            "REFRESH" => "request for the latest entry",
            _ => "calendar entry",
        }
    }

    /// What it says, line by line: the text of a mail that has no other.
    pub(super) fn text(&self) -> String {
        let facts = [
            ("Calendar", self.what()),
            ("Title", &self.title),
            ("When", &self.when),
            ("Where", &self.place),
            ("Organizer", &self.organizer),
        ];
        let told = facts.iter().filter(|(_, value)| !value.is_empty());
        told.map(|(name, value)| format!("{name}: {value}\n")).collect()
    }
}

fn text(entry: &ICalendarEntry) -> String {
    let value = entry.values.first().and_then(ICalendarValue::as_text).unwrap_or_default();
    one_line(clip(value, LONGEST_FACT))
}

fn organizer(entry: &ICalendarEntry) -> String {
    let address = one_line(clip(entry.calendar_address().unwrap_or_default(), LONGEST_FACT));
    let scheme = address.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let address = scheme.and(address.get(7..)).unwrap_or(&address).to_owned();
    let name = entry.parameter(&ICalendarParameterName::Cn).and_then(|name| name.as_text());
    match name.map(|name| one_line(clip(name, LONGEST_FACT))) {
        Some(name) if !name.is_empty() && name != address => format!("{name} <{address}>"),
        _ => address,
    }
}

/// A time as it was written.
struct Moment {
    at: DateTime,
    whole_day: bool,
    zone: String,
}

/// `2026-05-05 10:00 to 11:00 (Asia/Tokyo)`, `2026-05-05` for a whole day; with the rule by which it repeats.
fn when(event: &ICalendarComponent) -> String {
    let moment = |name: ICalendarProperty| event.property(&name).and_then(moment);
    let Some(start) = moment(ICalendarProperty::Dtstart).or_else(|| moment(ICalendarProperty::Due)) else {
        return event.property(&ICalendarProperty::Dtstart).map(text).unwrap_or_default();
    };
    let end = moment(ICalendarProperty::Dtend).or_else(|| moment(ICalendarProperty::Due));
    let mut words = period(&start, end.or_else(|| lasting(event, &start)));
    let rule = event.property(&ICalendarProperty::Rrule).and_then(|entry| entry.values.first());
    if let Some(ICalendarValue::RecurrenceRule(rule)) = rule {
        words.push_str(&format!(", repeats ({})", one_line(clip(&rule.to_string(), LONGEST_FACT))));
    }
    words
}

/// The end of an event that says how long it takes (RFC 5545, 3.8.2.5).
fn lasting(event: &ICalendarComponent, start: &Moment) -> Option<Moment> {
    let ICalendarValue::Duration(duration) = event.property(&ICalendarProperty::Duration)?.values.first()?
    else {
        return None;
    };
    let at = start.at.checked_add(duration.as_seconds().seconds()).ok()?;
    Some(Moment { at, zone: start.zone.clone(), ..*start })
}

fn period(start: &Moment, end: Option<Moment>) -> String {
    let (day, time) = (start.at.strftime("%Y-%m-%d"), start.at.strftime("%H:%M"));
    if start.whole_day {
        // The end is the day after (RFC 5545, 3.6.1).
        let last = end.and_then(|end| end.at.checked_sub(1.day()).ok()).filter(|last| *last > start.at);
        return last.map_or(day.to_string(), |last| format!("{day} to {}", last.strftime("%Y-%m-%d")));
    }
    let zone = if start.zone.is_empty() { "no zone" } else { &start.zone };
    match end.filter(|end| end.at != start.at || end.zone != start.zone) {
        None => format!("{day} {time} ({zone})"),
        Some(end) if end.zone != start.zone => {
            format!("{day} {time} ({zone}) to {} ({})", end.at.strftime("%Y-%m-%d %H:%M"), end.zone)
        }
        Some(end) if end.at.date() == start.at.date() => {
            format!("{day} {time} to {} ({zone})", end.at.strftime("%H:%M"))
        }
        Some(end) => format!("{day} {time} to {} ({zone})", end.at.strftime("%Y-%m-%d %H:%M")),
    }
}

fn moment(entry: &ICalendarEntry) -> Option<Moment> {
    let written = entry.values.first()?.as_partial_date_time()?;
    let part = |value: Option<u8>| i8::try_from(value.unwrap_or(0)).ok();
    let year = i16::try_from(written.year?).ok()?;
    let (hour, minute) = (part(written.hour)?, part(written.minute)?);
    let at = DateTime::new(year, part(written.month)?, part(written.day)?, hour, minute, 0, 0).ok()?;
    Some(Moment { at, whole_day: written.hour.is_none(), zone: zone(entry, written) })
}

/// The zone's name in the zone database, also for Windows' names of it; else its name as written, or its offset.
fn zone(entry: &ICalendarEntry, written: &PartialDateTime) -> String {
    let sign = if written.tz_minus { '-' } else { '+' };
    match (written.tz_hour, entry.tz_id()) {
        (Some(0), _) if written.tz_minute.unwrap_or(0) == 0 => "UTC".to_owned(),
        (Some(hour), _) => format!("{sign}{hour:02}:{:02}", written.tz_minute.unwrap_or(0)),
        (None, Some(id)) => match Tz::from_str(clip(id, 100)).ok().and_then(|zone| zone.name()) {
            Some(name) => name.into_owned(),
            None => one_line(clip(id, 100)),
        },
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(properties: &str) -> Invitation {
        let source = format!(
            "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n{properties}\nEND:VEVENT\nEND:VCALENDAR\n"
        );
        read(&source, "").expect("an event")
    }

    #[test]
    fn an_invitation_says_what_when_where_and_who() {
        let read = event(
            "ORGANIZER;CN=\"Kato: Ren\":MAILTO:kato@example.jp\r\nSUMMARY;LANGUAGE=ja:障害\r\n 振り返り\\, 第1回\r\n\
            DTSTART;TZID=\"Tokyo Standard Time\":20260505T100000\r\n\
            DTEND;TZID=\"Tokyo Standard Time\":20260505T110000\r\nLOCATION:会議室A",
        );
        assert_eq!((read.what(), read.title.as_str()), ("invitation", "障害振り返り, 第1回"));
        assert_eq!(read.when, "2026-05-05 10:00 to 11:00 (Asia/Tokyo)");
        assert_eq!(
            (read.place.as_str(), read.organizer.as_str()),
            ("会議室A", "Kato: Ren <kato@example.jp>")
        );
        assert!(
            read.text().starts_with("Calendar: invitation\nTitle: 障害振り返り, 第1回\nWhen: 2026-05-05")
        );
    }

    #[test]
    fn times_are_shown_with_their_zone_or_without_one() {
        let when = |properties: &str| event(properties).when;
        assert_eq!(when("DTSTART:20260505T100000Z"), "2026-05-05 10:00 (UTC)");
        assert_eq!(when("DTSTART:20260505T100000\nDURATION:PT1H30M"), "2026-05-05 10:00 to 11:30 (no zone)");
        assert_eq!(
            when("DTSTART;TZID=Our Own:20260505T230000\nDTEND;TZID=Our Own:20260506T010000"),
            "2026-05-05 23:00 to 2026-05-06 01:00 (Our Own)"
        );
        assert_eq!(when("DTSTART;VALUE=DATE:20260505\nDTEND;VALUE=DATE:20260506"), "2026-05-05");
        assert_eq!(
            when("DTSTART;VALUE=DATE:20260505\nDTEND;VALUE=DATE:20260508"),
            "2026-05-05 to 2026-05-07"
        );
        assert_eq!(
            when("DTSTART:20260505T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO"),
            "2026-05-05 10:00 (UTC), repeats (FREQ=WEEKLY;BYDAY=MO)"
        );
        assert_eq!(when("DTSTART:soon"), "soon");
    }

    #[test]
    fn what_is_called_off_or_cut_off_is_said_and_no_event_is_no_invitation() {
        let off = read("BEGIN:VEVENT\nSUMMARY:x", "cancel").expect("an entry");
        assert_eq!((off.what(), off.title.as_str()), ("called off", "x"));
        assert_eq!(read("BEGIN:VCALENDAR\nEND:VCALENDAR", ""), None);
        assert_eq!(read("no calendar at all", ""), None);
    }
}
