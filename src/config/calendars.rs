//! Owns on-call schedules that are kept in calendars (iCalendar, RFC 5545): whose events mean who is on call.
//! Repetitions, exceptions and zones are those of the calendar. Times are reckoned by the clocks of each event's zone, so
//! that a shift that begins in an hour which is skipped or comes twice is neither lost nor doubled.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarParameterValue, ICalendarParticipationStatus, ICalendarProperty, ICalendarStatus,
    ICalendarValue,
};
use calcard::{Entry, Parser};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::directory::{Address, Directory, PersonId};
use crate::oncall::{Shift, moment};

/// An event that repeats for ever is followed this often: daily turns for some 27 years.
const MOST_TURNS: usize = 10_000;
/// Most things in a row in one file.
const MOST_ENTRIES: usize = 10_000;

/// What a calendar says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Who is on call when.
    pub(super) shifts: Vec<Shift>,
    /// Titles of events that name nobody.
    pub(super) nameless: Vec<String>,
}

/// Reads a file. `zone` is for times that name none. The error says what is wrong with all of it.
pub(super) fn read(text: &str, zone: &TimeZone, directory: &Directory) -> Result<Read, String> {
    let (mut parser, mut read, mut calendars) = (Parser::new(text), Read::default(), 0);
    for _ in 0..MOST_ENTRIES {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                calendars += 1;
                of_calendar(&calendar, zone, directory, &mut read);
            }
            Entry::Eof => break,
            _ => {}
        }
    }
    if calendars == 0 {
        return Err(
            "this is no calendar; export it as iCalendar, which begins with BEGIN:VCALENDAR".to_owned()
        );
    }
    Ok(read)
}

/// An event and its exceptions have one UID; each such family is reckoned alone.
fn of_calendar(calendar: &ICalendar, zone: &TimeZone, directory: &Directory, read: &mut Read) {
    let resolver = calendar.build_tz_resolver();
    let zone_of = |id: &str| {
        let name = resolver
            .resolve(id)
            .or_else(|| Tz::from_str(id).ok())
            .and_then(|tz| tz.name().map(|name| name.into_owned()));
        name.and_then(|name| TimeZone::get(&name).ok())
    };
    let mut families: BTreeMap<String, Vec<&ICalendarComponent>> = BTreeMap::new();
    for (number, event) in calendar.components.iter().enumerate() {
        if event.component_type == ICalendarComponentType::VEvent {
            let uid = event.property(&ICalendarProperty::Uid).and_then(text);
            families
                .entry(uid.map_or_else(|| format!("\u{0}{number}"), str::to_owned))
                .or_default()
                .push(event);
        }
    }
    for family in families.into_values() {
        let own = family.iter().find_map(|event| {
            let start = event.property(&ICalendarProperty::Dtstart)?;
            if is_utc(start) { Some(TimeZone::UTC) } else { zone_of(start.tz_id()?) }
        });
        let own = own.unwrap_or_else(|| zone.clone());
        let clocks = Clocks { own: &own, zone_of: &zone_of };
        of_family(&family, &clocks, directory, read);
    }
}

/// By whose clocks the times of an event are meant.
struct Clocks<'a> {
    /// The event's.
    own: &'a TimeZone,
    zone_of: &'a dyn Fn(&str) -> Option<TimeZone>,
}

fn of_family(family: &[&ICalendarComponent], clocks: &Clocks<'_>, directory: &Directory, read: &mut Read) {
    let components = family.iter().map(|event| floating(event, clocks)).collect();
    let expanded = ICalendar { components }.expand_dates(Tz::UTC, MOST_TURNS);
    for event in expanded.events {
        let Some(component) = family.get(event.comp_id as usize) else { continue };
        if is_cancelled(component) {
            continue;
        }
        let start = event.start.naive_local();
        let end = match event.end {
            TimeOrDelta::Time(end) => end.naive_local(),
            TimeOrDelta::Delta(length) => start + length,
        };
        let civil = |at: String| at.parse::<DateTime>().ok().map(|at| moment(clocks.own, at));
        let (Some(from), Some(until)) = (civil(start.to_string()), civil(end.to_string())) else { continue };
        let people = people(component, directory);
        read.shifts.extend(people.into_iter().map(|person| Shift { from, until, person }));
    }
    for event in family.iter().filter(|event| !is_cancelled(event) && people(event, directory).is_empty()) {
        let title =
            event.property(&ICalendarProperty::Summary).and_then(text).unwrap_or("an event without a title");
        read.nameless.push(title.chars().take(100).collect());
    }
}

/// The event with all its times as the clocks of its zone show them, and nothing that ties it to a zone.
fn floating(event: &ICalendarComponent, clocks: &Clocks<'_>) -> ICalendarComponent {
    let mut entries: Vec<ICalendarEntry> = event.entries.clone();
    // An exception may be of another version of the event than the event is.
    entries.retain(|entry| entry.name != ICalendarProperty::Sequence);
    for entry in &mut entries {
        let zone = entry.tz_id().and_then(|id| (clocks.zone_of)(id));
        for value in &mut entry.values {
            match value {
                ICalendarValue::PartialDateTime(at) => show(at, zone.as_ref(), clocks),
                ICalendarValue::RecurrenceRule(rule) => {
                    if let Some(until) = &mut rule.until {
                        show(until, None, clocks);
                    }
                }
                _ => {}
            }
        }
        entry.params.retain(|param| param.name != ICalendarParameterName::Tzid);
    }
    ICalendarComponent { entries, component_type: event.component_type.clone(), component_ids: Vec::new() }
}

/// Makes a time what the clocks of the event's zone show then.
fn show(at: &mut PartialDateTime, zone: Option<&TimeZone>, clocks: &Clocks<'_>) {
    let Some(civil) = civil(at).filter(|_| at.hour.is_some()) else { return };
    let moment: Option<Timestamp> = match (at.tz_hour, zone) {
        (Some(hours), _) => {
            let minutes = i64::from(hours) * 60 + i64::from(at.tz_minute.unwrap_or(0));
            let minutes = if at.tz_minus { -minutes } else { minutes };
            let utc = moment(&TimeZone::UTC, civil);
            utc.checked_sub(jiff::SignedDuration::from_mins(minutes)).ok()
        }
        (None, Some(zone)) if zone != clocks.own => Some(moment(zone, civil)),
        (None, _) => None,
    };
    let shown = moment.map_or(civil, |moment| moment.to_zoned(clocks.own.clone()).datetime());
    *at = PartialDateTime {
        year: u16::try_from(shown.year()).ok(),
        month: u8::try_from(shown.month()).ok(),
        day: u8::try_from(shown.day()).ok(),
        hour: u8::try_from(shown.hour()).ok(),
        minute: u8::try_from(shown.minute()).ok(),
        second: u8::try_from(shown.second()).ok(),
        ..PartialDateTime::default()
    };
}

fn civil(at: &PartialDateTime) -> Option<DateTime> {
    let part = |part: Option<u8>| i8::try_from(part.unwrap_or(0)).ok();
    DateTime::new(
        i16::try_from(at.year?).ok()?,
        i8::try_from(at.month?).ok()?,
        i8::try_from(at.day?).ok()?,
        part(at.hour)?,
        part(at.minute)?,
        // A leap second is the one before it.
        part(at.second)?.min(59),
        0,
    )
    .ok()
}

fn is_utc(entry: &ICalendarEntry) -> bool {
    matches!(entry.values.first(), Some(ICalendarValue::PartialDateTime(at)) if at.tz_hour.is_some())
}

fn is_cancelled(event: &ICalendarComponent) -> bool {
    let status = event.property(&ICalendarProperty::Status).and_then(|entry| entry.values.first());
    matches!(status, Some(ICalendarValue::Status(ICalendarStatus::Cancelled)))
}

/// Who is meant: those of the house who are invited and haven't declined; else whoever the title names by id, name or
/// address.
fn people(event: &ICalendarComponent, directory: &Directory) -> Vec<PersonId> {
    let invited = event.properties(&ICalendarProperty::Attendee).filter(|entry| !has_declined(entry));
    let address = |entry: &ICalendarEntry| {
        let text = entry.calendar_address()?.to_ascii_lowercase();
        Some(Address::new(text.strip_prefix("mailto:").unwrap_or(&text)))
    };
    let mut people: Vec<PersonId> = Vec::new();
    let invited = invited.filter_map(address).filter_map(|address| directory.person_of(&address));
    let title = event.property(&ICalendarProperty::Summary).and_then(text).unwrap_or_default().to_lowercase();
    let invited: Vec<_> = invited.collect();
    let named = directory.people.values().filter(|person| {
        let addresses = person.addresses.iter().map(Address::as_str);
        let names = [person.id.as_str(), person.name.as_str()].into_iter().chain(addresses);
        invited.is_empty() && names.into_iter().any(|name| names_in(&title, &name.to_lowercase()))
    });
    for person in invited.iter().copied().chain(named).filter(|person| directory.is_internal(&person.id)) {
        if !people.contains(&person.id) {
            people.push(person.id.clone());
        }
    }
    people
}

fn has_declined(entry: &ICalendarEntry) -> bool {
    let declined = |value: &ICalendarParameterValue| {
        matches!(value, ICalendarParameterValue::Partstat(ICalendarParticipationStatus::Declined))
    };
    entry.parameter(&ICalendarParameterName::Partstat).is_some_and(declined)
}

/// Whether a name stands in a title as a word of its own: `abe` is not in `label`.
fn names_in(title: &str, name: &str) -> bool {
    let is_inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let alone = |(at, _): (usize, &str)| {
        let (before, from) = title.split_at_checked(at).unwrap_or_default();
        let after = from.strip_prefix(name).unwrap_or_default();
        !is_inside(before.chars().next_back()) && !is_inside(after.chars().next())
    };
    !name.is_empty() && title.match_indices(name).any(alone)
}

fn text(entry: &ICalendarEntry) -> Option<&str> {
    entry.values.first().and_then(ICalendarValue::as_text)
}

#[cfg(test)]
mod tests;
