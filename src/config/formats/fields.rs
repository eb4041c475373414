//! Owns the parts of a format file that give captures a meaning: `state`, `alert`, `time`.
//! Never looks into a mail.

use std::collections::{BTreeMap, BTreeSet};

use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;

use crate::alert::{Blocks, Fields, Reader, State, Template, Times, Words};
use crate::config::mistake::suggestion;
use crate::config::reading::{Reading, Word};
use crate::config::table::Table;

/// The captures that mails with a Date, and with one author, have.
const OF_MAIL: [&str; 2] = ["mail.date", "mail.from"];

/// The words for severities that all products share, worst first.
const SEVERITIES: [&str; 4] = ["critical", "error", "warning", "info"];

/// The names that templates may use.
pub(super) struct Names {
    captured: BTreeSet<String>,
    labels: bool,
}

impl Names {
    /// All groups of the patterns; with labels, `labels` and each `label.NAME` too.
    pub(super) fn new(readings: &[Reader], blocks: Option<&Blocks>, labels: bool) -> Self {
        let section = blocks.and_then(|blocks| blocks.section.as_ref());
        let regexes = readings.iter().map(|reader| &reader.pattern.regex).chain(section);
        let mut captured: BTreeSet<String> =
            regexes.flat_map(|regex| regex.names()).map(str::to_owned).collect();
        captured.extend(OF_MAIL.map(str::to_owned));
        captured.extend(readings.iter().flat_map(|reader| &reader.set).map(|(name, _)| name.clone()));
        if labels {
            captured.insert("labels".to_owned());
        }
        Self { captured, labels }
    }

    fn knows(&self, name: &str) -> bool {
        self.captured.contains(name) || (self.labels && name.starts_with("label."))
    }
}

/// `[state]`: for each state the product's words for it.
pub(super) fn words(root: &Table<'_>) -> Words {
    // Who can't tell what a monitor says is on the safe side when taking it for trouble.
    let mut words = Words { known: BTreeMap::new(), otherwise: State::Firing };
    let Some(table) = root.table("state", "[state]") else { return words };
    for state in State::ALL {
        for word in table.text_or_texts(state.word()) {
            if let Some(other) =
                words.known.insert(word.text.to_lowercase(), state).filter(|other| *other != state)
            {
                table.reading.say(&word.span, format!("`{}` is {} already", word.text, other.word()));
            }
        }
    }
    if let Some(word) = table.text("otherwise") {
        words.otherwise = state(&word, table.reading).unwrap_or(words.otherwise);
    }
    table.end();
    words
}

/// `never`: states that the product never mails.
pub(super) fn never(root: &Table<'_>, words: &Words) -> Vec<State> {
    let mut never = Vec::new();
    for word in root.text_or_texts("never") {
        let Some(state) = state(&word, root.reading) else { continue };
        if words.otherwise == state {
            let text = format!("any word that `[state]` doesn't list means `{}`: say `otherwise`", word.text);
            root.reading.say(&word.span, text);
        } else if words.known.values().any(|known| *known == state) {
            root.reading.say(&word.span, format!("`[state]` has words for `{}` all the same", word.text));
        }
        never.push(state);
    }
    never
}

/// `[severity]`: for each of the common words the product's.
pub(super) fn severities(root: &Table<'_>) -> BTreeMap<String, String> {
    let mut severities: BTreeMap<String, String> = BTreeMap::new();
    let Some(table) = root.table("severity", "[severity]") else { return severities };
    for common in SEVERITIES {
        for word in table.text_or_texts(common) {
            let other = severities.insert(word.text.to_lowercase(), common.to_owned());
            if let Some(other) = other.filter(|other| other != common) {
                table.reading.say(&word.span, format!("`{}` is {other} already", word.text));
            }
        }
    }
    table.end();
    severities
}

/// One of the words for states.
pub(super) fn state(word: &Word, reading: &Reading<'_>) -> Option<State> {
    let state = State::ALL.into_iter().find(|state| state.word() == word.text);
    if state.is_none() {
        let near = suggestion(&word.text, State::ALL.map(State::word));
        reading.say(&word.span, format!("unknown state `{}`{near}", word.text));
    }
    state
}

/// `[alert]`: templates for an alert's fields. A field that isn't there is the capture of its name.
pub(super) fn fields(root: &Table<'_>, known: &Names) -> Fields {
    const FIELDS: [&str; 8] = ["key", "reference", "state", "severity", "host", "service", "since", "link"];
    let table = root.table("alert", "[alert]");
    if !table.as_ref().is_some_and(|table| table.has("key")) && !known.knows("key") {
        root.reading.missing("`[alert]` needs `key`: what have all mails about one trouble in common?");
    }
    let [key, reference, state, severity, host, service, since, link] =
        FIELDS.map(|field| match table.as_ref().filter(|table| table.has(field)) {
            None => vec![Template::of(field)],
            Some(table) => {
                let words = table.text_or_texts(field);
                words.iter().filter_map(|word| template(word, known, table.reading)).collect()
            }
        });
    if let Some(table) = table {
        table.end();
    }
    Fields { key, reference, state, severity, host, service, since, link }
}

fn template(word: &Word, known: &Names, reading: &Reading<'_>) -> Option<Template> {
    let template = match Template::parse(&word.text) {
        Ok(template) => template,
        Err(reason) => {
            reading.say(&word.span, format!("`{}`: {reason}", word.text));
            return None;
        }
    };
    for name in template.names().filter(|name| !known.knows(name)) {
        let near = suggestion(name, known.captured.iter().map(String::as_str));
        reading.say(&word.span, format!("nothing captures `{name}`{near}"));
    }
    Some(template)
}

/// `[time]`: `formats` for strptime, and `zone` for times that name none.
pub(super) fn times(root: &Table<'_>) -> Times {
    let Some(table) = root.table("time", "[time]") else { return Times::default() };
    let formats = table.text_or_texts("formats");
    for format in &formats {
        if let Err(reason) = Times::verify(&format.text) {
            table.reading.say(&format.span, format!("`{}` can't be used: {reason}", format.text));
        }
    }
    let zone = table.text("zone").and_then(|word| offset(&word, table.reading));
    table.end();
    Times { formats: formats.into_iter().map(|format| format.text).collect(), zone }
}

fn offset(word: &Word, reading: &Reading<'_>) -> Option<Offset> {
    let offset = BrokenDownTime::parse("%:z", &word.text).ok().and_then(|time| time.offset());
    if offset.is_none() {
        reading.say(&word.span, format!("`{}` is no offset; write one such as `+09:00`", word.text));
    }
    offset
}
