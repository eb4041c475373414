//! Owns how a mistake in configuration is told: file, line, what is wrong, what to do.

use std::fmt;
use std::ops::Range;

/// Something wrong in a configuration file, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file as given, `rules/payments.toml`.
    pub file: String,
    /// Counted from 1; 0 when the mistake is in no line (something is missing).
    pub line: usize,
    /// What is wrong and what to do: ``unknown party `paymnets`; did you mean `payments`?``
    pub text: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.text),
            line => write!(f, "{}:{line}: {}", self.file, self.text),
        }
    }
}

/// One file while it is being read: turns byte ranges into lines.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Name for messages.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
}

impl Source<'_> {
    /// A mistake at a byte range of this file.
    pub fn mistake(&self, span: Range<usize>, text: impl Into<String>) -> Mistake {
        let line = self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
        Mistake { file: self.file.to_owned(), line, text: text.into() }
    }

    /// A mistake that is in no single line.
    pub fn missing(&self, text: impl Into<String>) -> Mistake {
        Mistake { file: self.file.to_owned(), line: 0, text: text.into() }
    }

    /// TOML that can't be read at all.
    pub fn unreadable(&self, error: &toml::de::Error) -> Mistake {
        let text = error.message().to_owned();
        match error.span() {
            Some(span) => self.mistake(span, text),
            None => self.missing(text),
        }
    }
}

/// `; did you mean …?` when one of the known words is close, else the known words.
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near = known.iter().map(|other| (distance(word, other), *other)).min();
    match near {
        Some((away, other)) if away <= 1 + word.chars().count() / 3 => format!("; did you mean `{other}`?"),
        _ if known.is_empty() => String::new(),
        _ => format!("; known: {}", known.join(", ")),
    }
}

/// How many letters must be inserted, removed, changed or swapped with their neighbour
/// (optimal string alignment distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    let at = |rows: &[Vec<usize>], i: usize, j: usize| {
        rows.get(i).and_then(|row| row.get(j)).copied().unwrap_or(usize::MAX / 2)
    };
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = at(&rows, i, j) + usize::from(x != y);
            let mut best = changed.min(at(&rows, i, j + 1) + 1).min(row.last().copied().unwrap_or(0) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(&rows, i - 1, j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    at(&rows, a.len(), b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(suggestion("paymnets", ["payments", "search"]), "; did you mean `payments`?");
        assert_eq!(suggestion("zzz", ["payments", "search"]), "; known: payments, search");
        assert_eq!(suggestion("zzz", []), "");
    }

    #[test]
    fn a_line_is_counted_from_one() {
        let source = Source { file: "a.toml", text: "x = 1\ny = 2\n" };
        assert_eq!(source.mistake(6..7, "no").to_string(), "a.toml:2: no");
    }
}
