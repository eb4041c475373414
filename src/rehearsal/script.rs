//! Owns the grammar of transcripts.

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Error;
use crate::house::HouseFact;
use crate::house::troubles::Kind;

/// The Monday of the week in which transcripts begin.
const FIRST_DAY: Date = date(2026, 11, 23);

/// A transcript as read.
#[derive(Debug)]
pub struct Script {
    /// What must hold, and the head, as written.
    pub preamble: String,
    /// What the author wrote.
    pub lines: Vec<Line>,
}

/// One thing that the author lets happen.
#[derive(Debug)]
pub struct Line {
    /// Its place in the file, counted from 1.
    pub number: usize,
    /// Its place among the author's lines.
    pub index: usize,
    /// When.
    pub at: Timestamp,
    /// As it is printed, without the time.
    pub text: String,
    /// What.
    pub what: What,
}

/// What happens.
#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// A mail comes in.
    Mail {
        /// Who sends it.
        from: String,
        /// Its subject, or what it answers, or which file it is.
        about: String,
        /// Header fields that matter.
        headers: Vec<(String, String)>,
        /// Its text.
        body: Vec<String>,
    },
    /// The relay answers this for a person from now on; for everybody without one.
    Relay {
        /// `451`, `550`, `250` or `down`.
        answer: String,
        /// The person.
        person: Option<String>,
    },
    /// So many alerts come from `nagios`, evenly within the next minute.
    Storm {
        /// How many.
        alerts: u32,
        /// From so many hosts in turn: each has a key of its own.
        hosts: u32,
        /// What each says, as after `< nagios`, without its host.
        about: String,
    },
    /// Somebody changes the configuration, and firebell takes it over: TOML, merged into what there is.
    Edit(Vec<String>),
    /// firebell sees that something is wrong with itself or around it, or no longer.
    Trouble(HouseFact),
    /// firebell is down until then; mail waits outside.
    Down(Timestamp),
    /// Nothing.
    Time,
    /// Nothing: the author remarks something to the reader.
    Remark,
}

/// Reads a transcript. Lines of firebell's part are passed over: they are written anew.
pub fn read(text: &str, preamble: String, zone: &TimeZone) -> Result<Script, Error> {
    let first = preamble.lines().count();
    let mut lines: Vec<Line> = Vec::new();
    let mut day = FIRST_DAY;
    for (number, line) in text.lines().enumerate().skip(first).map(|(index, line)| (index + 1, line)) {
        let wrong = |text: &str| Error::Transcript { line: number, text: text.to_owned() };
        if line.trim().is_empty() || matches!(line.trim_start().chars().next(), Some('=' | '>')) {
            continue;
        }
        if line.starts_with('#') {
            let at = lines.last().map_or(Timestamp::UNIX_EPOCH, |line| line.at);
            lines.push(Line {
                number,
                index: lines.len(),
                at,
                text: line.trim_end().to_owned(),
                what: What::Remark,
            });
            continue;
        }
        if line.starts_with(' ') {
            let last = lines.last_mut().ok_or_else(|| wrong("text before the first mail"))?;
            last.text.push_str(&format!("\n{}", line.trim_end()));
            more(last, line);
            continue;
        }
        let (time, rest) =
            moment(line, day).ok_or_else(|| wrong("a line begins with a time: `Mon 01:00 `"))?;
        if matches!(rest.chars().next(), Some('=' | '>')) {
            continue;
        }
        day = time.date();
        let at = time.to_zoned(zone.clone()).map_err(|_| wrong("no such time"))?.timestamp();
        let what =
            what(rest, time, zone).ok_or_else(|| wrong("expected `< who  subject`, `! what` or `.`"))?;
        lines.push(Line { number, index: lines.len(), at, text: rest.trim_end().to_owned(), what });
    }
    Ok(Script { preamble, lines })
}

/// Everything before the first line with a time, and the TOML between `---` lines in it.
pub fn preamble(text: &str) -> (String, String) {
    let (mut preamble, mut head, mut inside) = (String::new(), String::new(), false);
    for line in text.lines() {
        let fence = line.trim_end() == "---";
        if !fence && !inside && (line.starts_with('#') || moment(line, FIRST_DAY).is_some()) {
            return (preamble, head);
        }
        inside ^= fence;
        if inside && !fence {
            head.push_str(&format!("{line}\n"));
        }
        preamble.push_str(&format!("{line}\n"));
    }
    (preamble, head)
}

/// `Mon 01:00`, `Mon 01:00:30` or `+2d 09:00`, and the rest of the line.
fn moment(line: &str, day: Date) -> Option<(jiff::civil::DateTime, &str)> {
    let (word, rest) = line.split_once(' ')?;
    let (time, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let days = match word.strip_prefix('+').and_then(|days| days.strip_suffix('d')) {
        Some(days) => days.parse().ok()?,
        None => i64::from(day.weekday().until(weekday(word)?)),
    };
    let date = day.checked_add(Span::new().days(days)).ok()?;
    Some((date.to_datetime(clock(time)?), rest.trim_start()))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "Mon" => Weekday::Monday,
        "Tue" => Weekday::Tuesday,
        "Wed" => Weekday::Wednesday,
        "Thu" => Weekday::Thursday,
        "Fri" => Weekday::Friday,
        "Sat" => Weekday::Saturday,
        "Sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn clock(text: &str) -> Option<Time> {
    let mut parts = text.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    Time::new(hour, minute, second, 0).ok()
}

fn what(rest: &str, time: jiff::civil::DateTime, zone: &TimeZone) -> Option<What> {
    if rest.trim() == "." {
        return Some(What::Time);
    }
    let (mark, rest) = rest.split_once(' ')?;
    let (word, rest) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let rest = rest.trim();
    match (mark, word) {
        ("<", from) => Some(What::Mail {
            from: from.to_owned(),
            about: rest.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }),
        ("!", "relay") => {
            let (answer, person) =
                rest.split_once(" for ").map_or((rest, None), |(answer, who)| (answer, Some(who)));
            Some(What::Relay {
                answer: answer.trim().to_owned(),
                person: person.map(|who| who.trim().to_owned()),
            })
        }
        ("!", "edit") if rest.is_empty() => Some(What::Edit(Vec::new())),
        ("!", "storm") => storm(rest),
        ("!", "trouble") => {
            let (which, reason) = rest.split_once(": ")?;
            let (kind, of) = which.split_once(' ').unwrap_or((which, ""));
            Some(What::Trouble(HouseFact::began(Kind::called(kind)?, of.trim(), reason.trim())))
        }
        ("!", "over") => {
            let (kind, of) = rest.split_once(' ').unwrap_or((rest, ""));
            Some(What::Trouble(HouseFact::over(Kind::called(kind)?, of.trim())))
        }
        ("!", "firebell") => {
            let until = clock(rest.strip_prefix("down until ")?.trim())?;
            let day = if until < time.time() { time.date().tomorrow().ok()? } else { time.date() };
            Some(What::Down(day.to_datetime(until).to_zoned(zone.clone()).ok()?.timestamp()))
        }
        _ => None,
    }
}

/// `10000 CRITICAL service-a`, or `10000 CRITICAL service-a from 500 hosts`.
fn storm(rest: &str) -> Option<What> {
    let (alerts, about) = rest.split_once(' ')?;
    let (about, hosts) = match about.strip_suffix(" hosts").and_then(|it| it.rsplit_once(" from ")) {
        Some((about, hosts)) => (about, hosts.trim().parse().ok().filter(|hosts| *hosts > 0)?),
        None => (about, 1),
    };
    Some(What::Storm { alerts: alerts.parse().ok()?, hosts, about: about.trim().to_owned() })
}

/// One more line of a mail, text, or with a colon in front a header field; or of an edit.
fn more(line: &mut Line, text: &str) {
    let text = text.trim();
    match &mut line.what {
        What::Mail { headers, body, .. } => {
            match text.strip_prefix(':').and_then(|field| field.split_once(':')) {
                Some((name, value)) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
                None => body.push(text.to_owned()),
            }
        }
        What::Edit(toml) => toml.push(text.to_owned()),
        _ => {}
    }
}

/// The day of the author's line before: by it a weekday is read.
#[derive(Debug)]
pub struct Days(Date);

impl Default for Days {
    fn default() -> Self {
        Self(FIRST_DAY)
    }
}

impl Days {
    /// The time of the author's next line, so that reading it gives the same: a weekday says nothing about a day more
    /// than six days away.
    pub fn stamp(&mut self, at: Timestamp, zone: &TimeZone) -> String {
        let date = at.to_zoned(zone.clone()).date();
        let days = self.0.until(date).map_or(0, |span| span.get_days());
        self.0 = date;
        let stamp = stamp(at, zone);
        match stamp.split_once(' ') {
            Some((_, time)) if days > 6 => format!("+{days}d {time}"),
            _ => stamp,
        }
    }
}

/// A time as transcripts show it; seconds only where there are some.
pub fn stamp(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    at.strftime(if at.second() == 0 { "%a %H:%M" } else { "%a %H:%M:%S" }).to_string()
}
