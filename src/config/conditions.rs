//! Owns `when`: the keys of a condition and their patterns.

use std::sync::Arc;

use jiff::tz::TimeZone;
use regex::{Regex, RegexBuilder};

use super::count;
use super::lists::Lists;
use super::names::Names;
use super::reading::{Reading, Word};
use super::table::Table;
use super::values;
use crate::rules::condition::{STATES, state_word};
use crate::rules::{Condition, Field, Span, Window};

/// Most memory for one compiled pattern, in bytes. A pattern that needs more is a mistake when it is loaded,
/// not a surprise when a mail comes.
const LARGEST_PATTERN: usize = 1 << 20;

/// Keys that hold a pattern.
const PATTERNS: [(&str, Field); 5] = [
    ("from", Field::From),
    ("to", Field::To),
    ("subject", Field::Subject),
    ("text", Field::Text),
    ("list_id", Field::ListId),
];

/// Keys of `alert` that hold a pattern.
const ALERT_PATTERNS: [(&str, Field); 7] = [
    ("format", Field::AlertFormat),
    ("source", Field::AlertSource),
    ("key", Field::AlertKey),
    ("state", Field::AlertState),
    ("severity", Field::AlertSeverity),
    ("host", Field::AlertHost),
    ("service", Field::AlertService),
];

/// Makes a condition of true or false.
type Ask = fn(bool) -> Condition;

/// Keys that hold true or false.
const FLAGS: [(&str, Ask); 5] = [
    ("known", Condition::Known),
    ("internal", Condition::Internal),
    ("automatic", Condition::Automatic),
    ("is_alert", Condition::IsAlert),
    ("forwarded", Condition::Forwarded),
];

/// Makes one condition of several.
type Join = fn(Vec<Condition>) -> Condition;

/// Keys that hold conditions, with their names in messages.
const NESTED: [(&str, &str, Join); 2] = [("all", "`all`", Condition::All), ("any", "`any`", Condition::Any)];

/// What to write instead of `alert = true`.
const ANY_ALERT: &str = "a table such as { state = \"firing\" }; for any alert write `is_alert = true`";

/// What `time` has to be.
const A_WINDOW: &str = "a table such as { within = \"Mon-Fri 09:00-18:00\" }";

/// What words in a condition can mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    /// People, parties, services, policies.
    pub(super) names: &'a Names,
    /// Lists.
    pub(super) lists: &'a Lists,
    /// The zone of windows that name none.
    pub(super) zone: &'a TimeZone,
}

/// Reads a `when`, `not` or member of `all` and `any`: all of its keys must hold. The `count` of a `when` is read before.
pub(super) fn condition(table: Table<'_>, site: Site<'_>) -> Condition {
    let (reading, names) = (table.reading, site.names);
    let mut all = patterns(&table, &PATTERNS, site.lists);
    if let Some(headers) = table.table("header", "`header`") {
        for (name, value) in headers.free() {
            all.extend(pattern(reading, Field::Header(name.text), &value));
        }
    }
    if let Some(size) = table.table_or("size", "`size`", "a table such as { over = \"1MiB\" }") {
        all.extend(sizes(&size));
        size.end();
    }
    if let Some(time) = table.table_or("time", "`time`", A_WINDOW) {
        all.extend(window(&time, site).map(Condition::Time));
        time.end();
    }
    let person = table.word("person").and_then(|word| names.person(reading, &word));
    all.extend(person.map(Condition::Person));
    let party = table.word("party").and_then(|word| names.party(reading, &word));
    all.extend(party.map(Condition::Party));
    all.extend(FLAGS.iter().filter_map(|(key, make)| table.flag(key).map(make)));
    if let Some(alert) = table.table_or("alert", "`alert`", ANY_ALERT) {
        all.extend(patterns(&alert, &ALERT_PATTERNS, site.lists));
        alert.end();
    }
    for (key, name, make) in NESTED {
        let inner: Vec<Condition> =
            table.tables(key, name).into_iter().map(|inner| within(inner, site)).collect();
        if !table.has(key) {
            continue;
        }
        if inner.is_empty() && table.is_empty_list(key) {
            reading.say(
                &table.place(key),
                format!("{name} is empty; write conditions into it, or leave it out"),
            );
        }
        all.push(make(inner));
    }
    if let Some(inner) = table.table("not", "`not`") {
        all.push(Condition::Not(Box::new(within(inner, site))));
    }
    table.end();
    Condition::All(all)
}

/// A condition that is a part of another.
fn within(inner: Table<'_>, site: Site<'_>) -> Condition {
    count::not_within(&inner);
    condition(inner, site)
}

/// The patterns under some keys, or the lists instead of one.
fn patterns(table: &Table<'_>, keys: &[(&'static str, Field)], lists: &Lists) -> Vec<Condition> {
    let read = |(key, field): &(&'static str, Field)| {
        if table.holds_table(key) {
            return among(table.table(key, &format!("`{key}`"))?, field.clone(), lists);
        }
        let word = table.text(key)?;
        pattern(table.reading, field.clone(), &word)
    };
    keys.iter().filter_map(read).collect()
}

/// `{ list = "NAME" }` in the place of a pattern.
fn among(table: Table<'_>, field: Field, lists: &Lists) -> Option<Condition> {
    let list = table.required("list");
    let reading = table.reading;
    table.end();
    let list = list?;
    let entries = lists.entries(reading, &list)?;
    let folded = |entry: String| if field.ignores_case() { entry.to_lowercase() } else { entry };
    let entries = Arc::new(entries.into_iter().map(folded).collect());
    Some(Condition::Among { field, list: list.text, entries })
}

/// `size`: over, under, or both.
fn sizes(table: &Table<'_>) -> Vec<Condition> {
    let (over, under) = (table.read("over", values::size), table.read("under", values::size));
    if !table.has("over") && !table.has("under") {
        table.reading.say(&table.span, "`size` needs `over` or `under`");
    }
    if over.zip(under).is_some_and(|(over, under)| over.saturating_add(1) >= under) {
        table.reading.say(&table.span, "`size` holds for no mail: `over` must be less than `under`");
    }
    let over = over.map(|bytes| Condition::AtLeast(bytes.saturating_add(1)));
    over.into_iter().chain(under.map(|bytes| Condition::AtMost(bytes.saturating_sub(1)))).collect()
}

/// `time`: when, by whose clocks, and on which days not.
pub(super) fn window(table: &Table<'_>, site: Site<'_>) -> Option<Window> {
    let reading = table.reading;
    if !table.has("within") {
        table.needs("within");
    }
    let written = table.text_or_texts("within");
    let span = |word: &Word| Span::parse(&word.text).map_err(|why| reading.say(&word.span, why)).ok();
    let spans: Vec<Span> = written.iter().filter_map(span).collect();
    let zone = table.read("zone", values::zone).unwrap_or_else(|| site.zone.clone());
    let except = match table.word("except") {
        Some(list) => site.lists.dates(reading, &list)?,
        None => Arc::default(),
    };
    (!spans.is_empty()).then_some(Window { spans, zone, except })
}

/// One pattern, compiled. In a text of many lines `^` and `$` mean each line's ends.
fn pattern(reading: &Reading<'_>, field: Field, word: &Word) -> Option<Condition> {
    match compile(&field, &word.text) {
        Ok(pattern)
            if field == Field::AlertState
                && !STATES.iter().any(|state| pattern.is_match(state_word(*state))) =>
        {
            let known = STATES.map(state_word).join(", ");
            reading.say(&word.span, format!("`{}` matches no state of an alert: {known}", word.text));
            None
        }
        Ok(pattern) => Some(Condition::Match { field, pattern }),
        Err(why) => {
            reading.say(&word.span, format!("`{}` is no regular expression: {why}", word.text));
            None
        }
    }
}

/// The pattern, or what is wrong with it in one line.
fn compile(field: &Field, text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text)
        .case_insensitive(field.ignores_case())
        .multi_line(field.has_lines())
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(LARGEST_PATTERN)
        .build();
    built.map_err(|error| {
        let text = error.to_string();
        let last = text.lines().next_back().unwrap_or_default();
        last.strip_prefix("error: ").unwrap_or(last).to_owned()
    })
}
