//! Owns reading the alerts of a mail by one format: captures, then fields.
//! Never fails: what a mail doesn't say is missing in the alert.

use std::collections::BTreeMap;

use super::blocks::{self, Block};
use super::mail::{self, Mail};
use super::{Alert, Expression, Format, Labels, Place, Reader, State, Template};

/// How long a captured value may be, in characters. Longer ones are cut.
const VALUE: usize = 1000;

/// How long a key may be, in characters; only a list of labels can get there.
const KEY: usize = 4000;

/// The captures of one alert, by name.
type Captures = BTreeMap<String, String>;

/// The alerts of a mail that a format has recognised.
pub(super) fn alerts(mail: &Mail<'_>, format: &Format) -> Vec<Alert> {
    let parts = blocks::split(&mail.text, format.blocks.as_ref());
    let shared: Vec<_> = format.readings.iter().map(|reader| found(mail, reader, &parts.preamble)).collect();
    let read = |block: &Block| alert(mail, format, captures(mail, format, block, &shared));
    one_per_key(parts.blocks.iter().filter_map(read).collect())
}

/// All that is captured for one block: its section, then reading after reading, each first in the block and then
/// in the whole mail (`shared`), then its labels.
fn captures(mail: &Mail<'_>, format: &Format, block: &Block, shared: &[Vec<(String, String)>]) -> Captures {
    let mut captures = Captures::new();
    keep(&mut captures, &block.section);
    for (reader, shared) in format.readings.iter().zip(shared) {
        if matches!(reader.pattern.place, Place::Text | Place::Anywhere) {
            keep(&mut captures, &found(mail, reader, &block.text));
        }
        keep(&mut captures, shared);
    }
    if let Some(labels) = &format.labels {
        add_labels(&mut captures, labels, &block.text);
    }
    if let Some(date) = mail.date {
        captures.insert("mail.date".to_owned(), date.timestamp().to_string());
    }
    if !mail.source.is_empty() {
        captures.insert("mail.from".to_owned(), mail.source.to_owned());
    }
    captures
}

/// What one reader finds, `text` standing for the text. Nothing when it doesn't match.
fn found(mail: &Mail<'_>, reader: &Reader, text: &str) -> Vec<(String, String)> {
    let Some(mut groups) = mail.captures(&reader.pattern, text) else { return Vec::new() };
    for (_, value) in &mut groups {
        for cut in &reader.without {
            *value = cut.cut_from(value);
        }
    }
    if !reader.without.is_empty() {
        for (_, value) in &mut groups {
            *value = value.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        }
    }
    groups.extend(reader.set.iter().cloned());
    groups
}

/// Adds what is new and not empty.
fn keep(captures: &mut Captures, found: &[(String, String)]) {
    for (name, value) in found {
        let value = tidy(value);
        if !value.is_empty() {
            captures.entry(name.clone()).or_insert(value);
        }
    }
}

/// A value on one line, without control characters: it will be shown in terminals and written into headers.
fn tidy(value: &str) -> String {
    let words = value.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.flat_map(|word| [" ", word]).flat_map(str::chars).skip(1).take(VALUE).collect()
}

/// Adds `label.NAME` for each label, and `labels` for those that tell one trouble from another.
fn add_labels(captures: &mut Captures, labels: &Labels, text: &str) {
    let mut listed = labels.from.is_none();
    let mut found = Captures::new();
    let is = |regex: &Option<Expression>, line: &str| {
        regex.as_ref().is_some_and(|regex| mail::captures(regex, line).is_some())
    };
    for line in text.lines() {
        if is(&labels.from, line) {
            listed = true;
        } else if is(&labels.until, line) {
            listed = false;
        } else if listed && let Some(groups) = mail::captures(&labels.line, line) {
            let group =
                |wanted: &str| groups.iter().find(|(name, _)| name == wanted).map(|(_, value)| tidy(value));
            if let (Some(name), Some(value)) = (group("name"), group("value")) {
                found.entry(name).or_insert(value);
            }
        }
    }
    let telling: Vec<String> = found
        .iter()
        .filter(|(name, _)| !labels.omit.contains(*name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if !telling.is_empty() {
        captures.insert("labels".to_owned(), telling.join(","));
    }
    captures.extend(found.into_iter().map(|(name, value)| (format!("label.{name}"), value)));
}

/// The alert of one block. None when it has no key.
fn alert(mail: &Mail<'_>, format: &Format, captures: Captures) -> Option<Alert> {
    let fields = &format.fields;
    let first = |templates: &[Template]| templates.iter().find_map(|template| template.fill(&captures));
    let is_web = |link: &String| link.starts_with("https://") || link.starts_with("http://");
    let instant = |template: &Template| format.times.read(&template.fill(&captures)?, mail.date);
    Some(Alert {
        format: format.name.clone(),
        source: mail.source.to_owned(),
        key: first(&fields.key)?.chars().take(KEY).collect(),
        reference: first(&fields.reference),
        state: format.words.state(first(&fields.state).as_deref()),
        severity: first(&fields.severity).map(|word| common(format, word)),
        host: first(&fields.host),
        service: first(&fields.service),
        since: fields.since.iter().find_map(instant),
        link: first(&fields.link).filter(is_web),
    })
}

/// A severity in the word that all products share, where the format knows it.
fn common(format: &Format, word: String) -> String {
    format.severities.get(&word.to_lowercase()).cloned().unwrap_or(word)
}

/// Two alerts of one mail can have one key, because it leaves out what doesn't tell troubles apart. When one of
/// them fires, the trouble isn't over, whatever the other says.
fn one_per_key(alerts: Vec<Alert>) -> Vec<Alert> {
    let mut kept: Vec<Alert> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for alert in alerts {
        let place = *places.entry(alert.key.clone()).or_insert(kept.len());
        match kept.get_mut(place) {
            None => kept.push(alert),
            Some(other) if other.state != State::Firing && alert.state == State::Firing => *other = alert,
            Some(_) => {}
        }
    }
    kept
}
