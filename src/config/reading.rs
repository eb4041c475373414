//! Owns one file while it is read: its text, its places, its mistakes.
//! Never stops at the first mistake; only text that is no TOML at all is given up.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::mistake::{Mistake, Source};

/// A place in a file, as a range of bytes.
pub(super) type Span = Range<usize>;

/// One word of the configuration, with its place.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// As written.
    pub(super) text: String,
    /// Where.
    pub(super) span: Span,
}

/// One file while it is read: keeps its mistakes.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    source: Source<'a>,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'a> Reading<'a> {
    /// Nothing read yet.
    pub(super) fn new(source: Source<'a>) -> Self {
        Self { source, mistakes: RefCell::new(Vec::new()) }
    }

    /// The file as TOML; None when it is none, which is one mistake: those after the first would be guesses.
    pub(super) fn toml(&self) -> Option<Spanned<DeTable<'a>>> {
        match DeTable::parse(self.source.text) {
            Ok(table) => Some(table),
            Err(error) => {
                self.mistakes.borrow_mut().push(self.source.unreadable(&error));
                None
            }
        }
    }

    /// Keeps a mistake at a place.
    pub(super) fn say(&self, span: &Span, text: impl Into<String>) {
        self.mistakes.borrow_mut().push(self.source.mistake(span.clone(), text));
    }

    /// How many mistakes there are so far.
    pub(super) fn count(&self) -> usize {
        self.mistakes.borrow().len()
    }

    /// Keeps a mistake about something that stands nowhere.
    pub(super) fn missing(&self, text: impl Into<String>) {
        self.mistakes.borrow_mut().push(self.source.missing(text));
    }

    /// The line of a place, counted from 1.
    pub(super) fn line(&self, span: &Span) -> usize {
        self.source.mistake(span.clone(), "").line
    }

    /// What stands at a place.
    pub(super) fn text(&self, span: &Span) -> &'a str {
        self.source.text.get(span.clone()).unwrap_or_default()
    }

    /// Name of the file.
    pub(super) fn file(&self) -> &'a str {
        self.source.file
    }

    /// Every mistake, in the order of lines; those without a line last.
    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by_key(|mistake| (mistake.line == 0, mistake.line));
        mistakes
    }
}
