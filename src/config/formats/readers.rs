//! Owns the `read` of a format file: patterns, lines and JSON paths that become captures.
//! Never decides what a capture is for.

use super::patterns::{compiled, placed};
use super::vocabulary::Vocabulary;
use crate::alert::{Expression, Pattern, Place, Reader};
use crate::config::reading::{Reading, Word};
use crate::config::table::Table;

/// All `[[read]]`s of a file.
pub(super) fn readers(root: &Table<'_>, words: &Vocabulary) -> Vec<Reader> {
    let tables = root.table_or_tables("read", "[[read]]");
    tables.into_iter().flat_map(|table| readers_of(table, words)).collect()
}

/// One `[[read]]`: several readers where it is `lines` or a table of JSON paths.
fn readers_of(table: Table<'_>, words: &Vocabulary) -> Vec<Reader> {
    if table.has("lines") {
        return named(table, "lines", "`lines`", words, |labels| vec![(Place::Text, line(labels))]);
    }
    if table.holds_table("json") {
        let whole = |path: &String| (Place::Json(path.clone()), r"(?s)^(?<NAME>.+)$".to_owned());
        return named(table, "json", "`json`", words, |paths| paths.iter().map(whole).collect());
    }
    one(table, words).into_iter().collect()
}

/// A pattern with what it sets and what is cut out.
fn one(table: Table<'_>, words: &Vocabulary) -> Option<Reader> {
    let pattern = placed(&table, words);
    let set = table.table("set", "`set`").map(|set| set.free()).unwrap_or_default();
    let set: Vec<(String, String)> = set.into_iter().map(|(name, value)| (name.text, value.text)).collect();
    let cuts = table.text_or_texts("without");
    let without: Vec<Expression> =
        cuts.iter().filter_map(|cut| compiled(cut, words, table.reading)).collect();
    let names = pattern.as_ref().map(|pattern| pattern.regex.names().len());
    if names == Some(0) && set.is_empty() {
        let text = "this pattern reads nothing: name a group, `(?<host>…)`";
        table.reading.say(&table.span, text);
    }
    table.end();
    Some(Reader { pattern: pattern?, set, without })
}

/// The readers of a table of captures, each with one text or a list of them; `made` gives places and patterns, in which
/// `NAME` stands for the capture.
fn named(
    table: Table<'_>,
    key: &'static str,
    name: &str,
    words: &Vocabulary,
    made: impl Fn(&[String]) -> Vec<(Place, String)>,
) -> Vec<Reader> {
    let entries = table.table(key, name).map(|entries| entries.free_words()).unwrap_or_default();
    let reading = table.reading;
    table.end();
    let mut readers = Vec::new();
    for (capture, texts) in &entries {
        if texts.iter().all(|text| text.text.trim().is_empty()) {
            reading.say(&capture.span, format!("`{}` says nothing of where it stands", capture.text));
            continue;
        }
        let texts: Vec<String> = texts.iter().map(|text| text.text.clone()).collect();
        for (place, regex) in made(&texts) {
            let Some(regex) = named_pattern(capture, &regex, words, reading) else { break };
            let pattern = Pattern { place, regex };
            readers.push(Reader { pattern, set: Vec::new(), without: Vec::new() });
        }
    }
    readers
}

fn named_pattern(
    capture: &Word,
    text: &str,
    words: &Vocabulary,
    reading: &Reading<'_>,
) -> Option<Expression> {
    let text = text.replace("(?<NAME>", &format!("(?<{}>", capture.text));
    let regex = words.plain(&text).ok();
    if regex.is_none() {
        let reason =
            format!("`{}` can't be the name of a capture: letters, digits and `_` only", capture.text);
        reading.say(&capture.span, reason);
    }
    regex
}

/// A line such as `Host: web01` or `Host | web01`, or the one below a line that is the label alone. Blanks, quote
/// marks, list marks and emphasis around it don't count.
fn line(labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| regex::escape(label)).collect();
    let label = labels.join("|");
    let apart = r"(?:[ \t*]*[:：|│][*|│ \t]*|[ \t*]*\n[>*•|│ \t\n]*)";
    format!(r"(?mi)^[>*•|│\- \t]*(?:{label}){apart}(?<NAME>[^\s*|│:：].*)$")
}
