//! Owns `[[notify]]` and `[fallback]`: programs that tell somebody in their own way, and the operator's second path.

use jiff::SignedDuration;

use super::names::{Names, unique};
use super::reading::{Reading, Word};
use super::table::Table;
use super::values;
use crate::directory::{Directory, PersonId};
use crate::paths::{Fallback, Hook, Paths};

/// How long a program may take when nothing is said.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(30);
/// And at most: a page waits for its outcome.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// How long the relay must be out of reach before the second path is used.
const AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Where such a program may lie.
const RING: &str = "/usr/local/bin/ring";

/// Both as written: whom they name is known later.
pub(super) struct Written<'a> {
    hooks: Vec<Table<'a>>,
    fallback: Option<Table<'a>>,
}

impl<'a> Written<'a> {
    /// The tables.
    pub(super) fn read(root: &Table<'a>) -> Self {
        Self { hooks: root.tables("notify", "[[notify]]"), fallback: root.table("fallback", "[fallback]") }
    }

    /// What they mean.
    pub(super) fn paths(self, names: &Names, directory: &Directory) -> Paths {
        let ids: Vec<Option<Word>> = self.hooks.iter().map(|table| table.required("id")).collect();
        if let Some(first) = self.hooks.first() {
            unique(first.reading, "notify", ids.iter().flatten());
        }
        let hooks = self.hooks.into_iter().zip(ids);
        let hooks = hooks.filter_map(|(table, id)| hook(table, id, names, directory)).collect();
        Paths { hooks, fallback: self.fallback.and_then(fallback), second_relay: None }
    }
}

fn hook(table: Table<'_>, id: Option<Word>, names: &Names, directory: &Directory) -> Option<Hook> {
    let reading = table.reading;
    if !table.has("command") {
        let text = "[[notify]] needs `command`: the program and its arguments, such as [\"/usr/local/bin/ring\", \"--voice\"]";
        reading.say(&table.span, text);
    }
    let command = command(&table, "command", RING);
    let words = table.words("people");
    let mut people: Vec<PersonId> = words.iter().filter_map(|word| names.colleague(reading, word)).collect();
    if !table.has("people") {
        people = directory.people.keys().filter(|person| directory.is_internal(person)).cloned().collect();
    }
    let timeout = timeout(&table);
    let id = id.and_then(|word| hook_id(reading, &word));
    table.end();
    Some(Hook { id: id?, command: command?, timeout, people })
}

fn hook_id(reading: &Reading<'_>, word: &Word) -> Option<String> {
    let id = values::id(reading, word)?;
    if id == "fallback" {
        reading.say(&word.span, "`fallback` is the name of the operator's second path: choose another");
    }
    Some(id)
}

fn fallback(table: Table<'_>) -> Option<Fallback> {
    let reading = table.reading;
    let address = table.word("address").and_then(|word| values::address(reading, &word));
    let hook = command(&table, "command", RING).map(|command| Hook::of_fallback(command, timeout(&table)));
    if !table.has("address") && !table.has("command") {
        let text = "[fallback] needs `command`, the program and its arguments, or `address`, or both";
        reading.say(&table.span, text);
    }
    if table.has("timeout") && hook.is_none() {
        reading.say(&table.place("timeout"), "`timeout` is for a `command`, and there is none");
        table.read("timeout", values::duration);
    }
    let after = table.read("after", values::duration).unwrap_or(AFTER);
    table.end();
    Some(Fallback { address, hook, after })
}

/// A program and its arguments. It is found by its whole path alone, such as the example: what `PATH` leads to may be
/// another program tomorrow.
pub(super) fn command(table: &Table<'_>, key: &'static str, example: &str) -> Option<Vec<String>> {
    let words = table.words(key);
    match words.first() {
        Some(program) if !program.text.starts_with('/') => {
            let text = format!(
                "`{key}`: `{}` is no absolute path; write where the program lies, such as `{example}`",
                program.text
            );
            table.reading.say(&program.span, text);
            None
        }
        Some(_) => Some(words.into_iter().map(|word| word.text).collect()),
        None if table.is_empty_list(key) => {
            let text = format!("`{key}` is empty: write the program and its arguments");
            table.reading.say(&table.place(key), text);
            None
        }
        None => None,
    }
}

fn timeout(table: &Table<'_>) -> SignedDuration {
    table.read("timeout", short).unwrap_or(TIMEOUT)
}

fn short(text: &str) -> Result<SignedDuration, String> {
    let time = values::duration(text)?;
    if time.is_zero() || time > LONGEST {
        return Err(format!("`{text}` must be between `1s` and `10m`: a page waits for it"));
    }
    Ok(time)
}
