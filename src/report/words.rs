//! Owns the phrases of reports: by language, and by side.

use std::sync::LazyLock;

use crate::directory::Language;
use crate::document::Phrases;
use crate::told::NewsKind;

static EN: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(include_str!("words/en.toml")));
static JA: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(include_str!("words/ja.toml")));
static EN_CLIENT: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(include_str!("words/en.client.toml")));
static JA_CLIENT: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(include_str!("words/ja.client.toml")));

/// The phrases of a side.
pub(super) fn phrases(language: Language, client: bool) -> &'static Phrases {
    match (language, client) {
        (Language::En, false) => &EN,
        (Language::Ja, false) => &JA,
        (Language::En, true) => &EN_CLIENT,
        (Language::Ja, true) => &JA_CLIENT,
    }
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
