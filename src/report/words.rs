//! Owns the phrases of reports: by language, and by side.

use crate::notice::Reader;
use crate::templates::{Phrases, Product, Side};
use crate::told::NewsKind;

/// The phrases of a side.
pub(super) fn phrases(reader: &Reader, side: Side) -> Phrases<'_> {
    reader.phrases(Product::Report, side)
}

/// The phrase for what a client was told.
pub(super) fn news_name(news: NewsKind) -> &'static str {
    match news {
        NewsKind::Down => "news-down",
        NewsKind::StillDown => "news-still-down",
        NewsKind::DownAgain => "news-down-again",
        NewsKind::Watching => "news-watching",
        NewsKind::Working => "news-working",
        NewsKind::Resolved => "news-resolved",
        NewsKind::Words(_) => "news-words",
    }
}
