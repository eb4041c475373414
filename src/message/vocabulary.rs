//! Owns the words by which mail programs mark what they add: attribution lines, header labels, separators, footers.
//! Never decides anything. All words are lower case, with `|` between them.

mod banners;
mod footers;
mod labels;
mod phrases;
mod placeholders;
mod separators;
mod writing;

use std::borrow::Cow;

pub(super) use banners::{ADVICE, BANNERS};
pub(super) use footers::{CLOSING_NOTES, FOOTERS};
pub(super) use labels::{Label, capitalised, label};
pub(super) use phrases::Phrases;
pub(super) use placeholders::PLACEHOLDERS;
pub(super) use separators::{ABOVE_THE_LINE, ORIGINAL};
pub(super) use writing::{CALLS, LEADS, VERBS};

/// Lower case, single spaces: as words are looked up. Lowering a Turkish `İ` leaves a dot of its own behind, which the
/// tables don't have.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| matches!(byte, b'!'..=b'@' | b'['..=b'~' | b' ');
    if text.bytes().all(is_plain) && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ") {
        return Cow::Borrowed(text);
    }
    let lower = text.to_lowercase();
    let lower = if lower.is_ascii() { lower } else { lower.replace('\u{307}', "").replace('’', "'") };
    Cow::Owned(lower.split_whitespace().collect::<Vec<_>>().join(" "))
}
