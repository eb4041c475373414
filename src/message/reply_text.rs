//! Owns splitting a text into what its author newly wrote and the rest.
//! Never loses a line: what is cut is in the other half. Answers between quotes keep those quotes, and so does an answer
//! below a passage picked out without an attribution; a whole mail quoted above its answer is cut, also with a greeting
//! above it. A name at the end is a signature only with a dash before it; the closing words before a name are the
//! author's. Where nothing would be left all of it is kept.

mod additions;
mod signature;
#[cfg(test)]
mod tests;

use super::lines::{Kind, Lines, is_above_the_line, is_attribution, unquoted};
use additions::{banner, is_call, is_closing_note, is_footer};
use signature::{is_ruler, is_signature, is_signed_name};

/// The two halves of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// What the author newly wrote.
    pub(super) reply: String,
    /// Quotes, attribution lines, signatures, footers.
    pub(super) quoted: String,
}

/// Most lines of a quote without attribution that count as picked out for an answer.
const PICKED_LINES: usize = 10;

/// Splits the text of an answer.
pub(super) fn split(text: &Lines<'_>) -> Split {
    let split = halves(text, false);
    if split.reply.trim().is_empty() {
        return Split { reply: text.all.join("\n"), quoted: String::new() };
    }
    split
}

/// Splits what stands around a forwarded mail. Nothing of it may be the author's.
pub(super) fn split_around(text: &str) -> Split {
    halves(&Lines::of(text), true)
}

/// With `signs`, a signature may stand on top.
fn halves(text: &Lines<'_>, signs: bool) -> Split {
    let lines = text.all.as_slice();
    let mut kinds = text.kinds.clone();
    let top = top(lines);
    kinds.iter_mut().take(top).for_each(|kind| *kind = Kind::Blank);
    let end = cut(&kinds);
    let mut shown: Vec<bool> = kinds.iter().enumerate().map(|(at, kind)| at < end && is_own(*kind)).collect();
    hide_rulers_above(end, lines, &mut shown);
    hide_additions(lines, &kinds, (end, signs), &mut shown);
    hide_footers(lines, &mut shown);
    shown.iter_mut().take(top).for_each(|shown| *shown = false);
    show_answered_quotes(lines, &kinds, &mut shown);
    let half = |wanted: bool| {
        let of_half = || lines.iter().zip(&shown).filter(|(_, shown)| **shown == wanted);
        let mut text = String::with_capacity(of_half().map(|(line, _)| line.len() + 1).sum());
        for (line, _) in of_half() {
            // No blank lines on top.
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
        text.truncate(text.trim_end().len());
        text
    };
    Split { reply: half(true), quoted: half(false) }
}

/// How many lines on top are nobody's: a mail server's warning; and above a help desk's own words, where to answer it.
fn top(lines: &[&str]) -> usize {
    let first = lines.iter().take(4).position(|line| !line.trim().is_empty());
    match first.filter(|at| lines.get(*at).is_some_and(|line| is_above_the_line(line.trim()))) {
        Some(at) => at + 1,
        None => banner(lines),
    }
}

fn is_own(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Blank)
}

/// Where the original begins that isn't marked with `>`: at a separator, a header block, or an attribution with no
/// quote below. All that follows is old; at the very top that is everything.
fn cut(kinds: &[Kind]) -> usize {
    let below = below(kinds);
    let mut written = false;
    for (at, (kind, below)) in kinds.iter().zip(below).enumerate() {
        let separator = matches!(kind, Kind::Original | Kind::Forwarded | Kind::Block);
        let original = separator || *kind == Kind::Attribution;
        if original && (below != Some(Kind::Quote) || separator && written) {
            return at;
        }
        written |= *kind == Kind::Text;
    }
    kinds.len()
}

/// For each line, the next kind below it that is another than its own; blank lines don't count.
fn below(kinds: &[Kind]) -> Vec<Option<Kind>> {
    let mut found = vec![None; kinds.len()];
    let (mut next, mut after) = (None, None);
    for (kind, found) in kinds.iter().zip(found.iter_mut()).rev() {
        if *kind != Kind::Blank && next != Some(*kind) {
            (after, next) = (next, Some(*kind));
        }
        *found = if *kind == Kind::Blank { next } else { after };
    }
    found
}

/// Hides what is added below the author's words: signatures, from `-- ` (RFC 3676, 4.3), a ruler or a dashed name to
/// the next quote or the end, and what companies put there.
fn hide_additions(lines: &[&str], kinds: &[Kind], (end, signs): (usize, bool), shown: &mut [bool]) {
    let mut written = signs;
    let mut at = 0;
    for run in kinds.get(..end).unwrap_or_default().chunk_by(|a, b| is_own(*a) == is_own(*b)) {
        let own = lines.get(at..at + run.len()).unwrap_or_default();
        let mut above = "";
        let start = own.iter().zip(run).enumerate().position(|(skip, (line, kind))| {
            let tail = || own.get(skip..).unwrap_or_default();
            let starts_paragraph = || above.trim().is_empty() || is_ruler(above.trim());
            let adds = written
                && *kind == Kind::Text
                && (is_signature(tail())
                    || starts_paragraph() && (is_closing_note(line) || is_signed_name(tail())));
            written |= *kind == Kind::Text;
            above = line;
            adds
        });
        if let Some(start) = start {
            shown.iter_mut().take(at + run.len()).skip(at + start).for_each(|shown| *shown = false);
            hide_rulers_above(at + start, lines, shown);
        }
        at += run.len();
    }
}

/// Hides the ruler that is drawn above what is cut here.
fn hide_rulers_above(end: usize, lines: &[&str], shown: &mut [bool]) {
    if end == lines.len() {
        return;
    }
    let is_drawn = |line: &str| line.trim().is_empty() || is_ruler(line.trim());
    let drawn = lines.iter().take(end).rev().take_while(|line| is_drawn(line)).count();
    shown.iter_mut().take(end).skip(end - drawn).for_each(|shown| *shown = false);
}

/// Hides footers of phones and apps: those that stand last before a quote or the end, or alone in their paragraph.
fn hide_footers(lines: &[&str], shown: &mut [bool]) {
    let blank = |at: Option<usize>| at.and_then(|at| lines.get(at)).is_none_or(|line| line.trim().is_empty());
    let mut last = true;
    for (at, line) in lines.iter().enumerate().rev() {
        let Some(shown) = shown.get_mut(at) else { continue };
        let alone = || blank(at.checked_sub(1)) && blank(Some(at + 1));
        if !*shown {
            last = true;
        } else if !line.trim().is_empty() {
            *shown = !((last || alone()) && is_footer(line));
            last &= !*shown;
        }
    }
}

/// Shows the quotes that are answered: those between written lines, and then the one above the first answer too.
fn show_answered_quotes(lines: &[&str], kinds: &[Kind], shown: &mut [bool]) {
    let written =
        |(at, kind): (usize, &Kind)| (*kind == Kind::Text && shown.get(at) == Some(&true)).then_some(at);
    let places: Vec<usize> = kinds.iter().enumerate().filter_map(written).collect();
    let (Some(first), Some(last)) = (places.first().copied(), places.last().copied()) else { return };
    let is_quote = |kind: &&Kind| **kind == Kind::Quote;
    let is_lead = |kind: &&Kind| matches!(kind, Kind::Quote | Kind::Blank);
    let lead = kinds.iter().take(first).rev().take_while(is_lead).count();
    let quotes = kinds.get(first..last).unwrap_or_default().iter().filter(is_quote).count();
    let picked = kinds.iter().take(first).filter(is_quote).count();
    let is_picked = lead == first && (1..=PICKED_LINES).contains(&picked);
    if quotes == 0 && !is_picked || quotes > 0 && is_greeted_answer(lines, kinds, &places) {
        return;
    }
    let end = if quotes == 0 { first } else { last };
    for at in first - lead..end {
        // HTML's attribution lines stand within the quote.
        let asked = kinds.get(at) == Some(&Kind::Quote)
            && lines.get(at).is_some_and(|line| !is_attribution(unquoted(line)));
        if let Some(shown) = shown.get_mut(at) {
            *shown |= asked;
        }
    }
}

/// Whether a greeting stands above one quoted mail, and the answer below it. `places` are the written lines.
fn is_greeted_answer(lines: &[&str], kinds: &[Kind], places: &[usize]) -> bool {
    let Some((first, last)) = places.first().zip(places.last()) else { return false };
    let inner = kinds.get(*first..*last).unwrap_or_default();
    let runs = inner.chunk_by(|a, b| (*a == Kind::Text) == (*b == Kind::Text));
    let quoted = runs.filter(|run| run.contains(&Kind::Quote)).count();
    let Some(quote) = inner.iter().position(|kind| *kind == Kind::Attribution) else { return false };
    let above: Vec<&str> = places
        .iter()
        .take_while(|at| **at < first + quote)
        .filter_map(|at| lines.get(*at).copied())
        .collect();
    let below = kinds.iter().zip(lines).skip(*last).filter(|(kind, _)| **kind == Kind::Quote);
    let mut rest =
        below.map(|(_, line)| line.trim_matches(['>', '＞', ' '])).skip_while(|line| line.is_empty());
    // What is still quoted below the answer is no more than the signature of the mail above.
    let ended = rest.next().is_none_or(|line| line.starts_with(['-', '_', '—']));
    ended && quoted == 1 && above.len() <= 2 && above.iter().all(|line| is_call(line))
}
