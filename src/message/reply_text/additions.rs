//! Owns lines that nobody wrote for this mail: footers of phones and apps, companies' closing notes, the warnings that the
//! reader's own server puts on top; and greetings.
//! Never looks at more than one line.

use std::sync::LazyLock;

use super::super::plain::clip;
use super::super::vocabulary::{ADVICE, BANNERS, CALLS, CLOSING_NOTES, FOOTERS, Phrases};

/// Whether the line is what a phone or an app adds at the end.
pub(super) fn is_footer(line: &str) -> bool {
    static BEGINNINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(FOOTERS.iter().copied()));
    if line.len() > 400 {
        return false;
    }
    let line =
        line.trim().trim_matches(['*', '_', '(', ')', '[', ']', '<', '>', '"', '“', '”']).to_lowercase();
    let sentence = line.ends_with(['.', '。', '!']) && line.contains([',', '、']);
    let short = line.chars().count() <= 90 || line.contains("http");
    short && !sentence && BEGINNINGS.begin(&line)
}

/// Whether a paragraph that begins so is a company's or a virus scanner's.
pub(super) fn is_closing_note(line: &str) -> bool {
    static BEGINNINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(CLOSING_NOTES.iter().copied()));
    let marks = ['*', '_', '#', '-', '=', '[', '(', '<', ' '];
    let start = clip(line.trim(), 120).trim_start_matches(marks).to_lowercase();
    BEGINNINGS.begin(&start)
}

/// How many lines at the top are a mail server's warning that the mail came from outside.
pub(super) fn banner(lines: &[&str]) -> usize {
    let says = |line: &str, phrases: &[&str]| {
        let lower = clip(line, 600).to_lowercase();
        phrases.iter().any(|phrase| lower.contains(phrase))
    };
    let first = lines.iter().take(4).position(|line| !line.trim().is_empty());
    let Some(first) = first.filter(|at| lines.get(*at).is_some_and(|line| says(line, BANNERS))) else {
        return 0;
    };
    let below = lines.get(first + 1..).unwrap_or_default().iter().take(4);
    first + 1 + below.take_while(|line| says(line, ADVICE) || says(line, BANNERS)).count()
}

/// Whether the line only calls the reader: `Hi Ken,`, `佐藤様`.
pub(super) fn is_call(line: &str) -> bool {
    let lower = clip(line.trim(), 300).to_lowercase();
    let words = lower.split_whitespace().count();
    if lower.chars().count() > 50 || words > 5 || lower.contains(['?', '？', ':', ';']) {
        return false;
    }
    let is_rest = |rest: &str| {
        let comma = rest.trim_end().ends_with([',', '，', '、', '!', '！', '。']);
        rest.is_empty() || comma && !rest.starts_with(char::is_alphanumeric) || !rest.is_ascii()
    };
    let called = CALLS.split('|').any(|call| lower.strip_prefix(call).is_some_and(is_rest));
    called
        || words <= 3 && lower.ends_with([',', '，', '、', '様'])
        || lower.ends_with("さん")
        || lower.ends_with('님')
}
