//! Owns `firebell who`: who is on call, and what that costs them.

mod load;

use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::output::{self, NAME, QUIET, WARNING, paint};
use super::{End, Failure, site};
use crate::book::Book;
use crate::config::Config;
use crate::config::mistake::suggestion;
use crate::directory::PersonId;
use crate::incident::words::one_line;
use crate::io::clock::Clock;
use crate::io::store::{Store, find};
use crate::oncall::{Override, Schedule, Stretch, moment};

/// What `--week` shows.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far ahead the end of a turn is looked for.
const AHEAD: SignedDuration = SignedDuration::from_hours(60 * 24);

/// `firebell who`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell who
          firebell who dev --week
          firebell who --at '2026-12-24 22:00' --json
          firebell who --load

Exceptions that were made by mail count too. Times are shown by the clocks of each schedule.

Next:     `firebell check` names the hours that nobody has; [[override]] in firebell.toml fills one.")]
pub(super) struct Arguments {
    /// One schedule only
    #[arg(value_name = "SCHEDULE")]
    schedule: Option<String>,
    /// At this time, by the gateway's clocks: '2026-12-24 22:00'
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Who is on call from then on for a week
    #[arg(long)]
    week: bool,
    /// How often each person and party was paged in the 7 days before, and how soon they had it
    #[arg(long, conflicts_with_all = ["schedule", "week"])]
    load: bool,
    /// One JSON object for each stretch of time, or for each person and party, on a line of its own
    #[arg(long)]
    json: bool,
}

/// What JSON says.
#[derive(Debug, Serialize)]
struct Line<'a> {
    schedule: &'a str,
    from: Timestamp,
    until: Timestamp,
    on_call: &'a [PersonId],
}

/// Says it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let at = match &arguments.at {
        Some(text) => time(text, &config.book.zone)?,
        None => Clock::World.now(),
    };
    if arguments.load {
        return load::run(&config, at, arguments.json);
    }
    let (book, overrides) = (&config.book, overrides(&config)?);
    let schedules = chosen(book, arguments.schedule.as_deref())?;
    let until = at + if arguments.week { WEEK } else { AHEAD };
    for schedule in schedules {
        let mut stretches = schedule.stretches(&overrides, at, until);
        if !arguments.week {
            stretches.truncate(2);
        }
        if arguments.json {
            for stretch in stretches.iter().take(if arguments.week { usize::MAX } else { 1 }) {
                let Stretch { from, until, people } = stretch;
                let line = Line { schedule: &schedule.id, from: *from, until: *until, on_call: people };
                output::print_json(&line)?;
            }
        } else if arguments.week {
            output::print(&week(book, schedule, &stretches))?;
        } else {
            output::print(&now(book, schedule, &stretches, until))?;
        }
    }
    Ok(End::Done)
}

/// Those made by mail; none before firebell ran.
fn overrides(config: &Config) -> Result<Vec<Override>, Failure> {
    let path = site::store_path(config);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    Ok(Store::open_to_read(&path)?.read(find::house)?.overrides)
}

fn chosen<'a>(book: &'a Book, named: Option<&str>) -> Result<Vec<&'a Schedule>, Failure> {
    let known = || book.schedules.keys().map(String::as_str);
    match named {
        _ if book.schedules.is_empty() => Err(Failure::Impossible(
            "there are no schedules; write a [[schedule]] into firebell.toml, README shows one".to_owned(),
        )),
        None => Ok(book.schedules.values().collect()),
        Some(named) => match book.schedules.get(named) {
            Some(schedule) => Ok(vec![schedule]),
            None => {
                let near = suggestion(named, known());
                Err(Failure::Impossible(format!("there is no schedule `{}`{near}", one_line(named))))
            }
        },
    }
}

/// `2026-12-24 22:00` or `2026-12-24`, by the gateway's clocks; or with an offset of its own.
fn time(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let text = text.trim();
    let civil = text.parse::<jiff::civil::DateTime>().map(|at| moment(zone, at));
    text.parse::<Timestamp>().or(civil).map_err(|_| {
        Failure::Impossible(format!("`{}` is no time; write '2026-12-24 22:00'", one_line(text)))
    })
}

/// `dev  Sato Yui until Mon 30 Nov 09:00 GMT, then Abe Jun`.
fn now(book: &Book, schedule: &Schedule, stretches: &[Stretch], horizon: Timestamp) -> String {
    let Some(first) = stretches.first() else { return String::new() };
    let until = match first.until < horizon {
        true => format!(" until {}", at(first.until, schedule)),
        false => String::new(),
    };
    let then = stretches.get(1).map(|next| format!(", then {}", people(book, &next.people)));
    let rest = paint(QUIET, &format!("{until}{}", then.unwrap_or_default()));
    format!("{}  {}{rest}\n", paint(NAME, &schedule.id), shown(book, &first.people))
}

fn week(book: &Book, schedule: &Schedule, stretches: &[Stretch]) -> String {
    let line = |stretch: &Stretch| {
        format!("  {}  {}\n", paint(QUIET, &at(stretch.from, schedule)), shown(book, &stretch.people))
    };
    format!("{}\n{}", paint(NAME, &schedule.id), stretches.iter().map(line).collect::<String>())
}

fn at(at: Timestamp, schedule: &Schedule) -> String {
    at.to_zoned(schedule.zone.clone()).strftime("%a %d %b %H:%M %Z").to_string()
}

fn shown(book: &Book, on_call: &[PersonId]) -> String {
    let names = people(book, on_call);
    if on_call.is_empty() { paint(WARNING, &names) } else { names }
}

fn people(book: &Book, people: &[PersonId]) -> String {
    let name = |id: &PersonId| {
        let person = book.directory.people.get(id);
        one_line(person.map_or(id.as_str(), |person| person.name.as_str()))
    };
    match people {
        [] => "nobody: the operator is paged".to_owned(),
        people => people.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::night::plain;
    use crate::config::{self, Files};
    use crate::token::Keys;

    fn book() -> Book {
        let site = "[gateway]\naddress = \"incidents@example.com\"\noperator = \"infra\"\n\
            time_zone = \"Asia/Tokyo\"\n[[person]]\nid = \"kato\"\nname = \"Kato Ren\"\n\
            addresses = [\"kato@example.com\"]\n[[person]]\nid = \"abe\"\naddresses = [\"abe@example.com\"]\n\
            [[party]]\nid = \"infra\"\npeople = [\"kato\"]\n[[schedule]]\nid = \"dev\"\npeople = [\"kato\", \"abe\"]\n\
            start = 2026-11-23\nhours = [\"Mon-Thu\", \"Fri 00:00-18:00\"]\n";
        let files = Files { main: ("firebell.toml".to_owned(), site.to_owned()), ..Files::default() };
        config::read(&files, Keys::new(vec![0; 32])).unwrap().book
    }

    #[test]
    fn who_is_on_call_until_when_and_who_comes_then() {
        let book = book();
        let schedule = book.schedules.get("dev").unwrap();
        let said = |from: &str| {
            let from = time(from, &book.zone).unwrap();
            let stretches = schedule.stretches(&[], from, from + AHEAD);
            plain(&now(&book, schedule, &stretches[..2], from + AHEAD))
        };
        assert_eq!(
            said("2026-11-25 12:00"),
            "dev  Kato Ren until Fri 27 Nov 18:00 JST, then nobody: the operator is paged\n"
        );
        assert_eq!(
            said("2026-11-28"),
            "dev  nobody: the operator is paged until Mon 30 Nov 00:00 JST, then Kato Ren\n"
        );
        let from = time("2026-11-27T00:00:00Z", &book.zone).unwrap();
        assert_eq!(
            plain(&week(&book, schedule, &schedule.stretches(&[], from, from + WEEK))),
            "dev\n  Fri 27 Nov 09:00 JST  Kato Ren\n  Fri 27 Nov 18:00 JST  nobody: the operator is paged\n  \
             Mon 30 Nov 00:00 JST  Kato Ren\n  Mon 30 Nov 09:00 JST  abe\n"
        );
    }

    #[test]
    fn an_unknown_schedule_is_suggested_and_a_time_that_is_none_refused() {
        let book = book();
        assert!(chosen(&book, Some("dve")).unwrap_err().to_string().contains("did you mean `dev`?"));
        assert!(time("tomorrow", &book.zone).is_err());
    }
}
