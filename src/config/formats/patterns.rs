//! Owns the parts of a format file that look into a mail: `recognise`, `read`, `blocks`, `labels`.
//! Never decides what a capture is for.

use regex::Regex;

use crate::alert::{Blocks, Labels, Pattern, Place, Recognise, pattern};
use crate::config::reading::{Reading, Word};
use crate::config::table::Table;

/// Where a pattern can look: each is a key of a pattern's table.
const PLACES: [&str; 5] = ["from", "subject", "text", "html", "header"];

/// `[recognise]`: `all` and `any`, each a list of patterns.
pub(super) fn recognise(root: &Table<'_>) -> Recognise {
    let Some(table) = root.table("recognise", "[recognise]") else {
        if !root.has("recognise") {
            root.reading.missing("`[recognise]` is missing: how are this product's mails known?");
        }
        return Recognise::default();
    };
    if !table.has("all") && !table.has("any") {
        let text = "`[recognise]` needs `all` or `any`: empty, it would take every mail";
        table.reading.say(&table.span, text);
    }
    let list = |key, name| table.table_or_tables(key, name).into_iter().filter_map(one).collect();
    let recognise = Recognise { all: list("all", "`all`"), any: list("any", "`any`") };
    table.end();
    recognise
}

/// `read`: patterns with named groups, and tables of labels before a colon.
pub(super) fn readings(root: &Table<'_>) -> Vec<Pattern> {
    let mut readings = Vec::new();
    for table in root.table_or_tables("read", "[[read]]") {
        if table.has("lines") {
            readings.extend(lines(table));
            continue;
        }
        let span = table.span.clone();
        let Some(pattern) = one(table) else { continue };
        if pattern.regex.capture_names().flatten().next().is_none() {
            root.reading.say(&span, "this pattern reads nothing: name a group, `(?<host>…)`");
        }
        readings.push(pattern);
    }
    readings
}

/// A pattern: one place and its regular expression.
fn one(table: Table<'_>) -> Option<Pattern> {
    let places: Vec<&str> = PLACES.into_iter().filter(|place| table.has(place)).collect();
    let value = table.text("value");
    let pattern = match places.as_slice() {
        ["header"] => header_pattern(&table, value),
        [place] => place_pattern(&table, place),
        _ => {
            let text = format!("a pattern looks in one place: {}", PLACES.join(", "));
            table.reading.say(&table.span, text);
            None
        }
    };
    table.end();
    pattern
}

fn place_pattern(table: &Table<'_>, key: &'static str) -> Option<Pattern> {
    if table.has("value") {
        table.reading.say(&table.span, "`value` belongs to `header`");
    }
    let place = match key {
        "from" => Place::From,
        "subject" => Place::Subject,
        "html" => Place::Html,
        _ => Place::Text,
    };
    Some(Pattern { place, regex: regex_at(table, key)? })
}

fn header_pattern(table: &Table<'_>, value: Option<Word>) -> Option<Pattern> {
    let name = table.text("header")?;
    if !table.has("value") {
        let text = "`header` is a field's name and needs `value`, the pattern for what it says";
        table.reading.say(&name.span, text);
    }
    let regex = compiled(&value?, table.reading)?;
    Some(Pattern { place: Place::Header(name.text), regex })
}

/// `lines`: the reading of each.
fn lines(table: Table<'_>) -> Vec<Pattern> {
    let labels = table.table("lines", "`lines`").map(|lines| lines.free()).unwrap_or_default();
    let reading = table.reading;
    table.end();
    labels.iter().filter_map(|(name, label)| line(name, label, reading)).collect()
}

/// A reading of a line such as `Host: web01`; blanks, quote marks, list marks and emphasis around it don't count.
fn line(name: &Word, label: &Word, reading: &Reading<'_>) -> Option<Pattern> {
    let label_pattern = regex::escape(&label.text);
    let text =
        format!(r"(?mi)^[>*•|│\- \t]*{label_pattern}[ \t]*[:：][*|│ \t]*(?<{}>[^\s*|│].*)$", name.text);
    match pattern(&text) {
        Ok(regex) => Some(Pattern { place: Place::Text, regex }),
        Err(_) => {
            let reason =
                format!("`{}` can't be the name of a capture: letters, digits and `_` only", name.text);
            reading.say(&name.span, reason);
            None
        }
    }
}

/// `[blocks]`: how a mail with several alerts is cut up.
pub(super) fn blocks(root: &Table<'_>) -> Option<Blocks> {
    let table = root.table("blocks", "[blocks]")?;
    let (start, section) = (needed(&table, "start"), regex_at(&table, "section"));
    table.end();
    Some(Blocks { start: start?, section })
}

/// `[labels]`: how lists of `name = value` are read.
pub(super) fn labels(root: &Table<'_>) -> Option<Labels> {
    let table = root.table("labels", "[labels]")?;
    let line = needed(&table, "line");
    for group in ["name", "value"] {
        if line.as_ref().is_some_and(|line| !line.capture_names().flatten().any(|name| name == group)) {
            table.reading.say(&table.span, format!("`line` needs the group `(?<{group}>…)`"));
        }
    }
    let (from, until) = (regex_at(&table, "from"), regex_at(&table, "until"));
    let omit = table.text_or_texts("omit").into_iter().map(|word| word.text).collect();
    table.end();
    Some(Labels { line: line?, from, until, omit })
}

fn needed(table: &Table<'_>, key: &'static str) -> Option<Regex> {
    if !table.has(key) {
        table.needs(key);
    }
    regex_at(table, key)
}

fn regex_at(table: &Table<'_>, key: &'static str) -> Option<Regex> {
    compiled(&table.text(key)?, table.reading)
}

fn compiled(word: &Word, reading: &Reading<'_>) -> Option<Regex> {
    pattern(&word.text)
        .map_err(|reason| reading.say(&word.span, format!("`{}` is no pattern: {reason}", word.text)))
        .ok()
}
