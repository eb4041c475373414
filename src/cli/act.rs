//! Owns `firebell do`: commands to an incident without a mail.

use std::path::Path;

use super::output::{self, NAME, WRONG, paint};
use super::{End, Failure, site};
use crate::book::Book;
use crate::config::mistake::suggestion;
use crate::directory::PersonId;
use crate::gateway::{Change, Input, OperatorWords};
use crate::house::HOUSE;
use crate::incident::Fact;
use crate::incident::words::one_line;
use crate::io::clock::Clock;
use crate::io::store::{self, find};
use crate::notice;

/// `firebell do`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell do INC-42 \"ack\" --as kato
          firebell do 42 \"recovered
restarted the pool\" --as kato

The words are those that mails take: ack, recovered, resolved, resolved anyway, close, reopen, merge INC-40, split,
move INC-40, status, help (one per line, at the top); the rest is a note. The mails that follow are queued, and sent once `firebell run` can send.

Next:     `firebell show INC-42` shows what came of it.")]
pub(super) struct Arguments {
    /// `INC-42`, or just `42`
    #[arg(value_name = "INCIDENT")]
    incident: String,
    /// What a mail would say
    #[arg(value_name = "WORDS")]
    words: String,
    /// In whose name: the id of a person of the house
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
}

/// Gives the commands.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let loaded = site::load_without_rules(config)?;
    if let Some(mistake) = loaded.no_key {
        return Err(Failure::Mistakes(vec![mistake]));
    }
    let book = &loaded.config.book;
    let person = person(book, &arguments.person)?;
    let incident = site::number(book, true, &arguments.incident, Clock::World.now())?;
    if arguments.words.trim().is_empty() {
        return Err(Failure::Impossible("nothing was said; `firebell do --help` lists the words".to_owned()));
    }
    let words = OperatorWords { incident, person, words: arguments.words.clone() };
    let mut store = site::store(&loaded.config)?;
    if incident != HOUSE && store.read(|connection| find::incident(connection, incident))?.is_none() {
        return Err(site::no_such(book, &store, incident));
    }
    let change = store
        .write(|connection| store::work(connection, book, Input::Operator(&words), Clock::World.now()))?;
    output::print(&text(&notice::label(book, incident), &change))?;
    Ok(if refused(&change) { End::Wrong } else { End::Done })
}

/// Somebody who may speak inside the house.
fn person(book: &Book, name: &str) -> Result<PersonId, Failure> {
    let person = PersonId::new(name.trim());
    let directory = &book.directory;
    if directory.is_internal(&person) {
        return Ok(person);
    }
    let shown = one_line(name);
    Err(Failure::Impossible(if directory.people.contains_key(&person) {
        format!("`{shown}` belongs to a client: commands are given by people of the house")
    } else {
        let internal = directory.people.keys().filter(|person| directory.is_internal(person));
        format!("unknown person `{shown}`{}", suggestion(name.trim(), internal.map(PersonId::as_str)))
    }))
}

/// Whether a line was not carried out.
fn refused(change: &Change) -> bool {
    change.events.iter().any(|(_, event)| matches!(event.fact, Fact::Refused { .. }))
}

/// Each line and what became of it, and how many mails follow.
fn text(label: &str, change: &Change) -> String {
    let is_refused = |said: &str| {
        change
            .events
            .iter()
            .any(|(_, event)| matches!(&event.fact, Fact::Refused { line, .. } if line == said))
    };
    let result = |(said, result): &(String, String)| {
        let safe: Vec<String> = result.lines().map(one_line).collect();
        let head = paint(if is_refused(said) { WRONG } else { NAME }, &one_line(said));
        format!("{head}: {}\n", safe.join("\n  ").trim_end())
    };
    let mut text: String = change.replies.iter().map(result).collect();
    if change.replies.is_empty() && change.events.is_empty() {
        text = "nothing done: mails that belong to no incident take `take`, `new` and `ignore`\n".to_owned();
    } else if change.replies.is_empty() {
        text = format!("noted on {label}: no line of it is a command; `firebell do --help` lists them\n");
    }
    match change.notices.len() {
        0 => text,
        1 => text + "1 mail queued\n",
        mails => format!("{text}{mails} mails queued\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::night::{alert, at, book, plain, receive};
    use crate::io::store::Store;

    fn said(words: &str) -> (String, bool) {
        let (book, mut store) = (book(), Store::in_memory().unwrap());
        receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
        let words = OperatorWords { incident: 1, person: PersonId::new("kato"), words: words.to_owned() };
        let change =
            store.write(|connection| store::work(connection, &book, Input::Operator(&words), at(5))).unwrap();
        (plain(&text("INC-1", &change)), refused(&change))
    }

    #[test]
    fn each_line_is_told_with_its_result() {
        let (text, refused) = said("ack\nresolved\nlooking at the pool");
        assert!(text.starts_with("ack: ") && text.contains("01:35"), "{text}");
        assert!(text.contains("\nresolved: "), "{text}");
        assert!(refused);
        assert!(!said("ack").1);
    }

    #[test]
    fn a_number_said_of_a_merged_incident_approves_no_draft_of_the_one_that_stands_for_both() {
        let (book, mut store) = (crate::rehearsal::standard_cast().unwrap(), Store::in_memory().unwrap());
        let other = alert("2", "PROBLEM", "CRITICAL").replace("svc-a", "boiler");
        let first = alert("1", "PROBLEM", "CRITICAL").replace("svc-a", "service-a");
        [first, other].iter().for_each(|raw| drop(receive(&mut store, &book, raw, at(0))));
        let mut said = |incident, words: &str| {
            let words = OperatorWords { incident, person: PersonId::new("kato"), words: words.to_owned() };
            store.write(|connection| store::work(connection, &book, Input::Operator(&words), at(5))).unwrap()
        };
        assert!(!refused(&said(2, "merge INC-1")));
        let of_other = said(2, "approve 1");
        assert!(refused(&of_other) && of_other.notices.is_empty(), "{:?}", of_other.replies);
        let of_itself = said(1, "approve 1");
        assert!(!refused(&of_itself), "{:?}", of_itself.replies);
        assert!(of_itself.notices.iter().any(|notice| notice.text == "down"), "the client is told");
    }

    #[test]
    fn words_without_a_command_are_a_note_and_said_to_be_one() {
        let (text, refused) = said("still looking");
        assert!(text.starts_with("noted on INC-1: no line of it is a command"), "{text}");
        assert!(!refused);
    }

    #[test]
    fn only_people_of_the_house_speak_here_and_a_mistyped_one_is_suggested() {
        assert_eq!(person(&book(), " kato ").ok(), Some(PersonId::new("kato")));
        let why = |name: &str| person(&book(), name).unwrap_err().to_string();
        assert!(why("katoh").ends_with("unknown person `katoh`; did you mean `kato`?"), "{}", why("katoh"));
        assert!(why("sato").contains("belongs to a client"));
    }
}
