//! Owns attribution lines: `On 5 May 2026, Kato <k@example.jp> wrote:`, in any language, wrapped or not.
//! Never takes a sentence of the author's for one where no quote follows: then a date or an address must stand in it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::super::plain::clip;
use super::super::vocabulary::{LEADS, Phrases, VERBS};
use super::{Kind, LONGEST};

/// Most lines that one wrapped attribution takes.
const MOST_LINES: usize = 4;
/// Longest attribution that has neither date nor address, in bytes.
const LONGEST_BARE: usize = 100;

/// Built once: they are looked for in many lines.
static WRITING: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(VERBS.iter().copied()));

/// Where the attribution begins whose last line is `end`.
pub(super) fn start(lines: &[&str], kinds: &[Kind], end: usize) -> Option<usize> {
    let is_text = |at: usize| kinds.get(at) == Some(&Kind::Text);
    let last = lines.get(end).filter(|_| is_text(end))?.trim();
    if !may_end(last) {
        return None;
    }
    let below = kinds.iter().skip(end + 1).find(|kind| **kind != Kind::Blank);
    let above_quote = below == Some(&Kind::Quote);
    let starts = || (0..=end).rev().take(MOST_LINES).take_while(|start| is_text(*start));
    let holds = |start: &usize| {
        lines.get(*start..=end).is_some_and(|part| is_attribution(&part.join(" "), above_quote))
    };
    let led = starts().filter(|start| lines.get(*start).is_some_and(|line| begins(line.trim()))).find(holds);
    let found = led.or_else(|| starts().filter(|start| is_head(lines, kinds, *start)).find(holds));
    found.or_else(|| holds(&end).then_some(end)).map(|start| extended(lines, kinds, start))
}

/// Whether a line alone is an attribution, whatever follows it.
pub(in super::super) fn is_alone(line: &str) -> bool {
    line.len() <= LONGEST && may_end(line.trim()) && is_attribution(line, false)
}

/// Whether a wrapped attribution may begin at this line: the first of its paragraph, with an address or a date.
fn is_head(lines: &[&str], kinds: &[Kind], at: usize) -> bool {
    let above = at.checked_sub(1).and_then(|above| kinds.get(above));
    let line = lines.get(at).copied().unwrap_or_default();
    above != Some(&Kind::Text) && line.len() <= LONGEST && (line.contains('@') || has_date(line))
}

/// Up over the lines of a wrapped attribution that each begin like one: `On 5 May 2026,` / `at 10:18,`; and over the
/// name that stands before a wrapped address.
fn extended(lines: &[&str], kinds: &[Kind], start: usize) -> usize {
    let is_address = lines.get(start).is_some_and(|line| line.trim_start().starts_with('<'));
    let above = (0..start).rev().take(MOST_LINES).take_while(|at| {
        let line = lines.get(*at).map_or("", |line| line.trim());
        let continues = line.ends_with(',') && begins(line) || is_address && at + 1 == start && begins(line);
        kinds.get(*at) == Some(&Kind::Text) && line.len() <= 80 && continues
    });
    above.last().unwrap_or(start)
}

fn may_end(line: &str) -> bool {
    let line = line.trim_end_matches(['*', '_', ' ']);
    let tells = || line.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
    match line.chars().last() {
        _ if line.len() > LONGEST => false,
        Some(':' | '：') => true,
        Some(_) => {
            may_end_verb(line.as_bytes())
                && (line.len() <= 40 || line.len() <= 200 && tells())
                && ends_in_verb(line)
        }
        None => false,
    }
}

/// Looked at before anything is copied: few lines end in the last two bytes of a verb, small or capital.
fn may_end_verb(line: &[u8]) -> bool {
    static ENDS: LazyLock<BTreeSet<[u8; 2]>> = LazyLock::new(|| {
        let both = |verb: &&str| [verb.to_lowercase(), verb.to_uppercase()];
        VERBS.iter().flat_map(both).filter_map(|verb| last_two(verb.as_bytes())).collect()
    });
    last_two(line).is_some_and(|end| ENDS.contains(&end))
}

/// Letters of ASCII as small ones.
fn last_two(text: &[u8]) -> Option<[u8; 2]> {
    text.last_chunk().map(|[one, two]| [one.to_ascii_lowercase(), two.to_ascii_lowercase()])
}

fn ends_in_verb(line: &str) -> bool {
    let end = line.ceil_char_boundary(line.len().saturating_sub(40));
    let line = format!(" {}", line.get(end..).unwrap_or_default().to_lowercase());
    WRITING.end(&line)
}

/// A known first word, or a date.
fn begins(line: &str) -> bool {
    static BEGINNINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(LEADS.split('|')));
    let lower = clip(line, 40).trim_start_matches(['*', '_', '(', '[', '<']).to_lowercase();
    let dated = lower.starts_with(|c: char| c.is_ascii_digit()) && (has_date(&lower) || has_time(&lower));
    dated || BEGINNINGS.begin(&lower)
}

/// A verb of writing with a date or an address; or, in any language, an address with a date and a colon. Right above a
/// quote, one of date, address and verb will do.
fn is_attribution(text: &str, above_quote: bool) -> bool {
    let text = text.trim().trim_end_matches(['*', '_', ' ']);
    if text.len() > LONGEST {
        return false;
    }
    let colon = text.ends_with([':', '：']);
    let (date, time, address) = (has_date(text), has_time(text), text.contains('@'));
    if above_quote && colon && (date || address) {
        return true;
    }
    let lower = format!(" {}", text.to_lowercase());
    let found = WRITING.all(&lower).map(|(_, place)| (place.start, place.end)).max();
    let Some((before, after)) = found.and_then(|(at, end)| Some((lower.get(..at)?, lower.get(end..)?)))
    else {
        return colon && address && date && (time || begins(text)) && text.contains(['<', '(', '[']);
    };
    let ends = after.chars().filter(|c| c.is_alphanumeric()).count() <= 4;
    if above_quote && colon && ends && text.len() <= LONGEST_BARE {
        return true;
    }
    let led = begins(text);
    let named = before.split_whitespace().count() <= 4 && after.chars().take(12).any(|c| c.is_ascii_digit());
    let told = date || address || time && led && above_quote;
    told && (colon && (ends || named) || led && (ends || colon && !is_english(&lower)))
}

/// Whether the sentence has an English verb, which stands last in an attribution.
fn is_english(lower: &str) -> bool {
    [" wrote", " writes", " said", " says"].iter().any(|verb| lower.contains(verb))
}

/// A year, a short date of three numbers, or a Japanese or Chinese one.
fn has_date(text: &str) -> bool {
    let pieces: Vec<&str> = text.split(['.', '/', '-']).take(40).collect();
    let starts = |piece: &str| piece.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let ends = |piece: &str| piece.ends_with(|c: char| c.is_ascii_digit());
    let short = |piece: &str| piece.len() <= 3 && ends(piece) && starts(piece);
    let three = pieces.windows(3).any(|three| matches!(three, [a, b, c] if ends(a) && short(b) && starts(c)));
    has_year(text) || three || text.contains('年') && text.contains('月')
}

/// A number 1970 to 2099.
pub(super) fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|run| run.len() == 4 && run.parse::<u16>().is_ok_and(|year| (1970..2100).contains(&year)))
}

fn has_time(text: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let pieces: Vec<&str> = text.split([':', '：', '.']).collect();
    pieces.windows(2).any(|pair| match pair {
        [left, right] => digit(left.chars().last()) && digit(right.chars().next()),
        _ => false,
    })
}
