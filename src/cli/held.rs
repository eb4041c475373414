//! Owns `firebell held`: the mails that wait until somebody says where they belong.

use std::path::Path;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::output::{self, NAME, QUIET, paint};
use super::{End, Failure, site};
use crate::book::Book;
use crate::house::{HOUSE, House};
use crate::incident::words::one_line;
use crate::incident::{HeldMail, Incident, Waiting};
use crate::io::store::{find, views};
use crate::notice;

/// How much of each text is shown, in lines.
const LINES: usize = 5;

/// `firebell held`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell held
          firebell do INC-42 \"take 2\" --as kato
          firebell do INC-0 \"take 1 INC-42\" --as kato

A mail is held when it points to an incident in which its sender has no part, when a rule says so, or when its subject
is that of several incidents. INC-0 are those that point to none. `take` puts it into the incident, `new` opens one for it,
`ignore` is the end of it; without a number they mean all. Whoever wrote it hears nothing.

Next:     `firebell show INC-42` shows what came of it.")]
pub(super) struct Arguments {
    /// One JSON object for each mail, on a line of its own
    #[arg(long)]
    json: bool,
}

/// What JSON says of a mail.
#[derive(Debug, Serialize)]
struct Line<'a> {
    incident: String,
    #[serde(flatten)]
    mail: &'a HeldMail,
}

/// Lists them.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let store = site::store(&config)?;
    let house = store.read(find::house)?;
    let incidents = store.read(views::incidents)?;
    let waiting = waiting(&house, &incidents);
    if !arguments.json {
        output::print(&text(&config.book, &waiting))?;
        return Ok(End::Done);
    }
    for (number, waiting) in waiting {
        for mail in &waiting.mails {
            output::print_json(&Line { incident: notice::label(&config.book, number), mail })?;
        }
    }
    Ok(End::Done)
}

/// Where mails wait.
fn waiting<'a>(house: &'a House, incidents: &'a [Incident]) -> Vec<(u64, &'a Waiting)> {
    let of_incidents = incidents.iter().map(|incident| (incident.number, &incident.waiting));
    let all = std::iter::once((HOUSE, &house.waiting)).chain(of_incidents);
    all.filter(|(_, waiting)| !waiting.mails.is_empty()).collect()
}

fn text(book: &Book, waiting: &[(u64, &Waiting)]) -> String {
    if waiting.is_empty() {
        return "No mail waits.\n".to_owned();
    }
    let place = |(number, waiting): &(u64, &Waiting)| {
        let label = paint(NAME, &notice::label(book, *number));
        let mails: String = waiting.mails.iter().map(|mail| one(mail, &label, &book.zone)).collect();
        match waiting.unlisted {
            0 => mails,
            more => format!("{mails}{label}   and {more} more, in `firebell log` and `firebell show`\n"),
        }
    };
    waiting.iter().map(place).collect()
}

/// A mail of a stranger, each line of it made fit for a terminal.
fn one(mail: &HeldMail, label: &str, zone: &TimeZone) -> String {
    let at = mail.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z");
    let letter = &mail.letter;
    let (from, subject) = (one_line(letter.from.as_str()), one_line(&letter.subject));
    let lines = letter.text.lines().map(one_line).filter(|line| !line.is_empty()).take(LINES);
    let lines: String = lines.map(|line| format!("    {}\n", paint(QUIET, &format!("| {line}")))).collect();
    let folder = match letter.folder.as_str() {
        "" => String::new(),
        folder => format!(", in the folder {}", one_line(folder)),
    };
    format!("{label} {}. {from}, {at}: \"{subject}\"{folder}\n{lines}", mail.number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::night::{alert, at, book, mail, plain, receive};
    use crate::io::store::Store;

    #[test]
    fn mails_that_wait_are_listed_with_a_stranger_s_text_made_safe() {
        let (book, mut store) = (book(), Store::in_memory().unwrap());
        assert_eq!(text(&book, &[]), "No mail waits.\n");
        let change = receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
        let subject = change.notices.first().unwrap().subject.clone();
        let raw = mail("2", "noda@elsewhere.example.net", &subject, "take\u{1b}[2J\r\n\r\nhere");
        receive(&mut store, &book, &raw, at(1));
        let house = store.read(find::house).unwrap();
        let incidents = store.read(views::incidents).unwrap();
        let told = plain(&text(&book, &waiting(&house, &incidents)));
        let expected = format!(
            "INC-1 1. noda@elsewhere.example.net, 2026-11-22 01:01 JST: \"{subject}\"\n    | take[2J\n    | here\n"
        );
        assert_eq!(told, expected);
    }
}
