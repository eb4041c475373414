//! Owns `firebell explain`: how each mail would be read, placed and classified, and what would be sent.
//! Nothing is kept: the store is asked, never written to.

mod account;
mod consequences;
#[cfg(test)]
mod tests;
mod words;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{End, Failure, output, site};
use crate::book::Book;
use crate::config::{self, Files};
use crate::directory::Directory;
use crate::io::clock::Clock;
use crate::io::reading;
use crate::io::store::Store;
use crate::message::Message;
use crate::token::Keys;

use account::Account;

/// More of a file is not read: past 50 MiB the reader looks at a mail's header only.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// What is configured where nothing is. The person only fills the required place.
const MINIMAL: &str = "[gateway]\naddress = \"incidents@example.com\"\noperator = \"nobody\"\n\
    [[party]]\nid = \"nobody\"\npeople = [\"nobody\"]\n\
    [[person]]\nid = \"nobody\"\naddresses = [\"nobody@example.com\"]\n";

/// `firebell explain`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell explain alert.eml
          firebell explain --json mails/*.eml | jq .alerts

Each mail is read alone, as if it came at its own Date and nothing were open; --store asks what is open now.
Without a firebell.toml the shipped alert formats and rules hold, and nobody is there to be told.

Next:     where no rule matches or an alert is not recognised, write a rule (rules/site.toml) or a format
          (rules/alerts/NAME.toml) and explain again; `firebell check` runs their tests.")]
pub(super) struct Arguments {
    /// Mails, as files (.eml): the raw mail, headers and all
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// One JSON object for each mail, on a line of its own
    #[arg(long)]
    json: bool,
    /// Place the mails among the incidents that the site's store knows; it is only read
    #[arg(long)]
    store: bool,
}

/// Explains every file. One that can't be read is explained as that, and makes the end a wrong one.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let (book, store) = open(config, arguments)?;
    let mut end = End::Done;
    for (index, file) in arguments.files.iter().enumerate() {
        let account = explain(&book, &store, file, Clock::World.now())?;
        if account.unreadable {
            end = End::Wrong;
        }
        if arguments.json {
            output::print_json(&account)?;
        } else {
            let gap = if index == 0 { "" } else { "\n" };
            output::print(&format!("{gap}{}", words::text(&account)))?;
        }
    }
    Ok(end)
}

/// The configuration, or the built-in one where none was named and none lies here; and what the mails meet.
fn open(config: Option<&Path>, arguments: &Arguments) -> Result<(Book, Store), Failure> {
    let here = config.is_some() || Path::new(site::DEFAULT).exists();
    if !here && !arguments.store {
        if !arguments.json {
            output::remark(
                "no firebell.toml here: read with the shipped formats and rules, for a site without people\n",
            )?;
        }
        return Ok((minimal()?, Store::in_memory()?));
    }
    let config = site::load(config)?.config;
    let store = if arguments.store { site::store_to_read(&config)? } else { Store::in_memory()? };
    Ok((config.book, store))
}

/// The book of a site that has no people.
pub(super) fn minimal() -> Result<Book, Failure> {
    let main = (site::DEFAULT.to_owned(), MINIMAL.to_owned());
    let read = config::read(&Files { main, ..Files::default() }, Keys::for_rehearsal());
    let book = read.map_err(Failure::Mistakes)?.book;
    Ok(Book { directory: Directory::default(), ..book })
}

/// What becomes of one file.
fn explain(book: &Book, store: &Store, path: &Path, clock: Timestamp) -> Result<Account, Failure> {
    let file = path.display().to_string();
    let raw = match bytes(path) {
        Ok(raw) => raw,
        Err(error) => return Ok(Account::unreadable(file, format!("can't be read: {error}"))),
    };
    let Some(message) = reading::read(vec![raw]).pop().flatten() else {
        return Ok(Account::unreadable(file, "reading it panicked, which is a bug".to_owned()));
    };
    let now = received(&message, clock);
    let consequences = consequences::of(book, store, &message, now)?;
    Ok(Account::of(book, file, &message, consequences))
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut raw)?;
    Ok(raw)
}

/// When the mail is taken to come: at its Date. A Date at an end of time, with which nobody can reckon, is none.
fn received(message: &Message, clock: Timestamp) -> Timestamp {
    let usable = message.date.as_ref().filter(|date| (1970..=9000).contains(&date.year()));
    let now = usable.map_or(clock, |date| date.timestamp());
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
