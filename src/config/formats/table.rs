//! Owns reading TOML tables with every mistake kept and its place known.
//! Never stops at the first mistake.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::mistake::{Mistake, Source, suggestion};

/// The mistakes found so far in one file.
pub(super) struct Mistakes<'a> {
    source: Source<'a>,
    found: Vec<Mistake>,
}

impl<'a> Mistakes<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Self { source, found: Vec::new() }
    }

    /// A mistake in a line.
    pub(super) fn add(&mut self, span: Range<usize>, text: impl Into<String>) {
        self.found.push(self.source.mistake(span, text));
    }

    /// Something that the file as a whole lacks.
    pub(super) fn missing(&mut self, text: impl Into<String>) {
        self.found.push(self.source.missing(text));
    }

    /// The line in which a span begins.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.source.mistake(span.clone(), "").line
    }

    /// All mistakes, in the order of the file.
    pub(super) fn into_sorted(mut self) -> Vec<Mistake> {
        self.found.sort_by_key(|mistake| mistake.line);
        self.found
    }
}

/// A text in the file, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) span: Range<usize>,
}

/// A table in the file.
pub(super) struct Table<'t> {
    entries: &'t DeTable<'t>,
    /// Where it stands, or is headed.
    pub(super) span: Range<usize>,
}

impl<'t> Table<'t> {
    pub(super) fn new(entries: &'t DeTable<'t>, span: Range<usize>) -> Self {
        Self { entries, span }
    }

    /// Adds a mistake for every key that isn't known.
    pub(super) fn only(&self, known: &[&str], mistakes: &mut Mistakes<'_>) {
        for key in self.entries.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let near = suggestion(name, known.iter().copied());
            mistakes.add(key.span(), format!("unknown key `{name}`{near}"));
        }
    }

    /// Whether a key is there at all.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// A text that may be missing.
    pub(super) fn word(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Word<'t>> {
        text_of(key, self.entries.get(key)?, mistakes)
    }

    /// A text that the file can't do without.
    pub(super) fn required(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Word<'t>> {
        if !self.has(key) {
            mistakes.missing(format!("`{key}` is missing"));
        }
        self.word(key, mistakes)
    }

    /// One text, or a list of texts. Empty when the key is missing.
    pub(super) fn words(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Vec<Word<'t>> {
        match self.entries.get(key).map(|value| (value, value.get_ref())) {
            None => Vec::new(),
            Some((_, DeValue::Array(values))) => {
                values.iter().filter_map(|value| text_of(key, value, mistakes)).collect()
            }
            Some((value, _)) => text_of(key, value, mistakes).into_iter().collect(),
        }
    }

    /// A table that may be missing.
    pub(super) fn table(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Table<'t>> {
        table_of(key, self.entries.get(key)?, mistakes)
    }

    /// One table, or a list of tables. Empty when the key is missing.
    pub(super) fn tables(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Vec<Table<'t>> {
        match self.entries.get(key).map(|value| (value, value.get_ref())) {
            None => Vec::new(),
            Some((_, DeValue::Array(values))) => {
                values.iter().filter_map(|value| table_of(key, value, mistakes)).collect()
            }
            Some((value, _)) => table_of(key, value, mistakes).into_iter().collect(),
        }
    }

    /// All entries, each name with its text.
    pub(super) fn pairs(&self, mistakes: &mut Mistakes<'_>) -> Vec<(Word<'t>, Word<'t>)> {
        let pair = |(key, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| {
            let key: &'t Spanned<std::borrow::Cow<'t, str>> = key;
            let name = Word { text: key.get_ref(), span: key.span() };
            Some((name.clone(), text_of(name.text, value, mistakes)?))
        };
        self.entries.iter().filter_map(pair).collect()
    }
}

fn text_of<'t>(key: &str, value: &'t Spanned<DeValue<'t>>, mistakes: &mut Mistakes<'_>) -> Option<Word<'t>> {
    if let DeValue::String(text) = value.get_ref() {
        return Some(Word { text, span: value.span() });
    }
    mistakes.add(value.span(), format!("`{key}` must be text in quotes"));
    None
}

fn table_of<'t>(
    key: &str,
    value: &'t Spanned<DeValue<'t>>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Table<'t>> {
    if let DeValue::Table(entries) = value.get_ref() {
        return Some(Table::new(entries, value.span()));
    }
    mistakes.add(value.span(), format!("`{key}` must be a table, `{{ … }}`"));
    None
}
