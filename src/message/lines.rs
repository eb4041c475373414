//! Owns what each line of a mail's text is: written, quoted, or put there by a mail program.
//! Never decides what a reader gets to see; `reply_text` and `forward` do. Takes linear time.

mod attribution;
mod block;
pub(super) mod marks;
#[cfg(test)]
mod tests;

pub(super) use attribution::is_alone as is_attribution;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::plain::split_lines;
use super::vocabulary::{ABOVE_THE_LINE, ORIGINAL, Phrases};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Blank,
    /// Somebody's words.
    Text,
    /// Begins with `>`.
    Quote,
    /// `On 5 May 2026, Kato <k@example.jp> wrote:`, also a part of one that is wrapped.
    Attribution,
    /// `-----Original Message-----`
    Original,
    /// `---------- Forwarded message ---------`
    Forwarded,
    /// A line of a header block.
    Block,
}

/// Nobody's line of interest is longer; long ones are text.
const LONGEST: usize = 600;

/// A text's lines, and what each is.
pub(super) struct Lines<'a> {
    /// The lines.
    pub(super) all: Vec<&'a str>,
    /// The kind of each.
    pub(super) kinds: Vec<Kind>,
}

impl<'a> Lines<'a> {
    /// Reads a text with `\n` line ends.
    pub(super) fn of(text: &'a str) -> Self {
        Self::from(split_lines(text))
    }
}

impl<'a> From<Vec<&'a str>> for Lines<'a> {
    fn from(all: Vec<&'a str>) -> Self {
        Self { kinds: classify(&all), all }
    }
}

/// The kinds of all lines.
pub(super) fn classify(lines: &[&str]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = lines.iter().map(|line| alone(line)).collect();
    let mut at = 0;
    while at < lines.len() {
        if kinds.get(at) == Some(&Kind::Text)
            && let Some(found) = block::place(lines.get(at..).unwrap_or_default())
        {
            kinds.iter_mut().take(at + found.end).skip(at + found.start).for_each(|kind| *kind = Kind::Block);
            name_original(lines, &mut kinds, at);
            at += found.end;
            continue;
        }
        if let Some(start) = attribution::start(lines, &kinds, at) {
            kinds.iter_mut().take(at + 1).skip(start).for_each(|kind| *kind = Kind::Attribution);
        }
        at += 1;
    }
    rejoin_quotes(lines, &mut kinds);
    restore_code(lines, &mut kinds);
    kinds
}

/// BlackBerry writes its `Original Message` above a header block without dashes.
fn name_original(lines: &[&str], kinds: &mut [Kind], block: usize) {
    let written = |at: &usize| kinds.get(*at) != Some(&Kind::Blank);
    let Some(above) = (0..block).rev().take(2).find(written) else { return };
    let line = lines.get(above).map_or("", |line| line.trim());
    if line.len() <= 60
        && is_original(line)
        && let Some(kind) = kinds.get_mut(above)
    {
        *kind = Kind::Original;
    }
}

/// What stands between two lines of ``` is the author's, whatever it looks like; but no fence reaches into an original.
fn restore_code(lines: &[&str], kinds: &mut [Kind]) {
    let mut open: Option<usize> = None;
    for (at, line) in lines.iter().enumerate() {
        let kind = kinds.get(at).copied().unwrap_or(Kind::Text);
        if matches!(kind, Kind::Original | Kind::Forwarded | Kind::Block | Kind::Attribution) {
            open = None;
        }
        if !line.starts_with("```") {
            continue;
        }
        if let Some(start) = open.take() {
            let inner = kinds.iter_mut().take(at).skip(start).filter(|kind| **kind == Kind::Quote);
            inner.for_each(|kind| *kind = Kind::Text);
        } else {
            open = Some(at);
        }
    }
}

/// Programs that wrap quoted lines leave their ends without a mark: `> … a long line` / `and its end` / `> …`.
fn rejoin_quotes(lines: &[&str], kinds: &mut [Kind]) {
    for (at, three) in lines.windows(3).enumerate() {
        let [above, line, _] = three else { continue };
        let around = kinds.get(at) == Some(&Kind::Quote) && kinds.get(at + 2) == Some(&Kind::Quote);
        let broken =
            above.chars().count() >= 60 && line.chars().count() < 60 && line.starts_with(char::is_lowercase);
        if around
            && broken
            && let Some(kind) = kinds.get_mut(at + 1).filter(|kind| **kind == Kind::Text)
        {
            *kind = Kind::Quote;
        }
    }
}

fn alone(line: &str) -> Kind {
    let line = line.trim();
    match line {
        "" => Kind::Blank,
        _ if is_sentence(line) => Kind::Text,
        _ if line.starts_with(['>', '＞']) => Kind::Quote,
        _ if marks::after_mark(line).is_some() => Kind::Forwarded,
        _ if is_above_the_line(line) || is_separator(line) => Kind::Original,
        _ => Kind::Text,
    }
}

/// Longer than any mark, and nothing of one at its ends: most lines of most mails.
fn is_sentence(line: &str) -> bool {
    let starts = line.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
    let longest = match line.as_bytes().last() {
        Some(b'.') => 120,
        Some(last) if last.is_ascii_alphanumeric() || *last == b',' => 60,
        _ => LONGEST,
    };
    let ends_in_japanese =
        || line.ends_with(['。', '、']) && line.chars().next().is_some_and(char::is_alphanumeric);
    starts && line.len() > longest || ends_in_japanese()
}

/// `##- Please type your reply above this line -##`
pub(super) fn is_above_the_line(line: &str) -> bool {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(ABOVE_THE_LINE.iter().copied()));
    // A dash and a blank begin a list's item.
    let drawn = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && c != ' ');
    let mut chars = line.chars();
    let (first, second) = (chars.next(), chars.next());
    let may_be = line.len() <= 200 && drawn(first) && (drawn(second) || line.starts_with(['[', '(', '【']));
    may_be && PHRASES.are_in(&line.to_lowercase())
}

/// `-----Original Message-----`: a phrase between dashes, or alone with a colon at its end.
fn is_separator(line: &str) -> bool {
    let is_dash = |c: char| matches!(c, '-' | '_' | '=' | '*' | '─' | '━' | '－');
    // One dash and a blank begin a list's item.
    let dashed = line.starts_with(is_dash) && (!line.starts_with("- ") || line.ends_with(is_dash));
    if line.len() > 200 || !dashed && !line.ends_with(|c| is_dash(c) || matches!(c, ':' | '：')) {
        return false;
    }
    let inner = line.trim_matches(|c: char| is_dash(c) || c == ' ');
    let phrase = inner.trim_end_matches([':', '：']).trim_end();
    if phrase.is_empty() || !dashed && phrase.len() == inner.len() {
        return false;
    }
    is_original(phrase)
}

fn is_original(phrase: &str) -> bool {
    static PHRASES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| ORIGINAL.split('|').collect());
    PHRASES.contains(phrase.to_lowercase().as_str())
}

/// The line without one level of quoting.
pub(super) fn unquoted<'a>(line: &'a str) -> &'a str {
    let inner = line.trim_start().strip_prefix(['>', '＞']);
    inner.map_or(line, |inner: &'a str| inner.strip_prefix(' ').unwrap_or(inner))
}
