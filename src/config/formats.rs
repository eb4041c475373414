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

use super::mistake::{Mistake, Source};
use super::table::{self, Table};
use crate::alert::Format;

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
    match table::file(source, format) {
        (Some(Some(format)), none) if none.is_empty() => Ok(format),
        (_, mistakes) => Err(mistakes),
    }
}

/// Reads all parts, whether or not the ones before were right.
fn format(root: Table<'_>) -> Option<Format> {
    let name = name(&root);
    let recognise = patterns::recognise(&root);
    let readings = patterns::readings(&root);
    let blocks = patterns::blocks(&root);
    let labels = patterns::labels(&root);
    let known = fields::Names::new(&readings, blocks.as_ref(), labels.is_some());
    let words = fields::words(&root);
    let fields = fields::fields(&root, &known);
    let times = fields::times(&root);
    let tests = examples::read(&root);
    root.end();
    Some(Format { name: name?, recognise, readings, blocks, labels, words, fields, times, tests })
}

fn name(root: &Table<'_>) -> Option<String> {
    if !root.has("name") {
        root.reading.missing("`name` is missing");
    }
    let name = root.text("name")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.text.is_empty() || !name.text.chars().all(plain) {
        let text = "`name` must be lower-case letters, digits and `-`, such as `nagios`";
        root.reading.say(&name.span, text);
        return None;
    }
    Some(name.text)
}

#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod tests;
