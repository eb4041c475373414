//! Owns the parts of a format file that look into a mail: `recognise`, `blocks`, `labels`, and patterns as such.
//! Never decides what a capture is for.

use super::vocabulary::Vocabulary;
use crate::alert::{Blocks, Expression, Labels, Pattern, Place, Recognise};
use crate::config::reading::{Reading, Word};
use crate::config::table::Table;

/// Where a pattern can look: each is a key of a pattern's table.
const PLACES: [&str; 8] = ["from", "subject", "kind", "text", "html", "anywhere", "header", "json"];

/// `[recognise]`: `all` and `any`, each a list of patterns.
pub(super) fn recognise(root: &Table<'_>, words: &Vocabulary) -> Recognise {
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
    let list = |key, name| {
        table.table_or_tables(key, name).into_iter().filter_map(|table| one(table, words)).collect()
    };
    let recognise =
        Recognise { all: list("all", "`all`"), any: list("any", "`any`"), none: list("none", "`none`") };
    table.end();
    recognise.in_order_of_cost()
}

/// A pattern: one place and its regular expression, and nothing else.
fn one(table: Table<'_>, words: &Vocabulary) -> Option<Pattern> {
    let pattern = placed(&table, words);
    table.end();
    pattern
}

/// The pattern of a table: one place and its regular expression.
pub(super) fn placed(table: &Table<'_>, words: &Vocabulary) -> Option<Pattern> {
    let places: Vec<&str> = PLACES.into_iter().filter(|place| table.has(place)).collect();
    let value = table.text("value");
    match places.as_slice() {
        ["header"] => valued(table, "header", value, words, Place::Header),
        ["json"] => valued(table, "json", value, words, Place::Json),
        [place] => plain(table, place, words),
        _ => {
            let text = format!("a pattern looks in one place: {}", PLACES.join(", "));
            table.reading.say(&table.span, text);
            None
        }
    }
}

fn plain(table: &Table<'_>, key: &'static str, words: &Vocabulary) -> Option<Pattern> {
    if table.has("value") {
        table.reading.say(&table.span, "`value` belongs to `header` and `json`");
    }
    let place = match key {
        "from" => Place::From,
        "subject" => Place::Subject,
        "kind" => Place::Kind,
        "html" => Place::Html,
        "anywhere" => Place::Anywhere,
        _ => Place::Text,
    };
    Some(Pattern { place, regex: regex_at(table, key, words)? })
}

/// A place that has a name of its own.
fn valued(
    table: &Table<'_>,
    key: &'static str,
    value: Option<Word>,
    words: &Vocabulary,
    place: fn(String) -> Place,
) -> Option<Pattern> {
    let name = table.text(key)?;
    if !table.has("value") {
        let text = match key {
            "header" => "`header` is a field's name and needs `value`, the pattern for what it says",
            _ => "`json` is a path and needs `value`, the pattern for what stands there",
        };
        table.reading.say(&name.span, text);
    }
    let regex = compiled(&value?, words, table.reading)?;
    Some(Pattern { place: place(name.text), regex })
}

/// `[blocks]`: how a mail with several alerts is cut up.
pub(super) fn blocks(root: &Table<'_>, words: &Vocabulary) -> Option<Blocks> {
    let table = root.table("blocks", "[blocks]")?;
    let (start, section) = (needed(&table, "start", words), regex_at(&table, "section", words));
    table.end();
    Some(Blocks { start: start?, section })
}

/// `[labels]`: how lists of `name = value` are read.
pub(super) fn labels(root: &Table<'_>, words: &Vocabulary) -> Option<Labels> {
    let table = root.table("labels", "[labels]")?;
    let line = needed(&table, "line", words);
    for group in ["name", "value"] {
        if line.as_ref().is_some_and(|line| !line.names().contains(&group)) {
            table.reading.say(&table.span, format!("`line` needs the group `(?<{group}>…)`"));
        }
    }
    let (from, until) = (regex_at(&table, "from", words), regex_at(&table, "until", words));
    let omit = table.text_or_texts("omit").into_iter().map(|word| word.text).collect();
    table.end();
    Some(Labels { line: line?, from, until, omit })
}

fn needed(table: &Table<'_>, key: &'static str, words: &Vocabulary) -> Option<Expression> {
    if !table.has(key) {
        table.needs(key);
    }
    regex_at(table, key, words)
}

fn regex_at(table: &Table<'_>, key: &'static str, words: &Vocabulary) -> Option<Expression> {
    compiled(&table.text(key)?, words, table.reading)
}

/// A regular expression, or the mistake in it.
pub(super) fn compiled(word: &Word, words: &Vocabulary, reading: &Reading<'_>) -> Option<Expression> {
    words
        .expression(&word.text)
        .map_err(|reason| reading.say(&word.span, format!("`{}` is no pattern: {reason}", word.text)))
        .ok()
}
