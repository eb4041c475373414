//! Owns format files: the text of a file of `rules/alerts` becomes an `alert::Format`, or all its mistakes.
//! Never reads a file: texts come in, and the shipped ones are part of the program.
//!
//! | key | what it holds |
//! |---|---|
//! | `name` | the product, as in fingerprints |
//! | `recognise` | `all` and `any`: lists of patterns |
//! | `read` | a list: patterns whose named groups become captures, or `lines = { capture = "Label" }` for lines such as `Label: value`. The first to capture a name wins; an empty capture is none |
//! | `blocks` | for mails with several alerts: `start`, a line that begins one; `section`, a line whose captures hold for all below it |
//! | `labels` | for lists of `name = value`: `line` with the groups `name` and `value`, `from`, `until`, `omit`. Gives the captures `labels` and `label.NAME` |
//! | `state` | for each of `firing`, `resolved`, `acknowledged`, `flapping`, `info` the words for it; `otherwise` for all other words, `firing` unless said |
//! | `alert` | `key`, `state`, `severity`, `host`, `service`, `since`, `link`: a template such as `{host}/{service}` or a list of them, the first that can be filled counts. Only `key` is needed: the others are the capture of their name |
//! | `time` | `formats` (strptime; RFC 3339 is always understood) and `zone` for times that name none; without it the offset of the mail's Date |
//! | `test` | a list: `mail` (`from`, `date`, `subject`, `text`, `html`, `headers`) and `expect`, one table for each alert with the fields that matter, `""` for one that must be missing |
//!
//! A pattern is a table of one place (`from`, `subject`, `text`, `html`, or `header` with `value`) and a regular
//! expression. Lines of the text have no blanks around them. The capture `mail.date` is the mail's Date.

mod examples;
mod fields;
mod patterns;
mod table;

use toml::de::DeTable;

use super::mistake::{Mistake, Source};
use crate::alert::Format;
use table::{Mistakes, Table};

/// All keys a format file may have at its top.
const KEYS: [&str; 9] = ["name", "recognise", "read", "blocks", "labels", "state", "alert", "time", "test"];

/// The formats built into the program, by file name: a site's file of the same name replaces one.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    &[
        ("alertmanager.toml", include_str!("../../rules/alerts/alertmanager.toml")),
        ("cloudwatch.toml", include_str!("../../rules/alerts/cloudwatch.toml")),
        ("nagios.toml", include_str!("../../rules/alerts/nagios.toml")),
        ("zabbix.toml", include_str!("../../rules/alerts/zabbix.toml")),
    ]
}

/// Reads a format file. The error lists every mistake, in the order of the file.
pub fn parse(source: Source<'_>) -> Result<Format, Vec<Mistake>> {
    let (document, errors) = DeTable::parse_recoverable(source.text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| source.unreadable(error)).collect());
    }
    let mut mistakes = Mistakes::new(source);
    let page = Table::new(document.get_ref(), document.span());
    page.only(&KEYS, &mut mistakes);
    let format = format(&page, &mut mistakes);
    match (format, mistakes.into_sorted()) {
        (Some(format), none) if none.is_empty() => Ok(format),
        (_, mistakes) => Err(mistakes),
    }
}

/// Reads all parts, whether or not the ones before were right.
fn format(page: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Option<Format> {
    let name = name(page, mistakes);
    let recognise = patterns::recognise(page, mistakes);
    let readings = patterns::readings(page, mistakes);
    let blocks = patterns::blocks(page, mistakes);
    let labels = patterns::labels(page, mistakes);
    let known = fields::Names::new(&readings, blocks.as_ref(), labels.is_some());
    let words = fields::words(page, mistakes);
    let fields = fields::fields(page, &known, mistakes);
    let times = fields::times(page, mistakes);
    let tests = examples::read(page, mistakes);
    Some(Format { name: name?, recognise, readings, blocks, labels, words, fields, times, tests })
}

fn name(page: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Option<String> {
    let name = page.required("name", mistakes)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.text.is_empty() || !name.text.chars().all(plain) {
        mistakes.add(name.span, "`name` must be lower-case letters, digits and `-`, such as `nagios`");
        return None;
    }
    Some(name.text.to_owned())
}

#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod tests;
