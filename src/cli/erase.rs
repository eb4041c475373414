//! Owns `firebell erase`: a person is taken out of all that is kept.

mod words;

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::Path;

use super::output;
use super::{End, Failure, site};
use crate::config::Config;
use crate::config::mistake::suggestion;
use crate::directory::{Address, PersonId};
use crate::erasure::Erased;
use crate::incident::words::one_line;
use crate::io::clock::Clock;
use crate::io::reading;
use crate::io::store::{Store, erase};
use words::Told;

/// `firebell erase`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell erase kato --dry-run
          firebell erase noda@elsewhere.example.net --name \"Noda Jun\"

In timelines and texts a \"former participant\" takes the place of their id, addresses and full name. Their own mails are
removed; in mails of others their address and name are replaced where these are not encoded. What was sent to them or names
them keeps no text. First names, nicknames and pictures are not known: it lists where a part of the name still stands. firebell
must not run meanwhile. It can't be undone.

Next:     take them out of firebell.toml, and remove backups that were made before.")]
pub(super) struct Arguments {
    /// Their id, or an address of theirs
    #[arg(value_name = "PERSON")]
    person: String,
    /// A name of theirs besides the one in firebell.toml, in full; may be given several times
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// An address of theirs besides those in firebell.toml; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    address: Vec<String>,
    /// Remove mails of others too in which they are still named because the text is encoded
    #[arg(long)]
    originals: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Don't ask
    #[arg(long)]
    yes: bool,
}

/// Erases.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let person = Traces::of(&config, arguments)?;
    let at_terminal = io::stdin().is_terminal();
    if !arguments.dry_run && !arguments.yes && !at_terminal {
        let text =
            "this can't be undone, and nobody is here to be asked: look at it with --dry-run, then add --yes";
        return Err(Failure::Impossible(text.to_owned()));
    }
    // A store that is not there gets no data directory either.
    drop(site::store_to_read(&config)?);
    let _lock = site::lock(Path::new(&config.data))?;
    if !arguments.yes {
        let (would, _) = person.erase(&config, arguments.originals, true)?;
        output::print(&would)?;
        if arguments.dry_run || !agreed(&arguments.person)? {
            return Ok(End::Done);
        }
    }
    let (done, store) = person.erase(&config, arguments.originals, false)?;
    output::print(&done)?;
    store.read(erase::settle).map_err(|error| {
        Failure::Impossible(format!(
            "all that is said above is done, but the files may still have traces in unused places ({error}): make room on the \
             disk, and erase them once more"
        ))
    })?;
    Ok(End::Done)
}

fn agreed(person: &str) -> Result<bool, Failure> {
    output::remark(&format!("This can't be undone. Write `{}` again to go on: ", one_line(person)))?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let agreed = answer.trim() == person.trim();
    if !agreed {
        output::remark("Nothing was changed.\n")?;
    }
    Ok(agreed)
}

/// By what somebody is known.
#[derive(Debug, PartialEq, Eq)]
struct Traces {
    id: Option<PersonId>,
    listed: bool,
    names: Vec<String>,
    addresses: Vec<Address>,
}

impl Traces {
    fn of(config: &Config, arguments: &Arguments) -> Result<Self, Failure> {
        let directory = &config.book.directory;
        let text = arguments.person.trim();
        let address = Address::new(text);
        let listed = directory.people.get(&PersonId::new(text)).or_else(|| directory.person_of(&address));
        let mut names: Vec<String> = arguments.name.iter().map(|name| name.trim().to_owned()).collect();
        let mut addresses: Vec<Address> = arguments.address.iter().map(|text| Address::new(text)).collect();
        let id = match listed {
            Some(person) => {
                names.push(person.name.clone());
                addresses.extend(person.addresses.iter().cloned());
                Some(person.id.clone())
            }
            None if text.contains('@') => {
                addresses.push(address);
                None
            }
            None if names.is_empty() && addresses.is_empty() => return Err(unknown(config, text)),
            None => Some(PersonId::new(text)),
        };
        if addresses.contains(&config.book.address) {
            return Err(Failure::Impossible("that is the address of firebell itself".to_owned()));
        }
        // The id stands for a name where none is given: it has a pattern of its own.
        names.retain(|name| !name.is_empty() && id.as_ref().is_none_or(|id| id.as_str() != name));
        Ok(Self { id, listed: listed.is_some(), names, addresses })
    }

    /// What was done, in words, and the store; with `only_try` nothing of it is kept.
    fn erase(&self, config: &Config, originals: bool, only_try: bool) -> Result<(String, Store), Failure> {
        let mut store = site::store(config)?;
        if only_try {
            store.keep_nothing()?;
        }
        let untouched = store.read(erase::untouched)?;
        if untouched > 0 {
            return Err(Failure::Impossible(format!(
                "{untouched} mails are not worked on yet, and may be theirs: let `firebell run` work on them first"
            )));
        }
        let read = |raw| reading::read(vec![raw]).into_iter().next().flatten();
        let now = Clock::World.now();
        let (number, done) = store.write(|connection| {
            let number = erase::next_number(connection)?;
            let who = Erased::new(self.id.as_ref(), &self.addresses, &self.names, number);
            Ok((number, erase::erase(connection, &config.book, (&who, &read), originals, now)?))
        })?;
        let told = Told { book: &config.book, listed: self.listed, only_tried: only_try, number };
        Ok((told.text(&done), store))
    }
}

fn unknown(config: &Config, text: &str) -> Failure {
    let known = config.book.directory.people.keys().map(PersonId::as_str);
    Failure::Impossible(format!(
        "unknown person `{}`{}; whoever is not in firebell.toml any more is named by `--address` and `--name` besides",
        one_line(text),
        suggestion(text, known)
    ))
}

#[cfg(test)]
mod tests;
