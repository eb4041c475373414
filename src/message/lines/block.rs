//! Owns the header block that mail programs put above an original: `From:`, `Sent:`, `To:`, `Subject:`.
//! Never looks further than some lines ahead.

use std::ops::Range;

use super::super::plain::clip;
use super::super::vocabulary::{Label, label};
use super::LONGEST;
use super::attribution::has_year;

/// Most lines looked at for a header block; address lists are wrapped.
const BLOCK_LINES: usize = 40;
/// Most blanks before and within a label; full-width ones are letters here.
const MOST_BLANKS: usize = 6;
/// Longest label, in bytes.
const LONGEST_LABEL: usize = 60;

/// How many lines a header block takes at the beginning of these: a From line, and at least so many of date, recipient and subject
/// lines beside it. Blank lines may stand between its lines (Outlook's text parts), as may wrapped values.
pub(super) fn block(lines: &[&str], least: usize) -> Option<usize> {
    labelled(lines.first()?)?;
    let mut found: Vec<(Label, String)> = Vec::new();
    let mut length = 0;
    let mut blanks = 0;
    for (at, line) in lines.iter().take(BLOCK_LINES).enumerate() {
        match labelled(line) {
            // A second Subject is the text's own.
            Some((label, _)) if found.iter().filter(|(other, _)| *other == label).count() >= most(label) => {
                break;
            }
            Some((label, value)) => {
                found.push((label, value.to_owned()));
                (blanks, length) = (0, at + 1);
            }
            None if line.trim().is_empty() => blanks += 1,
            None if blanks == 0 && continues(&found) => length = at + 1,
            None => break,
        }
        if blanks > 2 {
            break;
        }
    }
    let has = |wanted: Label| found.iter().any(|(label, _)| *label == wanted);
    let beside = [Label::Date, Label::Other, Label::Subject].into_iter().filter(|label| has(*label)).count();
    let from = found.iter().find(|(label, _)| *label == Label::From).map_or("", |(_, value)| value);
    // `From: 10:00`, `To: 12:00` is a maintenance window.
    let is_time = from.starts_with(|c: char| c.is_ascii_digit()) && !from.contains('@');
    if !has(Label::From) || is_time || beside < least {
        return None;
    }
    Some(length)
}

/// How often a field stands in a block.
fn most(label: Label) -> usize {
    if label == Label::Other { 6 } else { 1 }
}

/// Only lists of recipients are wrapped; a line below a subject is the text.
fn continues(found: &[(Label, String)]) -> bool {
    found.last().is_some_and(|(label, value)| *label == Label::Other && value.contains(['@', ';', ',']))
}

/// To, Cc, Reply-To and a few more are one to us.
fn kind(label: Label) -> Label {
    if label == Label::To { Label::Other } else { label }
}

/// `From: value`, `*From:* value`, `差出人：value`, Outlook's `Von : value`.
pub(super) fn labelled(line: &str) -> Option<(Label, &str)> {
    let line = line.trim();
    let plain = line.trim_start_matches(['*', '_']);
    // Looked at before anything else: a colon, or what may be a full-width one.
    memchr::memchr2(b':', 0xef, plain.as_bytes()).filter(|at| *at < LONGEST_LABEL)?;
    let (word, _) = clip(plain, LONGEST_LABEL).split_once([':', '：'])?;
    let value = plain.get(word.len()..)?.trim_start_matches([':', '：']);
    let (word, value) = (word.trim(), clip(value, LONGEST).trim());
    // Only the marks that were opened before the label close behind it: `** PROBLEM **` is a subject.
    let open = line.strip_suffix(plain).filter(|marks| !word.ends_with(*marks)).unwrap_or_default();
    let label = label(word.trim_end_matches(['*', '_']).trim())?;
    Some((kind(label), value.strip_prefix(open).unwrap_or(value).trim()))
}

/// Most lines that the header of an old Lotus Notes takes, and its author and date above that.
const NOTES_LINES: usize = 14;

/// A Notes header without colons: `To`, `cc` and `Subject` each on a line of its own, the values below them.
fn notes_length(lines: &[&str]) -> Option<usize> {
    let alone = |line: &str| label(line.trim().trim_end_matches(':')).map(kind);
    let window = lines.get(..NOTES_LINES.min(lines.len()))?;
    if alone(window.first()?) != Some(Label::Other) {
        return None;
    }
    let subject = window.iter().position(|line| alone(line) == Some(Label::Subject))?;
    let others = window.iter().take(subject).filter(|line| alone(line) == Some(Label::Other)).count();
    let value = window.iter().skip(subject + 1).position(|line| !line.trim().is_empty())?;
    (others >= 2).then_some(subject + 1 + value + 1)
}

/// Outlook's line above a header block, and at least three lines that look like one below it, in whatever language:
/// `Label: value`, and an address or a year among the values.
fn ruled(lines: &[&str]) -> Option<Range<usize>> {
    let ruler = lines.first()?.trim();
    if ruler.len() < 20 || !ruler.bytes().all(|byte| byte == b'_') {
        return None;
    }
    let mut place = 0..0;
    let mut values: Vec<&str> = Vec::new();
    for (at, line) in lines.iter().enumerate().take(12).skip(1) {
        match field(line) {
            Some(value) => {
                place = if values.is_empty() { at..at + 1 } else { place.start..at + 1 };
                values.push(value);
            }
            None if line.trim().is_empty() && values.is_empty() => {}
            None => break,
        }
    }
    let tells = values.iter().any(|value| value.contains('@') || has_year(value));
    (values.len() >= 3 && tells).then_some(place)
}

/// The value of a line that looks like a header's.
fn field(line: &str) -> Option<&str> {
    let (word, value) = clip(line.trim(), LONGEST).split_once([':', '：'])?;
    (!word.is_empty() && word.chars().count() <= 30 && !word.contains("//")).then_some(value)
}

/// Looked at before anything else: no more blanks than the longest label has before a colon, or in all of a short line.
fn may_begin(line: &str) -> bool {
    let line = line.trim_start();
    let mut blanks = 0;
    for byte in line.bytes().take(LONGEST_LABEL + 10) {
        match byte {
            b' ' => blanks += 1,
            b':' | 0xef => return true,
            _ => {}
        }
        if blanks > MOST_BLANKS {
            return false;
        }
    }
    line.len() <= LONGEST_LABEL + 10
}

/// Which of these lines are a header block that begins at the first, or below a ruler that is the first.
pub(super) fn place(lines: &[&str]) -> Option<Range<usize>> {
    let first = lines.first()?;
    if first.starts_with([' ', '_']) && first.trim_start().starts_with('_') {
        return ruled(lines);
    }
    if !may_begin(first) {
        return None;
    }
    block(lines, 2).or_else(|| notes_length(lines)).map(|length| 0..length)
}
