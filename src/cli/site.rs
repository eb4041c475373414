//! Owns what most commands need first: the configuration, the store, the incident that is meant.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Failure;
use crate::book::Book;
use crate::config::Config;
use crate::config::mistake::suggestion;
use crate::incident::words::one_line;
use crate::io::files::{self, Loaded};
use crate::io::store::{Store, views};
use crate::notice;
use crate::token::Keys;

/// Where the configuration lies when nothing else is said.
pub(super) const DEFAULT: &str = "firebell.toml";
/// Name of the store within the data directory.
pub(super) const DATABASE: &str = "firebell.db";
/// How many of the newest incidents are named when an unknown one is asked for.
const NAMED: usize = 5;

/// Loads the configuration.
pub(super) fn load(path: Option<&Path>) -> Result<Loaded, Failure> {
    files::load(path.unwrap_or(Path::new(DEFAULT)), Keys::for_rehearsal()).map_err(Failure::Mistakes)
}

/// Loads what looking at incidents and answering one needs. Mistakes in rules don't stop that.
pub(super) fn load_without_rules(path: Option<&Path>) -> Result<Loaded, Failure> {
    let path = path.unwrap_or(Path::new(DEFAULT));
    files::load_without_rules(path, Keys::for_rehearsal()).map_err(Failure::Mistakes)
}

/// Where the store lies.
pub(super) fn store_path(config: &Config) -> PathBuf {
    Path::new(&config.data).join(DATABASE)
}

/// Opens the store that is there. Reading commands never make one: an empty answer from a mistyped path would
/// look like a quiet night.
pub(super) fn store(config: &Config) -> Result<Store, Failure> {
    Ok(Store::open(&there(config)?)?)
}

/// The same, only to be read: a running firebell notices nothing.
pub(super) fn store_to_read(config: &Config) -> Result<Store, Failure> {
    let path = there(config)?;
    Ok(Store::open_to_read(&path)?)
}

fn there(config: &Config) -> Result<PathBuf, Failure> {
    let path = store_path(config);
    if path.is_file() {
        return Ok(path);
    }
    Err(Failure::Impossible(format!(
        "there is no store at {} yet; `firebell run` makes it, and `firebell explain FILE` needs none",
        path.display()
    )))
}

/// Makes the data directory, and holds it until the file is dropped: two firebells on one store would both think that
/// they are alone.
pub(super) fn lock(data: &Path) -> Result<File, Failure> {
    let because = |error: std::io::Error| {
        Failure::Impossible(format!("the data directory {}: {error}", data.display()))
    };
    fs::create_dir_all(data).map_err(because)?;
    // Not emptied: who holds it stands in it.
    let path = data.join("firebell.lock");
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(path).map_err(because)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(because)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = (&file).take(20).read_to_string(&mut holder);
            let pid: Option<u32> = holder.trim().parse().ok();
            let who = pid.map(|pid| format!(" (process {pid})")).unwrap_or_default();
            Err(Failure::Impossible(format!(
                "another firebell{who} runs on {}: stop it first",
                data.display()
            )))
        }
        Err(TryLockError::Error(error)) => Err(because(error)),
    }
}

/// The number of the incident that is meant by `42`, `INC-42`, `inc-42` or `INC-42-K7`. Check characters must be
/// right where the site has a key: they are there to catch mistyped numbers.
pub(super) fn number(book: &Book, has_key: bool, text: &str, now: Timestamp) -> Result<u64, Failure> {
    let plain = text.trim().trim_start_matches('[').trim_end_matches(']').to_ascii_uppercase();
    let tagged = plain.strip_prefix(&book.tag).and_then(|rest| rest.strip_prefix('-')).unwrap_or(&plain);
    let (digits, check) =
        tagged.split_once('-').map_or((tagged, None), |(digits, check)| (digits, Some(check)));
    let shown = one_line(text);
    let number: u64 = digits.parse().map_err(|_| {
        Failure::Impossible(format!(
            "`{shown}` is no incident; write `{}` or just `42`",
            notice::label(book, 42)
        ))
    })?;
    match check {
        Some(check) if has_key && !book.keys.checks(number, check, now) => Err(Failure::Impossible(format!(
            "the characters `{}` at the end of `{shown}` don't belong to {digits}: look at the mail's subject again",
            one_line(check)
        ))),
        _ => Ok(number),
    }
}

/// That there is no such incident, with those that may be meant.
pub(super) fn no_such(book: &Book, store: &Store, number: u64) -> Failure {
    let label = notice::label(book, number);
    let known = store.read(views::incidents).unwrap_or_default();
    let newest: Vec<String> =
        known.iter().rev().take(NAMED).map(|incident| notice::label(book, incident.number)).collect();
    let near = suggestion(&label, newest.iter().map(String::as_str));
    let advice = if known.is_empty() {
        "; there are no incidents yet"
    } else {
        "; `firebell incidents --all` lists all"
    };
    Failure::Impossible(format!("there is no {label}{near}{advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::explain::minimal;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn meant(text: &str) -> Option<u64> {
        number(&minimal().unwrap(), true, text, NOW).ok()
    }

    #[test]
    fn an_incident_is_found_by_all_the_ways_in_which_people_write_it() {
        let tag = format!("[INC-42-{}]", minimal().unwrap().keys.check_characters(42, NOW, NOW));
        for text in ["42", "INC-42", "inc-42", " Inc-42 ", "[INC-42]", &tag, &tag.to_lowercase()] {
            assert_eq!(meant(text), Some(42), "{text}");
        }
        for text in ["", "INC", "INC-", "OPS-42", "42a", "-42"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }

    #[test]
    fn check_characters_catch_a_mistyped_number() {
        let check = minimal().unwrap().keys.check_characters(42, NOW, NOW);
        assert_ne!(check, minimal().unwrap().keys.check_characters(43, NOW, NOW));
        let mistyped = format!("INC-43-{check}");
        assert!(
            number(&minimal().unwrap(), true, &mistyped, NOW)
                .unwrap_err()
                .to_string()
                .contains("don't belong to 43")
        );
        assert_eq!(number(&minimal().unwrap(), false, &mistyped, NOW).ok(), Some(43));
    }
}
