//! Owns reading TOML key by key: what nobody asked for is unknown, and every mistake is kept.
//! Never stops at the first mistake.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Source, suggestion};
use super::reading::{Reading, Span, Word};

/// Reads a whole file. None when it is no TOML; with every mistake, in the order of lines.
pub(super) fn file<T>(source: Source<'_>, read: impl FnOnce(Table<'_>) -> T) -> (Option<T>, Vec<Mistake>) {
    let reading = Reading::new(source);
    let toml = reading.toml();
    let whole = toml.as_ref().map(|toml| read(Table::new(&reading, "this file", 0..0, toml.get_ref())));
    (whole, reading.into_mistakes())
}

/// One table while it is read. [`Table::end`] tells what nobody asked for.
#[derive(Debug)]
pub(super) struct Table<'a> {
    /// The file.
    pub(super) reading: &'a Reading<'a>,
    /// Where the table, or its header, stands.
    pub(super) span: Span,
    name: String,
    entries: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    /// A table under its name for messages: `[gateway]`, `when`.
    fn new(reading: &'a Reading<'a>, name: impl Into<String>, span: Span, entries: &'a DeTable<'a>) -> Self {
        Self { reading, span, name: name.into(), entries, asked: RefCell::default() }
    }

    /// The value under a key. Who asks knows the key, also when it isn't there.
    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.entries.get(key)
    }

    /// The values of a list under a key; a value that is no list stands for a list of one.
    fn one_or_more(&self, key: &'static str) -> &'a [Spanned<DeValue<'a>>] {
        let Some(value) = self.value(key) else { return &[] };
        value.get_ref().as_array().map_or(std::slice::from_ref(value), |list| list)
    }

    /// Keeps the mistake that a value is of the wrong kind.
    fn mistyped(&self, key: &str, wanted: &str, value: &Spanned<DeValue<'_>>) {
        let kind = kind(value.get_ref());
        self.reading.say(&value.span(), format!("`{key}` must be {wanted}, not {kind}"));
    }

    /// A value as text; `wanted` is what it must be.
    fn as_text(&self, key: &str, wanted: &str, value: &Spanned<DeValue<'_>>) -> Option<Word> {
        match value.get_ref().as_str() {
            Some(text) => Some(Word { text: text.to_owned(), span: value.span() }),
            None => {
                self.mistyped(key, wanted, value);
                None
            }
        }
    }

    /// A value as a table under its name for messages; `wanted` is what it must be.
    fn as_table(&self, key: &str, name: &str, wanted: &str, value: &'a Spanned<DeValue<'a>>) -> Option<Self> {
        match value.get_ref().as_table() {
            Some(entries) => Some(Self::new(self.reading, name, value.span(), entries)),
            None => {
                self.mistyped(key, wanted, value);
                None
            }
        }
    }

    /// Whether the key stands here.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    /// Whether a list without entries stands under a key.
    pub(super) fn is_empty_list(&self, key: &'static str) -> bool {
        self.value(key).and_then(|value| value.get_ref().as_array()).is_some_and(|list| list.is_empty())
    }

    /// Keeps the mistake for a key that belongs elsewhere, where it stands here. It is not told as one that could.
    pub(super) fn belongs_elsewhere(&self, key: &'static str, why: &str) {
        if self.entries.contains_key(key) && self.has(key) {
            self.reading.say(&self.place(key), why);
        }
    }

    /// Where the value of a key stands; the table when it has none.
    pub(super) fn place(&self, key: &str) -> Span {
        self.entries.get(key).map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// Keeps the mistake that a key is missing.
    pub(super) fn needs(&self, key: &str) {
        self.reading.say(&self.span, format!("{} needs `{key}`", self.name));
    }

    /// One word, on one line: names and addresses end up in header fields.
    pub(super) fn word(&self, key: &'static str) -> Option<Word> {
        let word = self.text(key)?;
        if word.text.chars().any(char::is_control) || word.text.trim().is_empty() {
            self.reading.say(&word.span, format!("`{key}` must be one line of text, not empty"));
            return None;
        }
        Some(word)
    }

    /// One word that can't be missing.
    pub(super) fn required(&self, key: &'static str) -> Option<Word> {
        if !self.has(key) {
            self.needs(key);
        }
        self.word(key)
    }

    /// Text of any number of lines.
    pub(super) fn text(&self, key: &'static str) -> Option<Word> {
        self.as_text(key, "text in quotes", self.value(key)?)
    }

    /// One text, or a list of them. Empty when the key is missing.
    pub(super) fn text_or_texts(&self, key: &'static str) -> Vec<Word> {
        let text = |value| self.as_text(key, "text in quotes", value);
        self.one_or_more(key).iter().filter_map(text).collect()
    }

    /// A list of words.
    pub(super) fn words(&self, key: &'static str) -> Vec<Word> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.mistyped(key, "a list such as [\"a\", \"b\"]", value);
            return Vec::new();
        };
        list.iter().filter_map(|item| self.as_text(key, "a list of texts in quotes", item)).collect()
    }

    /// A list of at least one word; `why` is the mistake otherwise.
    pub(super) fn some_words(&self, key: &'static str, why: &str) -> Vec<Word> {
        if self
            .entries
            .get(key)
            .is_none_or(|value| value.get_ref().as_array().is_some_and(|list| list.is_empty()))
        {
            self.reading.say(&self.place(key), why);
        }
        self.words(key)
    }

    /// One word; a date may stand without quotes.
    pub(super) fn date_or_word(&self, key: &'static str) -> Option<Word> {
        let value = self.value(key)?;
        if !matches!(value.get_ref(), DeValue::Datetime(_)) {
            return self.word(key);
        }
        let span = value.span();
        Some(Word { text: self.reading.text(&span).to_owned(), span })
    }

    /// True or false.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.mistyped(key, "true or false", value);
        }
        flag
    }

    /// A number within bounds.
    pub(super) fn number(&self, key: &'static str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let value = self.value(key)?;
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number =
            number.and_then(|number| number.as_str().parse().ok()).filter(|number| bounds.contains(number));
        if number.is_none() {
            let (least, most) = bounds.into_inner();
            self.reading.say(&value.span(), format!("`{key}` must be a number from {least} to {most}"));
        }
        number
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, key: &'static str, known: &[(&'static str, T)]) -> Option<T> {
        let word = self.word(key)?;
        let found = known.iter().find(|(name, _)| *name == word.text).map(|(_, value)| *value);
        if found.is_none() {
            let near = suggestion(&word.text, known.iter().map(|(name, _)| *name));
            self.reading.say(&word.span, format!("unknown {} `{}`{near}", key.replace('_', " "), word.text));
        }
        found
    }

    /// A word that is read by a function of its own, whose error is told.
    pub(super) fn read<T>(&self, key: &'static str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        if let Some(value) = self.value(key)
            && matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_))
        {
            match parse(self.reading.text(&value.span())).err() {
                Some(why) => self.reading.say(&value.span(), format!("`{key}`: {why}")),
                None => self.mistyped(key, "text in quotes", value),
            }
            return None;
        }
        let word = self.word(key)?;
        parse(&word.text).map_err(|why| self.reading.say(&word.span, format!("`{key}`: {why}"))).ok()
    }

    /// Whether a table stands under a key.
    pub(super) fn holds_table(&self, key: &'static str) -> bool {
        self.value(key).is_some_and(|value| value.get_ref().is_table())
    }

    /// The table under a key.
    pub(super) fn table(&self, key: &'static str, name: &str) -> Option<Self> {
        self.table_or(key, name, "a table")
    }

    /// The table under a key; `wanted` says what could have been meant when it is none.
    pub(super) fn table_or(&self, key: &'static str, name: &str, wanted: &str) -> Option<Self> {
        self.as_table(key, name, wanted, self.value(key)?)
    }

    /// One table, or a list of them. Empty when the key is missing.
    pub(super) fn table_or_tables(&self, key: &'static str, name: &str) -> Vec<Self> {
        let table = |value| self.as_table(key, name, "a table", value);
        self.one_or_more(key).iter().filter_map(table).collect()
    }

    /// The tables of a list, `[[key]]` or inline.
    pub(super) fn tables(&self, key: &'static str, name: &str) -> Vec<Self> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            let written = if name.starts_with('[') { name } else { "[{ … }]" };
            self.mistyped(key, &format!("a list of tables, {written}"), value);
            return Vec::new();
        };
        list.iter().filter_map(|item| self.as_table(key, name, "a list of tables", item)).collect()
    }

    /// A list of at least one text, or table in its place; `why` is the mistake otherwise.
    pub(super) fn some_words_or_tables(
        &self,
        key: &'static str,
        name: &str,
        why: &str,
    ) -> Vec<Result<Word, Self>> {
        if !self.has(key) || self.is_empty_list(key) {
            self.reading.say(&self.place(key), why);
            return Vec::new();
        }
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.mistyped(key, "a list such as [\"a\", \"b\"]", value);
            return Vec::new();
        };
        let item = |item: &'a Spanned<DeValue<'a>>| match item {
            table if table.get_ref().is_table() => {
                self.as_table(key, name, "a list of texts in quotes", table).map(Err)
            }
            text => self.as_text(key, "a list of texts in quotes", text).map(Ok),
        };
        list.iter().filter_map(item).collect()
    }

    /// All keys of a table whose keys are free, with their texts.
    pub(super) fn free(&self) -> Vec<(Word, Word)> {
        let pair = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            let name = Word { text: key.get_ref().to_string(), span: key.span() };
            let text = self.as_text(&name.text, "text in quotes", value)?;
            Some((name, text))
        };
        self.entries.iter().filter_map(pair).collect()
    }

    /// All keys of a table whose keys are free, each with its text or list of texts.
    pub(super) fn free_words(&self) -> Vec<(Word, Vec<Word>)> {
        let pair = |(key, value): (&Spanned<Cow<'_, str>>, &'a Spanned<DeValue<'a>>)| {
            let name = Word { text: key.get_ref().to_string(), span: key.span() };
            let list = value.get_ref().as_array().map_or(std::slice::from_ref(value), |list| list);
            let text = |value| self.as_text(&name.text, "text in quotes", value);
            let texts = list.iter().filter_map(text).collect();
            (name, texts)
        };
        self.entries.iter().map(pair).collect()
    }

    /// All keys of a table whose keys are free, with their lists of texts.
    pub(super) fn free_lists(&self) -> Vec<(Word, Vec<Word>)> {
        let list = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            let name = Word { text: key.get_ref().to_string(), span: key.span() };
            let list = value.get_ref().as_array();
            if list.is_none() {
                self.mistyped(&name.text, "a list such as [\"a\", \"b\"]", value);
            }
            let text = |item| self.as_text(&name.text, "a list of texts in quotes", item);
            let entries = list.into_iter().flat_map(|list| list.iter()).filter_map(text).collect();
            (name, entries)
        };
        self.entries.iter().map(list).collect()
    }

    /// Tells the keys that nobody asked for.
    pub(super) fn end(self) {
        let asked = self.asked.into_inner();
        for key in self.entries.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let near = suggestion(key.get_ref(), asked.iter().copied());
            self.reading.say(&key.span(), format!("unknown key `{}` in {}{near}", key.get_ref(), self.name));
        }
    }
}

/// What a value is, in words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
