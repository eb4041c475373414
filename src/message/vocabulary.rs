//! Owns the words by which mail programs mark what they add: attribution lines, header labels, separators, footers.
//! Never decides anything. All words are lower case, with `|` between them.

mod banners;
mod footers;
mod labels;
mod placeholders;
mod separators;
mod writing;

pub(super) use banners::{ADVICE, BANNERS};
pub(super) use footers::{CLOSING_NOTES, FOOTERS};
pub(super) use labels::{Label, label};
pub(super) use placeholders::PLACEHOLDERS;
pub(super) use separators::{ABOVE_THE_LINE, FORWARDED, ORIGINAL};
pub(super) use writing::{CALLS, LEADS, VERBS};
