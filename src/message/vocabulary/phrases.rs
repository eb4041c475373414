//! Owns looking for many phrases at once, in one pass over the text (Aho and Corasick, CACM 18, 1975).
//! Never folds case: text and phrases come in lower case.

use std::ops::Range;

use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};

/// Phrases to look for.
pub(in super::super) struct Phrases(Option<AhoCorasick>);

impl Phrases {
    /// Made ready once, in a `LazyLock`.
    pub(in super::super) fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        // Only more than four thousand million states can't be built.
        Self(AhoCorasick::builder().start_kind(StartKind::Both).build(phrases).ok())
    }

    /// Whether one of them stands in the text.
    pub(in super::super) fn are_in(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|searcher| searcher.is_match(text))
    }

    /// Whether the text begins with one of them.
    pub(in super::super) fn begin(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes);
        self.0.as_ref().is_some_and(|searcher| searcher.is_match(input))
    }

    /// Whether the text ends with one of them.
    pub(in super::super) fn end(&self, text: &str) -> bool {
        self.all(text).any(|(_, place)| place.end == text.len())
    }

    /// Everywhere that one of them stands, also within another: which, counted from 0, and its place in bytes.
    pub(in super::super) fn all(&self, text: &str) -> impl Iterator<Item = (usize, Range<usize>)> {
        let found = self.0.iter().flat_map(move |searcher| searcher.find_overlapping_iter(text));
        found.map(|found| (found.pattern().as_usize(), found.range()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_at_the_beginning_at_the_end_and_within_each_other() {
        let phrases = Phrases::new(["wrote", "rot", "書きました"]);
        assert!(phrases.are_in("ken wrote:") && !phrases.begin("ken wrote:") && !phrases.end("ken wrote:"));
        assert!(phrases.begin("wrote ken") && phrases.end("ken wrote") && phrases.end("さんは書きました"));
        assert!(!phrases.are_in("ken write") && !phrases.are_in(""));
        assert_eq!(phrases.all("wrote").collect::<Vec<_>>(), [(1, 1..4), (0, 0..5)]);
    }
}
