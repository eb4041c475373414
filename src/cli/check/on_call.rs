//! Owns what `firebell check` says of on-call schedules: hours that nobody has, and what calendars leave open.

use jiff::{SignedDuration, Timestamp};

use crate::book::Book;
use crate::incident::words::one_line;
use crate::oncall::{Rota, Schedule, Stretch};

/// How far ahead gaps are looked for.
const AHEAD: SignedDuration = SignedDuration::from_hours(28 * 24);
/// A calendar that ends sooner is to be gone on with.
const SOON: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How many of several are named.
const NAMED: usize = 3;

/// What works, but not as one may think.
pub(super) fn warnings(book: &Book, now: Timestamp) -> Vec<String> {
    book.schedules.values().flat_map(|schedule| of(schedule, now)).collect()
}

fn of(schedule: &Schedule, now: Timestamp) -> Vec<String> {
    let (id, mut warnings) = (&schedule.id, Vec::new());
    let gaps = if schedule.may_be_empty { Vec::new() } else { schedule.gaps(&[], now, now + AHEAD) };
    if let Some(first) = gaps.first() {
        let shown: Vec<String> = gaps.iter().take(NAMED).map(|gap| words(gap, schedule)).collect();
        let more = match gaps.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(", and {more} more within four weeks"),
        };
        warnings.push(match first.from == now && first.until == now + AHEAD {
            true => {
                format!("schedule `{id}`: nobody is on call within four weeks; the operator is paged instead")
            }
            false => {
                let gaps = shown.join(", ");
                format!("schedule `{id}`: nobody is on call {gaps}{more}; the operator is paged then")
            }
        });
    }
    if let Rota::Calendar { shifts, nameless } = &schedule.rota {
        if let Some(end) = shifts.end().filter(|end| *end > now && *end < now + SOON) {
            let day = end.to_zoned(schedule.zone.clone()).strftime("%Y-%m-%d");
            warnings.push(format!("schedule `{id}`: its calendar ends on {day}; go on with it there"));
        }
        if let Some(first) = nameless.first() {
            let more =
                if nameless.len() > 1 { format!(" and {} more", nameless.len() - 1) } else { String::new() };
            warnings.push(format!(
                "schedule `{id}`: \"{}\"{more} in its calendar names nobody of the house; write a person's id, name or \
                 address into the title, or invite them",
                one_line(first)
            ));
        }
    }
    warnings
}

fn words(gap: &Stretch, schedule: &Schedule) -> String {
    let at = |at: Timestamp, format: &str| at.to_zoned(schedule.zone.clone()).strftime(format).to_string();
    format!("from {} to {}", at(gap.from, "%a %d %b %H:%M"), at(gap.until, "%a %d %b %H:%M %Z"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Files};
    use crate::token::Keys;

    const SITE: &str = "[gateway]\naddress = \"incidents@example.com\"\noperator = \"infra\"\n\
        time_zone = \"Asia/Tokyo\"\n[[person]]\nid = \"kato\"\naddresses = [\"kato@example.com\"]\n\
        [[party]]\nid = \"infra\"\npeople = [\"kato\"]\n[[schedule]]\nid = \"dev\"\n";

    fn told(schedule: &str, calendar: &str) -> Vec<String> {
        let files = Files {
            main: ("firebell.toml".to_owned(), format!("{SITE}{schedule}")),
            calendars: [("dev.ics".to_owned(), vec![("dev.ics".to_owned(), calendar.to_owned())])].into(),
            ..Files::default()
        };
        let book = config::read(&files, Keys::new(vec![0; 32])).unwrap().book;
        warnings(&book, "2026-11-23T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn hours_that_nobody_has_are_named_and_counted() {
        assert_eq!(told("people = [\"kato\"]\n", ""), [""; 0]);
        let gaps = told("people = [\"kato\"]\nhours = [\"Mon-Thu\", \"Fri-Sun 09:00-24:00\"]\n", "");
        let [gap] = gaps.as_slice() else { panic!("{gaps:?}") };
        assert!(
            gap.contains("on call from Fri 27 Nov 00:00 to Fri 27 Nov 09:00 JST, from Sat 28 Nov"),
            "{gap}"
        );
        assert!(gap.contains("and 9 more within four weeks; the operator"), "{gap}");
    }

    #[test]
    fn what_a_calendar_leaves_open_is_said() {
        let calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:kato\r\nDTSTART:20261101T000000\r\nDURATION:P40D\r\n\
            END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Lunch\r\nDTSTART:20261124T120000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let told = told("calendar = \"dev.ics\"\n", calendar);
        let [gap, end, lunch] = told.as_slice() else { panic!("{told:?}") };
        assert!(gap.contains("from Fri 11 Dec 00:00 to"), "{gap}");
        assert!(end.contains("ends on 2026-12-11"), "{end}");
        assert!(lunch.contains("\"Lunch\" in its calendar names nobody"), "{lunch}");
    }
}
