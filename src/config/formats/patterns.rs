//! Owns the parts of a format file that look into a mail: `recognise`, `read`, `blocks`, `labels`.
//! Never decides what a capture is for.

use regex::Regex;

use super::table::{Mistakes, Table, Word};
use crate::alert::{Blocks, Labels, Pattern, Place, Recognise, pattern};

/// Where a pattern can look: each is a key of a pattern's table.
const PLACES: [&str; 5] = ["from", "subject", "text", "html", "header"];

/// `[recognise]`: `all` and `any`, each a list of patterns.
pub(super) fn recognise(page: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Recognise {
    let Some(table) = page.table("recognise", mistakes) else {
        if !page.has("recognise") {
            mistakes.missing("`[recognise]` is missing: how are this product's mails known?");
        }
        return Recognise::default();
    };
    table.only(&["all", "any"], mistakes);
    if !table.has("all") && !table.has("any") {
        mistakes
            .add(table.span.clone(), "`[recognise]` needs `all` or `any`: empty, it would take every mail");
    }
    let mut list =
        |key: &str| table.tables(key, mistakes).iter().filter_map(|table| one(table, mistakes)).collect();
    Recognise { all: list("all"), any: list("any") }
}

/// `read`: patterns with named groups, and tables of labels before a colon.
pub(super) fn readings(page: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Vec<Pattern> {
    let mut readings = Vec::new();
    for table in page.tables("read", mistakes) {
        if let Some(lines) = table.table("lines", mistakes) {
            table.only(&["lines"], mistakes);
            readings
                .extend(lines.pairs(mistakes).iter().filter_map(|(name, label)| line(name, label, mistakes)));
        } else if !table.has("lines")
            && let Some(pattern) = one(&table, mistakes)
        {
            if pattern.regex.capture_names().flatten().next().is_none() {
                mistakes.add(table.span, "this pattern reads nothing: name a group, `(?<host>…)`");
            }
            readings.push(pattern);
        }
    }
    readings
}

/// A pattern: one place and its regular expression.
fn one(table: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Option<Pattern> {
    let [from, subject, text, html, header] = PLACES;
    table.only(&[from, subject, text, html, header, "value"], mistakes);
    let mut places = PLACES.into_iter().filter(|place| table.has(place));
    let (Some(place), None) = (places.next(), places.next()) else {
        mistakes.add(table.span.clone(), format!("a pattern looks in one place: {}", PLACES.join(", ")));
        return None;
    };
    if place == header {
        return header_pattern(table, mistakes);
    }
    if table.has("value") {
        mistakes.add(table.span.clone(), "`value` belongs to `header`");
    }
    let regex = compiled(&table.word(place, mistakes)?, mistakes)?;
    let place = match place {
        "from" => Place::From,
        "subject" => Place::Subject,
        "html" => Place::Html,
        _ => Place::Text,
    };
    Some(Pattern { place, regex })
}

fn header_pattern(table: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Option<Pattern> {
    let name = table.word("header", mistakes)?;
    if !table.has("value") {
        mistakes.add(name.span, "`header` is a field's name and needs `value`, the pattern for what it says");
        return None;
    }
    let regex = compiled(&table.word("value", mistakes)?, mistakes)?;
    Some(Pattern { place: Place::Header(name.text.to_owned()), regex })
}

/// A reading of a line such as `Host: web01`; blanks, quote marks, list marks and emphasis around it don't count.
fn line(name: &Word<'_>, label: &Word<'_>, mistakes: &mut Mistakes<'_>) -> Option<Pattern> {
    let label_pattern = regex::escape(label.text);
    let text =
        format!(r"(?mi)^[>*•|│\- \t]*{label_pattern}[ \t]*[:：][*|│ \t]*(?<{}>[^\s*|│].*)$", name.text);
    match pattern(&text) {
        Ok(regex) => Some(Pattern { place: Place::Text, regex }),
        Err(_) => {
            let reason =
                format!("`{}` can't be the name of a capture: letters, digits and `_` only", name.text);
            mistakes.add(name.span.clone(), reason);
            None
        }
    }
}

/// `[blocks]`: how a mail with several alerts is cut up.
pub(super) fn blocks(page: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Option<Blocks> {
    let table = page.table("blocks", mistakes)?;
    table.only(&["start", "section"], mistakes);
    let section = regex_at(&table, "section", mistakes);
    Some(Blocks { start: needed(&table, "start", mistakes)?, section })
}

/// `[labels]`: how lists of `name = value` are read.
pub(super) fn labels(page: &Table<'_>, mistakes: &mut Mistakes<'_>) -> Option<Labels> {
    let table = page.table("labels", mistakes)?;
    table.only(&["line", "from", "until", "omit"], mistakes);
    let from = regex_at(&table, "from", mistakes);
    let until = regex_at(&table, "until", mistakes);
    let omit = table.words("omit", mistakes).iter().map(|word| word.text.to_owned()).collect();
    let line = needed(&table, "line", mistakes)?;
    for group in ["name", "value"] {
        if !line.capture_names().flatten().any(|name| name == group) {
            mistakes.add(table.span.clone(), format!("`line` needs the group `(?<{group}>…)`"));
        }
    }
    Some(Labels { line, from, until, omit })
}

fn needed(table: &Table<'_>, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Regex> {
    if !table.has(key) {
        mistakes.add(table.span.clone(), format!("`{key}` is missing"));
    }
    regex_at(table, key, mistakes)
}

fn regex_at(table: &Table<'_>, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Regex> {
    compiled(&table.word(key, mistakes)?, mistakes)
}

fn compiled(word: &Word<'_>, mistakes: &mut Mistakes<'_>) -> Option<Regex> {
    pattern(word.text)
        .map_err(|reason| mistakes.add(word.span.clone(), format!("`{}` is no pattern: {reason}", word.text)))
        .ok()
}
