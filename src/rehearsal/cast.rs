//! Owns the cast of a transcript: the standard one, changed by the transcript's head.

use toml::{Table, Value};

use super::Error;
use crate::book::Book;
use crate::config::{self, Files};
use crate::token::Keys;

const STANDARD: &str = include_str!("cast.toml");

/// The book that a head gives, and edits of it, one after the other. Tables in them are merged into those of the standard cast, people, parties, services,
/// policies by their id; rules of the head replace the standard ones.
pub(super) fn book(heads: &[&str]) -> Result<Book, Error> {
    let unreadable = |error: toml::de::Error| Error::Cast(error.message().to_owned());
    let mut cast: Table = toml::from_str(STANDARD).map_err(unreadable)?;
    for head in heads {
        merge(&mut cast, toml::from_str(head).map_err(unreadable)?);
    }
    let rules: Table = ["rule", "test", "lists", "maintenance"]
        .into_iter()
        .filter_map(|key| cast.remove_entry(key))
        .collect();
    let templates =
        cast.remove("templates").and_then(|templates| templates.as_table().cloned()).unwrap_or_default();
    let templates = templates
        .into_iter()
        .filter_map(|(name, text)| text.as_str().map(|text| (format!("templates/{name}"), text.to_owned())));
    // A calendar's lines end as RFC 5545 wants it; in a transcript nobody writes that.
    let calendars = cast.remove("calendars").and_then(|named| named.as_table().cloned()).unwrap_or_default();
    let calendars = calendars.into_iter().filter_map(|(name, text)| {
        let text = text.as_str()?.replace('\n', "\r\n");
        Some((name.clone(), vec![(name, text)]))
    });
    let text = |table: &Table| toml::to_string(table).map_err(|error| Error::Cast(error.to_string()));
    let files = Files {
        main: ("cast".to_owned(), text(&cast)?),
        rules: vec![("rules of the cast".to_owned(), text(&rules)?)],
        templates: templates.collect(),
        calendars: calendars.collect(),
        ..Files::default()
    };
    let mistakes = |mistakes: Vec<config::mistake::Mistake>| {
        Error::Cast(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    Ok(config::read(&files, Keys::for_rehearsal()).map_err(mistakes)?.book)
}

fn merge(into: &mut Table, changes: Table) {
    for (key, change) in changes {
        match (into.get_mut(&key), change) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (Some(Value::Array(old)), Value::Array(new)) if key != "rule" && has_ids(&new) => {
                new.into_iter().for_each(|entry| merge_entry(old, entry));
            }
            (_, change) => {
                into.insert(key, change);
            }
        }
    }
}

fn id(entry: &Value) -> Option<&str> {
    entry.get("id").and_then(Value::as_str)
}

fn has_ids(entries: &[Value]) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| id(entry).is_some())
}

fn merge_entry(entries: &mut Vec<Value>, change: Value) {
    let known = entries.iter_mut().find(|entry| id(entry) == id(&change));
    match (known, change) {
        (Some(Value::Table(old)), Value::Table(new)) => old.extend(new),
        (_, change) => entries.push(change),
    }
}
