//! Owns finding words of a person in bytes, and putting others in their place. Linear: each place is looked at once.
//! Never takes a part of a longer word for the word.

use aho_corasick::{AhoCorasick, MatchKind};

/// Words, and what is put in the place of each.
#[derive(Debug)]
pub(super) struct Pattern {
    words: Vec<Word>,
    finder: Option<AhoCorasick>,
}

/// A word, and what is put in its place.
#[derive(Debug, Clone)]
pub(super) struct Word {
    bytes: Vec<u8>,
    kind: Kind,
    instead: String,
}

/// What may stand beside a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    Id,
    Name,
}

impl Pattern {
    /// These words; empty ones are none.
    pub(super) fn of(mut words: Vec<Word>) -> Self {
        words.retain(|word| !word.bytes.is_empty());
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
        let finder = builder.build(words.iter().map(|word| &word.bytes)).ok();
        Self { words, finder }
    }

    /// Whether one of them is there.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        !self.found(text).is_empty()
    }

    /// The text with others in their place.
    pub(super) fn replaced(&self, text: &[u8]) -> Vec<u8> {
        let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
        for (start, end, instead) in self.found(text) {
            out.extend_from_slice(text.get(at..start).unwrap_or_default());
            out.extend_from_slice(instead.as_bytes());
            at = end;
        }
        out.extend_from_slice(text.get(at..).unwrap_or_default());
        out
    }

    /// Where they stand, and what is put there.
    fn found(&self, text: &[u8]) -> Vec<(usize, usize, &str)> {
        let Some(finder) = &self.finder else { return Vec::new() };
        let mut found = Vec::new();
        for hit in finder.find_iter(text) {
            let Some(word) = self.words.get(hit.pattern().as_usize()) else { continue };
            let before = text.get(..hit.start()).unwrap_or_default();
            let behind = text.get(hit.end()..).unwrap_or_default();
            let here = text.get(hit.start()..hit.end()).unwrap_or_default();
            if word.stands_alone(before, here, behind) {
                found.push((hit.start(), hit.end(), word.instead.as_str()));
            }
        }
        found
    }
}

impl Word {
    /// An address, in small or large letters.
    pub(super) fn address(address: &str, instead: &str) -> Self {
        Self { bytes: address.into(), kind: Kind::Address, instead: instead.to_owned() }
    }

    /// An id, as a word of its own.
    pub(super) fn id(id: &str, instead: &str) -> Self {
        Self { bytes: id.into(), kind: Kind::Id, instead: instead.to_owned() }
    }

    /// A name of one or more words: as written, the family name first or last, and where words aren't parted by blanks,
    /// without one or with a wide one.
    pub(super) fn names(name: &str, instead: &str) -> Vec<Self> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let turned: Vec<&str> = words.iter().rev().copied().collect();
        let blanks: &[&str] = if name.is_ascii() { &[" ", ", "] } else { &[" ", "\u{3000}", ""] };
        let written = blanks.iter().flat_map(|blank| [words.join(blank), turned.join(blank)]);
        let word = |text: String| Self { bytes: text.into(), kind: Kind::Name, instead: instead.to_owned() };
        written.map(word).collect()
    }

    fn stands_alone(&self, before: &[u8], here: &[u8], behind: &[u8]) -> bool {
        let (last, next) = (before.last().copied(), behind.first().copied());
        let goes_on = |byte: Option<u8>, others: &[u8]| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
        };
        // A full stop ends a sentence, or goes on to a further label.
        let dotted = next == Some(b'.') && goes_on(behind.get(1).copied(), b"-_");
        match self.kind {
            Kind::Address => !goes_on(last, b".-_+%") && !goes_on(next, b"-_") && !dotted,
            Kind::Id => {
                here == self.bytes && !goes_on(last, b".-_+@/") && !goes_on(next, b"-_+@/") && !dotted
            }
            Kind::Name => {
                let first_is_ascii = self.bytes.first().is_some_and(u8::is_ascii);
                let last_is_ascii = self.bytes.last().is_some_and(u8::is_ascii);
                !(first_is_ascii && goes_on(last, b"") || last_is_ascii && goes_on(next, b""))
            }
        }
    }
}
